package app

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/config"
	"go.uber.org/zap"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/notify"
	"github.com/authspike/authspike/pipeline/source"
	"github.com/authspike/authspike/pipeline/web"
)

// Flags are the settings of the command line, which take precedence over the
// configuration file. The zero value of a field means that it is not set.
type Flags struct {
	Brokers       []string
	Topics        []string
	Group         string
	Alertmanagers []string // URLs
	Listen        string
	Checkpoint    string
	LogLevel      string
	LogFormat     string
}

func (f *Flags) apply(c *Config) {
	if len(f.Brokers) > 0 {
		c.Kafka.Brokers = f.Brokers
	}
	if len(f.Topics) > 0 {
		c.Kafka.Topics = f.Topics
	}
	for _, url := range f.Alertmanagers {
		c.Alerting.Alertmanagers = append(c.Alerting.Alertmanagers, Alertmanager{URL: url, Client: config.DefaultHTTPClientConfig})
	}
	for _, s := range []struct {
		flag string
		into *string
	}{{f.Group, &c.Kafka.Group}, {f.Listen, &c.Web.Listen}, {f.Checkpoint, &c.Checkpoint.Path}, {f.LogLevel, &c.Log.Level}, {f.LogFormat, &c.Log.Format}} {
		if s.flag != "" {
			*s.into = s.flag
		}
	}
}

// check validates the values that only the packages using them can judge, before
// anything starts or stops.
func (l *loaded) check() error {
	c := l.config
	if len(c.Kafka.Brokers) == 0 && len(c.Kafka.Topics) == 0 && c.Kafka.TopicPattern == "" {
		return ErrNoSource
	}
	if len(c.Kafka.Topics) == 0 && c.Kafka.TopicPattern == "" {
		return ErrNoTopics
	}
	kafka := l.kafka(nil)
	sending := notify.Options{Alertmanagers: l.alertmanagers(), Resend: c.Alerting.Resend, Drain: c.Alerting.Drain,
		ExternalURL: c.Web.ExternalURL, ExternalLabels: labels(c.Alerting.ExternalLabels)}
	_, detectorErr := l.detector()
	_, levelErr := parseLevel(c.Log.Level)
	if levelErr != nil {
		levelErr = fmt.Errorf("%w (%s)", levelErr, levels)
	}
	var listenErr error
	if !isAddress(c.Web.Listen) {
		listenErr = fmt.Errorf("web.listen %q is not host:port", c.Web.Listen)
	}
	return errors.Join(kafka.Validate(), sending.Validate(), detectorErr, levelErr, listenErr)
}

// kafka returns the options of the source.
func (l *loaded) kafka(log *zap.Logger) source.KafkaOptions {
	k := &l.config.Kafka
	warm := k.WarmStart
	if warm == 0 {
		warm = -1 // the source's own zero is its default
	}
	return source.KafkaOptions{
		Brokers: k.Brokers, Topics: k.Topics, TopicPattern: k.TopicPattern,
		Group: k.Group, ClientID: k.ClientID, Rack: k.Rack, WarmStart: warm,
		MaxWait: k.MaxWait, FetchBytes: k.FetchBytes, BatchBytes: k.BatchBytes, ReadCommitted: k.ReadCommitted,
		TLS: source.TLSOptions(k.TLS),
		SASL: source.SASLOptions{
			Mechanism: k.SASL.Mechanism, Username: k.SASL.Username, Password: string(k.SASL.Password), PasswordFile: k.SASL.PasswordFile,
			Token: string(k.SASL.Token), TokenFile: k.SASL.TokenFile,
		},
		Logger: log,
	}
}

// notify returns the options of the notifier.
func (l *loaded) notify(p *process) notify.Options {
	c := l.config
	return notify.Options{
		Alertmanagers: l.alertmanagers(), Resend: c.Alerting.Resend, Drain: c.Alerting.Drain,
		ExternalURL: c.Web.ExternalURL, ExternalLabels: labels(c.Alerting.ExternalLabels),
		UserAgent: userAgent(p.opts.Build), Metrics: p.notify, Logger: p.log,
	}
}

func (l *loaded) alertmanagers() []notify.Alertmanager {
	all := make([]notify.Alertmanager, 0, len(l.config.Alerting.Alertmanagers))
	for _, a := range l.config.Alerting.Alertmanagers {
		all = append(all, notify.Alertmanager{URL: a.URL, Timeout: a.Timeout, Client: a.Client})
	}
	return all
}

// labels returns a map as labels, sorted.
func labels(m map[string]string) []detector.Label {
	list := make([]detector.Label, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		list = append(list, detector.Label{Name: name, Value: m[name]})
	}
	return list
}

func userAgent(b web.Build) string {
	if b.Version == "" {
		return "authspike"
	}
	return "authspike/" + b.Version
}

func pushOptions(p *Push) web.PushOptions {
	var extra []string
	for _, l := range labels(p.Labels) {
		extra = append(extra, fmt.Sprintf("%s=%q", l.Name, l.Value))
	}
	return web.PushOptions{URL: p.URL, Interval: p.Every, ExtraLabels: strings.Join(extra, ",")}
}
