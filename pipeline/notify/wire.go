package notify

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
)

// wireAlert is a PostableAlert of Alertmanager's API v2.
type wireAlert struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations,omitempty"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
}

// encoder encodes alerts for one Alertmanager.
type encoder struct {
	external string // base of generatorURL, "" for none
	labels   []detector.Label
	lasting  time.Duration // how far ahead of now a firing alert ends
}

// body returns the request body for the alerts, as sent at now.
func (c *encoder) body(batch []*entry, now time.Time) ([]byte, error) {
	alerts := make([]wireAlert, len(batch))
	for i, it := range batch {
		alerts[i] = c.alert(&it.alert, now)
	}
	return json.Marshal(alerts)
}

func (c *encoder) alert(a *detector.Alert, now time.Time) wireAlert {
	starts, ends := activity(a, now, c.lasting)
	w := wireAlert{
		Labels:      make(map[string]string, len(a.Labels)+len(c.labels)),
		Annotations: make(map[string]string, len(a.Annotations)),
		StartsAt:    starts,
		EndsAt:      ends,
	}
	for _, l := range c.labels {
		put(w.Labels, l)
	}
	for _, l := range a.Labels { // the alert's own win
		put(w.Labels, l)
	}
	for _, l := range a.Annotations {
		put(w.Annotations, l)
	}
	if c.external != "" {
		w.GeneratorURL = GeneratorURL(c.external, a)
	}
	return w
}

// put sets a label. An empty value means no label, as in Alertmanager.
func put(set map[string]string, l detector.Label) {
	if l.Value == "" {
		return
	}
	set[l.Name] = strings.ToValidUTF8(l.Value, "�")
}

// activity returns the start and end to send. Event time may run ahead of our clock;
// an end in the future would mean firing, and one before the start is refused, so the
// start is kept at or before now, and the end of a resolved alert between the two.
func activity(a *detector.Alert, now time.Time, lasting time.Duration) (starts, ends time.Time) {
	now = now.UTC()
	starts = earlier(time.Unix(a.StartsAt, 0).UTC(), now)
	if a.State == detector.Firing {
		return starts, now.Add(lasting)
	}
	ends = earlier(time.Unix(a.EndsAt, 0).UTC(), now)
	if ends.Before(starts) {
		ends = starts
	}
	return starts, ends
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// NoNamespace stands for the empty namespace in paths, where an empty segment would
// vanish. No Kubernetes namespace can have this name.
const NoNamespace = "-"

// GeneratorURL returns the URL of the page that explains the alert, below the
// external URL of an authspike: <external>/series/<namespace>/<service>?time=<start>,
// or <external>/ for an alert without a service.
func GeneratorURL(external string, a *detector.Alert) string {
	external = strings.TrimSuffix(external, "/")
	service := a.Get("service")
	if service == "" {
		return external + "/"
	}
	namespace := a.Get("namespace")
	if namespace == "" {
		namespace = NoNamespace
	}
	page := external + "/series/" + url.PathEscape(namespace) + "/" + url.PathEscape(service)
	if a.StartsAt <= 0 {
		return page
	}
	return page + "?time=" + strconv.FormatInt(a.StartsAt, 10)
}
