package app

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/prometheus/common/config"

	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/rules"
)

// Config is the configuration file. DefaultConfig has the defaults.
type Config struct {
	Kafka    Kafka    `yaml:"kafka"`
	Alerting Alerting `yaml:"alerting"`

	// RuleFiles replace the rules that are built in. Globs are allowed.
	RuleFiles []string `yaml:"rule_files"`
	// CatalogueFile extends the built-in catalogue of verifier messages.
	CatalogueFile string `yaml:"catalogue_file"`

	// Timezone is the zone of timestamps that have none, by a name such as
	// Europe/Berlin. Timezones has it per topic.
	Timezone  Timezone            `yaml:"timezone"`
	Timezones map[string]Timezone `yaml:"timezones"`
	// Mapping says where to find values that are not recognized, or wrongly.
	Mapping []Mapping `yaml:"mapping"`
	// Count says which requests count. By default all but health checks.
	Count pipeline.Selection `yaml:"count"`
	// UnauthorizedStatus lists the statuses that count as unauthorized.
	UnauthorizedStatus []int `yaml:"unauthorized_status"`
	// Lateness is how long after its end a second of event time is still open.
	Lateness time.Duration `yaml:"lateness"`
	// MaxSeries bounds the services that are told apart; the others are counted
	// together as _overflow.
	MaxSeries int `yaml:"max_series"`
	// MaxPods bounds the pods that are told apart per service.
	MaxPods int `yaml:"max_pods"`
	// Strict reads every field of every record. By default reading of a request
	// stops when nothing that counts can follow.
	Strict bool `yaml:"strict"`

	Checkpoint Checkpoint `yaml:"checkpoint"`
	Web        Web        `yaml:"web"`
	Push       Push       `yaml:"push"`
	Log        Log        `yaml:"log"`
}

// Kafka configures which topics are read, and how the cluster is reached.
type Kafka struct {
	Brokers       []string      `yaml:"brokers"`        // host:port of some brokers
	Topics        []string      `yaml:"topics"`         // names
	TopicPattern  string        `yaml:"topic_pattern"`  // regular expression: further topics, by their whole name
	Group         string        `yaml:"group"`          // where offsets are committed for lag tools; "" for nowhere
	ClientID      string        `yaml:"client_id"`      // name in the brokers' logs and quotas
	Rack          string        `yaml:"rack"`           // reads from the replica in this rack, if there is one
	WarmStart     time.Duration `yaml:"warm_start"`     // how far back a first start reads to learn what is normal
	MaxWait       time.Duration `yaml:"max_wait"`       // how long a broker may wait for new records
	FetchBytes    int           `yaml:"fetch_bytes"`    // bytes asked for at a time
	BatchBytes    int           `yaml:"batch_bytes"`    // largest batch of records that is read
	ReadCommitted bool          `yaml:"read_committed"` // leaves out records of aborted transactions
	TLS           TLS           `yaml:"tls"`
	SASL          SASL          `yaml:"sasl"`
}

// TLS configures the encryption of connections to brokers.
type TLS struct {
	Enabled            bool   `yaml:"enabled"`
	CAFile             string `yaml:"ca_file"`
	CertFile           string `yaml:"cert_file"`
	KeyFile            string `yaml:"key_file"`
	ServerName         string `yaml:"server_name"`
	InsecureSkipVerify bool   `yaml:"insecure_skip_verify"`
}

// SASL configures how authspike authenticates to brokers.
type SASL struct {
	Mechanism    string `yaml:"mechanism"` // PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER; "" for none
	Username     string `yaml:"username"`
	Password     Secret `yaml:"password"`
	PasswordFile string `yaml:"password_file"`
	Token        Secret `yaml:"token"`
	TokenFile    string `yaml:"token_file"`
}

// Alerting configures where alerts are sent.
type Alerting struct {
	Alertmanagers  []Alertmanager    `yaml:"alertmanagers"` // each one of a cluster, not a load balancer
	Resend         time.Duration     `yaml:"resend"`        // how often a firing alert is sent again
	Drain          time.Duration     `yaml:"drain"`         // bounds sending after a stop
	ExternalLabels map[string]string `yaml:"external_labels"`
}

