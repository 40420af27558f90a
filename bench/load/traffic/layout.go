package traffic

import (
	_ "embed"
	"strings"
)

// layoutText has a line per layout: request lines as twenty loggers write them.
// %t is a stamp, %e an epoch in seconds, %c a stamp as web servers write it, %s
// the status, %u the status of an upstream, %q a free text, %p the path, %m the
// method, %v the service, %o the pod, %n the namespace, %i a request id, %d a
// duration in milliseconds.
//
//go:embed layouts.txt
var layoutText string

const (
	nginxLayout = `10.40.17.3 - - [%c] "%m %p HTTP/1.1" %s 512 "https://shop.example.com/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"`

	// fluentBefore and fluentAfter stand around a line in what Fluent Bit's Kafka
	// output makes of it.
	fluentBefore = `{"@timestamp":"%t","stream":"stdout","logtag":"F","log":`
	fluentAfter  = `,"kubernetes":{"pod_name":"%o","namespace_name":"%n","pod_id":"8f14e45f-ceea-467f-a0e6-1f1c5e2b9c1d","labels":{"app":"%v","pod-template-hash":"6d4cf56db6"},"annotations":{"prometheus.io/scrape":"true"},"host":"node-17","container_name":"api","docker_id":"4c7a1d0d5f1f4f5b8f7e3d2c1b0a998877665544332211000ffeeddccbbaa9988","container_image":"registry.example.com/api-worker:1.42.0"}}`

	verifierLayout = `{"level":"error","ts":"%t","namespace":"%n","service":"%v","pod":"%o","logger":"auth","msg":"token refused","error":"%r"}`
)

// layout is a template taken apart: before each verb the text in front of it.
type layout struct {
	parts []part
	rest  string
}

type part struct {
	text string
	verb byte
}

func parseLayout(text string) (l layout) {
	for {
		before, after, found := strings.Cut(text, "%")
		if !found {
			l.rest = text
			return l
		}
		l.parts = append(l.parts, part{before, after[0]})
		text = after[1:]
	}
}

func (l *layout) append(dst []byte, e *event) []byte {
	for _, p := range l.parts {
		dst = append(dst, p.text...)
		dst = e.append(dst, p.verb)
	}
	return append(dst, l.rest...)
}
