package app

import (
	"errors"
	"fmt"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/mapping"
	"github.com/authspike/authspike/rules"
)

// Mapping says where to find values in the lines of some topics that are not
// recognized, or wrongly. Each value is a template, or a list of templates of which
// the first one counts whose fields are all present.
type Mapping struct {
	Topic     Texts `yaml:"topic"` // globs; none for every topic
	Namespace Texts `yaml:"namespace"`
	Service   Texts `yaml:"service"`
	Pod       Texts `yaml:"pod"`
	Time      Texts `yaml:"time"`
	Status    Texts `yaml:"status"`
	Method    Texts `yaml:"method"`
	Path      Texts `yaml:"path"`
	Level     Texts `yaml:"level"`
	Message   Texts `yaml:"message"`
	Kid       Texts `yaml:"kid"`
	RequestID Texts `yaml:"request_id"`
}

// targets returns the templates by target.
func (m *Mapping) targets() [mapping.NumTargets]Texts {
	return [mapping.NumTargets]Texts{
		mapping.Namespace: m.Namespace, mapping.Service: m.Service, mapping.Pod: m.Pod, mapping.Time: m.Time,
		mapping.Status: m.Status, mapping.Method: m.Method, mapping.Path: m.Path, mapping.Level: m.Level,
		mapping.Message: m.Message, mapping.Kid: m.Kid, mapping.RequestID: m.RequestID,
	}
}

// Texts is a list of texts; a single one may be written without the list.
type Texts []string

// UnmarshalYAML reads a text or a list of texts.
func (t *Texts) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*t = Texts{node.Value}
		return nil
	}
	list := make([]string, 0, len(node.Content))
	for _, item := range node.Content {
		if node.Kind != yaml.SequenceNode || item.Kind != yaml.ScalarNode {
			*t = Texts{} // there is something, though nothing of use
			return errors.New(`want a text or a list of texts; one that begins with a brace stands in quotes: "{kubernetes.labels.app}"`)
		}
		list = append(list, item.Value)
	}
	*t = list
	return nil
}

// mappingFaults returns what is wrong with the mappings.
func (c *Config) mappingFaults(doc *rules.Document) (faults rules.Faults) {
	for i := range c.Mapping {
		m := &c.Mapping[i]
		some := false
		for target, texts := range m.targets() {
			name := mapping.Target(target).String()
			some = some || texts != nil
			for j, text := range texts {
				if _, err := mapping.Parse(text); err != nil {
					faults = append(faults, doc.Fault(name+": "+err.Error(), "", "mapping", i, name, j))
				}
			}
		}
		if !some {
			faults = append(faults, doc.Fault("a mapping that maps nothing", `service: "{kubernetes.labels.app}" is one that does`, "mapping", i))
		}
		for j, glob := range m.Topic {
			if what, remedy := c.topicFault(glob); what != "" {
				faults = append(faults, doc.Fault(what, remedy, "mapping", i, "topic", j))
			}
		}
	}
	for _, topic := range slices.Concat(c.Kafka.Topics, []string{""}) {
		if _, err := logline.New(logline.Options{Mapping: c.mapping(topic)}); err != nil {
			faults = append(faults, doc.Fault(err.Error(), "", "mapping"))
			break
		}
	}
	return faults
}

// topicFault returns what is wrong with a glob of topics, "" if nothing.
func (c *Config) topicFault(glob string) (what, remedy string) {
	if _, err := path.Match(glob, ""); err != nil {
		return fmt.Sprintf("topic %q: %v", glob, err), ""
	}
	if len(c.Kafka.Topics) == 0 || c.Kafka.TopicPattern != "" {
		return "", ""
	}
	if slices.ContainsFunc(c.Kafka.Topics, func(topic string) bool { return matches(glob, topic) }) {
		return "", ""
	}
	if near, ok := rules.Nearest(glob, c.Kafka.Topics); ok {
		remedy = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Sprintf("topic %q matches none of kafka.topics", glob), remedy
}

func matches(glob, topic string) bool {
	ok, err := path.Match(glob, topic)
	return ok && err == nil
}

// mapping returns the templates for the lines of a topic, nil if there are none.
// Faulty templates, which have been reported, are left out.
func (c *Config) mapping(topic string) *mapping.Templates {
	var all mapping.Templates
	some := false
	for i := range c.Mapping {
		m := &c.Mapping[i]
		if len(m.Topic) > 0 && !slices.ContainsFunc(m.Topic, func(glob string) bool { return matches(glob, topic) }) {
			continue
		}
		for target, texts := range m.targets() {
			for _, text := range texts {
				if t, err := mapping.Parse(text); err == nil {
					all[target], some = append(all[target], t), true
				}
			}
		}
	}
	if !some {
		return nil
	}
	return &all
}
