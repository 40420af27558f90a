package app

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func parse(t *testing.T, text string) *Config {
	t.Helper()
	c, faults := ParseConfig("/etc/authspike/authspike.yaml", []byte(text))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEmptyConfigIsTheDefault(t *testing.T) {
	want := DefaultConfig()
	if got := parse(t, ""); !reflect.DeepEqual(*got, want) {
		t.Errorf("got %+v\nwant %+v", *got, want)
	}
	if got := parse(t, "kafka:\n  warm_start: 2h\n"); got.Kafka.WarmStart != 2*time.Hour || got.Kafka.FetchBytes != want.Kafka.FetchBytes {
		t.Errorf("what stands beside a given key is lost: %+v", got.Kafka)
	}
}

func TestFilesAreRelativeToTheConfig(t *testing.T) {
	c := parse(t, `
kafka: {tls: {enabled: true, ca_file: tls/ca.pem}, sasl: {password_file: /run/secret}}
rule_files: [rules/*.yaml]
catalogue_file: catalogue.yaml
web: {config_file: web.yaml}
alerting:
  alertmanagers:
    - url: http://alertmanager:9093
      basic_auth: {username: me, password_file: password}
`)
	for got, want := range map[string]string{
		c.Kafka.TLS.CAFile:        "/etc/authspike/tls/ca.pem",
		c.Kafka.SASL.PasswordFile: "/run/secret",
		c.RuleFiles[0]:            "/etc/authspike/rules/*.yaml",
		c.CatalogueFile:           "/etc/authspike/catalogue.yaml",
		c.Web.ConfigFile:          "/etc/authspike/web.yaml",
		c.Alerting.Alertmanagers[0].Client.BasicAuth.PasswordFile: "/etc/authspike/password",
	} {
		if got != filepath.FromSlash(want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestSecretsComeFromTheEnvironmentAndAreNotShown(t *testing.T) {
	t.Setenv("AUTHSPIKE_TEST_PASSWORD", "hunter2")
	c := parse(t, "kafka: {sasl: {mechanism: PLAIN, username: u, password: \"env:AUTHSPIKE_TEST_PASSWORD\"}}\n")
	if c.Kafka.SASL.Password != "hunter2" {
		t.Error("not read from the environment")
	}
	if text := c.Kafka.SASL.Password.String(); strings.Contains(text, "hunter2") {
		t.Errorf("shown as %s", text)
	}
	if c := parse(t, "kafka: {sasl: {password: 12345}}\n"); c.Kafka.SASL.Password != "12345" {
		t.Error("a password of digits is not taken as it is written")
	}
}

func TestAlertmanagerDefaults(t *testing.T) {
	c := parse(t, "alerting: {alertmanagers: [{url: \"http://a:9093\"}]}\n")
	a := c.Alerting.Alertmanagers[0]
	if a.Timeout != 10*time.Second || !a.Client.FollowRedirects || !a.Client.EnableHTTP2 {
		t.Errorf("defaults: %+v", a)
	}
}

func TestTimezones(t *testing.T) {
	l := &loaded{config: parse(t, "timezone: Europe/Berlin\ntimezones: {legacy: America/New_York}\n")}
	for topic, want := range map[string]string{"logs": "Europe/Berlin", "legacy": "America/New_York"} {
		if got := l.worker(topic).Logline.Timezone.String(); got != want {
			t.Errorf("%s is read in %s, want %s", topic, got, want)
		}
	}
	if _, faults := ParseConfig("a.yaml", []byte("timezone: Mars/Base\n")); len(faults) != 1 || !strings.Contains(faults.Error(), "Mars/Base") {
		t.Errorf("an unknown zone gives %v", faults)
	}
}

// TestFaultsHavePlaces: what is out of range is reported at its own line.
func TestFaultsHavePlaces(t *testing.T) {
	for text, want := range map[string]string{
		"lateness: 1h\n":                                      "a.yaml:1:11: lateness",
		"max_pods: 0\n":                                       "a.yaml:1:11: max_pods",
		"checkpoint:\n  every: 0\n":                           "a.yaml:2:10: every",
		"unauthorized_status: [401, 200]\n":                   "a.yaml:1:28: status 200",
		"push:\n  url: ftp://x\n":                             "a.yaml:2:8: url",
		"log:\n  format: xml\n":                               "a.yaml:2:11: \"xml\"",
		"count:\n  skip: [{path: \"[a\"}]\n":                  "a.yaml:2:3: pattern",
		"kafka:\n  topic_pattern: \"(\"\n":                    "a.yaml:2:18: error parsing regexp",
		"alerting: {alertmanagers: [{timeout: 5s}]}\n":        "a.yaml:1:28: an Alertmanager needs a url",
		"kafka: {sasl: {password: \"env:NOT_SET_AT_ALL\"}}\n": "a.yaml:1:26: kafka.sasl.password: the environment has no variable",
	} {
		if _, faults := ParseConfig("a.yaml", []byte(text)); len(faults) != 1 || !strings.HasPrefix(faults.Error(), want) {
			t.Errorf("%q gives %v, want %s", text, faults, want)
		}
	}
}