// Alertmanager is one Alertmanager, with the HTTP client options that Prometheus
// has (basic_auth, authorization, oauth2, tls_config, proxy_url, http_headers, ...).
type Alertmanager struct {
	URL     string                  `yaml:"url"`
	Timeout time.Duration           `yaml:"timeout"` // bounds one request
	Client  config.HTTPClientConfig `yaml:",inline"`
}

// UnmarshalYAML sets the defaults of an Alertmanager.
func (a *Alertmanager) UnmarshalYAML(unmarshal func(any) error) error {
	type plain Alertmanager
	*a = Alertmanager{Timeout: 10 * time.Second, Client: config.DefaultHTTPClientConfig}
	return unmarshal((*plain)(a))
}

// Checkpoint configures where the state is kept.
type Checkpoint struct {
	Path  string        `yaml:"path"`  // "" for nowhere: then every start is a first one
	Every time.Duration `yaml:"every"` // besides before every alert that is sent
}

// Web configures our own port.
type Web struct {
	Listen         string `yaml:"listen"`           // host:port; "" for none
	ProbeListen    string `yaml:"probe_listen"`     // a second port for the probes only, without authentication
	ConfigFile     string `yaml:"config_file"`      // TLS and basic auth, as exporter-toolkit has them
	ExternalURL    string `yaml:"external_url"`     // how people reach the port; makes the links in alerts
	EnableReload   bool   `yaml:"enable_reload"`    // POST /-/reload
	EnableLogLevel bool   `yaml:"enable_log_level"` // PUT /-/loglevel
	EnablePprof    bool   `yaml:"enable_pprof"`     // /debug/pprof/
}

// Push configures pushing of metrics where nothing scrapes.
type Push struct {
	URL    string            `yaml:"url"` // takes the Prometheus text format, as VictoriaMetrics does at /api/v1/import/prometheus
	Every  time.Duration     `yaml:"every"`
	Labels map[string]string `yaml:"labels"`
}

// Log configures what is logged to stderr.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn, error
	Format string `yaml:"format"` // json or console
}

// DefaultConfig returns the configuration of an empty file.
func DefaultConfig() Config {
	return Config{
		Kafka: Kafka{
			ClientID: "authspike", WarmStart: time.Hour, MaxWait: 250 * time.Millisecond,
			FetchBytes: 512 << 10, BatchBytes: 64 << 20,
		},
		Alerting:           Alerting{Resend: time.Minute, Drain: 10 * time.Second},
		Count:              pipeline.HealthChecks(),
		UnauthorizedStatus: []int{401},
		Lateness:           10 * time.Second,
		MaxSeries:          10_000,
		MaxPods:            100,
		Checkpoint:         Checkpoint{Path: "data/authspike.checkpoint", Every: 10 * time.Second},
		Web:                Web{Listen: ":9464"},
		Push:               Push{Every: 10 * time.Second},
		Log:                Log{Level: "info", Format: "json"},
	}
}

// Secret is a text that is never displayed. Written as env:NAME it is read from the
// environment.
type Secret string

// UnmarshalText reads a secret.
func (s *Secret) UnmarshalText(text []byte) error {
	name, fromEnv := strings.CutPrefix(string(text), "env:")
	if !fromEnv {
		*s = Secret(text)
		return nil
	}
	value, ok := os.LookupEnv(name)
	if !ok {
		return fmt.Errorf("the environment has no variable %s", name)
	}
	*s = Secret(value)
	return nil
}

// String hides the secret.
func (s Secret) String() string { return "<secret>" }

// Timezone is a time zone by name; the zero value is UTC.
type Timezone struct{ *time.Location }

// UnmarshalText reads the name of a time zone.
func (z *Timezone) UnmarshalText(text []byte) error {
	l, err := time.LoadLocation(string(text))
	if err != nil {
		return fmt.Errorf("no time zone is called %q: write for example Europe/Berlin", text)
	}
	z.Location = l
	return nil
}

// ParseConfig parses a configuration file and reports all its faults at once. File
// names in it are relative to it.
func ParseConfig(file string, data []byte) (*Config, rules.Faults) {
	c := DefaultConfig()
	doc, faults := rules.Decode(file, data, &c)
	c.relativeTo(filepath.Dir(file))
	faults = append(faults, c.faults(doc)...)
	faults.Sort()
	return &c, faults
}

