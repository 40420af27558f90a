package app

import (
	"strings"
	"testing"

	"github.com/authspike/authspike/pipeline/logline/mapping"
)

// TestMappingOfTopics: the mappings whose topics match apply, in order, and no
// others.
func TestMappingOfTopics(t *testing.T) {
	c := parse(t, `
mapping:
  - {topic: "k8s-*", service: "{kubernetes.labels.team}"}
  - topic: [edge, k8s-old]
    service: ["{route.name}", "{topic}"]
    status: "{rsp.code}"
  - pod: "{box}"
`)
	shown := func(topic string) string {
		var all []string
		for target, templates := range c.mapping(topic) {
			for _, one := range templates {
				all = append(all, mapping.Target(target).String()+"="+one.String())
			}
		}
		return strings.Join(all, " ")
	}
	for topic, want := range map[string]string{
		"k8s-prod": "service={kubernetes.labels.team} pod={box}",
		"k8s-old":  "service={kubernetes.labels.team} service={route.name} service={topic} pod={box} status={rsp.code}",
		"edge":     "service={route.name} service={topic} pod={box} status={rsp.code}",
		"other":    "pod={box}",
	} {
		if got := shown(topic); got != want {
			t.Errorf("%s has %s, want %s", topic, got, want)
		}
	}
	if m := parse(t, "").mapping("any"); m != nil {
		t.Errorf("without a mapping there is %v", m)
	}
}

// TestMappingFaultsHavePlaces: what is wrong in a template is reported where it stands.
func TestMappingFaultsHavePlaces(t *testing.T) {
	for text, want := range map[string]string{
		"mapping:\n  - service: \"{a\"\n":                                  "a.yaml:2:14: service: character 1: a { without its }",
		"mapping:\n  - pod: [\"{a}\", \"x{headers.b}\"]\n":                 "a.yaml:2:18: pod: character 2: {headers.b} is no field of a record: did you mean {header.b}?",
		"mapping:\n  - service: {kubernetes.labels.app}\n":                 "a.yaml:2:14: mapping[0].service: want a text or a list of texts; one that begins with a brace stands in quotes",
		"mapping:\n  - servce: \"{a}\"\n":                                  "a.yaml:2:5: unknown key \"servce\" in mapping[0] (did you mean \"service\"?)",
		"mapping:\n  - topic: logs\n":                                      "a.yaml:2:5: a mapping that maps nothing",
		"mapping: [{topic: \"[a\", pod: \"{b}\"}]\n":                       "a.yaml:1:19: topic \"[a\": syntax error in pattern",
		"kafka: {topics: [logs]}\nmapping: [{topic: log, pod: \"{b}\"}]\n": "a.yaml:2:19: topic \"log\" matches none of kafka.topics (did you mean \"logs\"?)",
	} {
		if _, faults := ParseConfig("a.yaml", []byte(text)); !strings.HasPrefix(faults.Error(), want) {
			t.Errorf("%q gives\n%v, want\n%s", text, faults, want)
		}
	}
	many := "mapping:\n  - service:\n" + strings.Repeat("      - \"{a}\"\n", 3)
	for i := range 65 {
		many += "      - \"{f" + strings.Repeat("x", i) + "}\"\n"
	}
	if _, faults := ParseConfig("a.yaml", []byte(many)); !strings.Contains(faults.Error(), "66 fields of a line, at most 64") {
		t.Errorf("too many fields give %v", faults)
	}
}