// relativeTo resolves file names relative to dir.
func (c *Config) relativeTo(dir string) {
	names := []*string{
		&c.CatalogueFile, &c.Kafka.TLS.CAFile, &c.Kafka.TLS.CertFile, &c.Kafka.TLS.KeyFile,
		&c.Kafka.SASL.PasswordFile, &c.Kafka.SASL.TokenFile, &c.Web.ConfigFile,
	}
	for i := range c.RuleFiles {
		names = append(names, &c.RuleFiles[i])
	}
	for _, name := range names {
		*name = config.JoinDir(dir, *name)
	}
	for i := range c.Alerting.Alertmanagers {
		c.Alerting.Alertmanagers[i].Client.SetDirectory(dir)
	}
}

// faults returns what is wrong with the values, except for what the packages that use
// them validate themselves.
func (c *Config) faults(doc *rules.Document) (faults rules.Faults) {
	fault := func(ok bool, what, remedy string, path ...any) {
		if !ok {
			faults = append(faults, doc.Fault(what, remedy, path...))
		}
	}
	fault(c.Lateness >= 0 && c.Lateness <= 10*time.Minute && c.Lateness%time.Second == 0,
		"lateness is 0s to 10m, in whole seconds", "10s suits most shippers", "lateness")
	fault(c.MaxSeries > 0 && c.MaxSeries <= 1_000_000, "max_series is 1 to 1000000", "", "max_series")
	fault(c.MaxPods > 0 && c.MaxPods <= 100_000, "max_pods is 1 to 100000", "", "max_pods")
	fault(c.Kafka.WarmStart >= 0, "warm_start is not negative", "1h learns what is normal from the last hour", "kafka", "warm_start")
	fault(c.Checkpoint.Every >= time.Second, "every is at least 1s", "", "checkpoint", "every")
	fault(c.Push.URL == "" || c.Push.Every >= time.Second, "every is at least 1s", "", "push", "every")
	if c.Push.URL != "" {
		u, err := url.Parse(c.Push.URL)
		fault(err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "",
			"url is http:// or https:// and a host", "", "push", "url")
	}
	fault(len(c.UnauthorizedStatus) > 0, "unauthorized_status names no status", "[401] is the default", "unauthorized_status")
	for i, s := range c.UnauthorizedStatus {
		fault(s >= 400 && s <= 499, fmt.Sprintf("status %d never means unauthorized", s), "401, or 403 too", "unauthorized_status", i)
	}
	faults = append(faults, c.mappingFaults(doc)...)
	if err := c.Count.Validate(); err != nil {
		fault(false, err.Error(), "", "count")
	}
	for i := range c.Alerting.Alertmanagers {
		a := &c.Alerting.Alertmanagers[i]
		fault(a.URL != "", "an Alertmanager needs a url", "http://alertmanager:9093", "alerting", "alertmanagers", i)
		if err := a.Client.Validate(); err != nil {
			fault(false, err.Error(), "", "alerting", "alertmanagers", i)
		}
	}
	if _, err := parseLevel(c.Log.Level); err != nil {
		fault(false, err.Error(), levels, "log", "level")
	}
	fault(isAddress(c.Web.Listen), fmt.Sprintf("%q is not host:port", c.Web.Listen), "127.0.0.1:9464, or :9464 for all addresses", "web", "listen")
	fault(isAddress(c.Web.ProbeListen), fmt.Sprintf("%q is not host:port", c.Web.ProbeListen), ":9465", "web", "probe_listen")
	fault(c.Log.Format == "json" || c.Log.Format == "console", fmt.Sprintf("%q is no log format", c.Log.Format), "json or console", "log", "format")
	if _, err := regexp.Compile(c.Kafka.TopicPattern); err != nil {
		fault(false, err.Error(), "", "kafka", "topic_pattern")
	}
	return faults
}

// isAddress reports whether a port can be opened at an address, "" for none.
func isAddress(address string) bool {
	_, port, err := net.SplitHostPort(address)
	return address == "" || err == nil && port != ""
}

// ErrNoSource is returned if nothing to read is configured.
var ErrNoSource = errors.New("nothing to read: name brokers and topics, in the configuration file (kafka.brokers, kafka.topics) or by --kafka.brokers and --kafka.topics")

// ErrNoTopics is returned if brokers are configured, but no topics.
var ErrNoTopics = errors.New("nothing to read: name topics, in the configuration file (kafka.topics or kafka.topic_pattern) or by --kafka.topics")
