package logline

import (
	"strings"
	"testing"

	"github.com/authspike/authspike/pipeline/logline/header"
)

// TestServiceAround: what stands around a record names the service of a line that
// names none, headers before the key before the topic.
func TestServiceAround(t *testing.T) {
	const bare, named = `{"msg":"hi"}`, `{"service":"api","msg":"hi"}`
	h := headers
	for _, tt := range []struct {
		line, key, topic string
		headers          header.List
		want             string
	}{
		{line: named, key: "orders", topic: "logs", headers: h("service", "other"), want: "api by line"},
		{line: bare, want: " by line"},
		{line: bare, topic: "prod.logs", want: "prod.logs by topic"},
		{line: bare, key: "orders", topic: "logs", want: "orders by key"},
		{line: bare, key: "orders", topic: "logs", headers: h("service.name", "cart"), want: "cart by header"},
		{line: bare, headers: h("traceparent", "00-1", "app", "second", "Service-Name", "first"), want: "first by header"},
		{line: bare, key: "orders", headers: h("service", "-", "app", " "), want: "orders by key"},
		{line: bare, key: "orders", headers: h("service", strings.Repeat("x", 300)), want: "orders by key"},
		{line: bare, key: "api-7d4b9c6f5d-x2x9z", topic: "logs", want: "api by key, pod api-7d4b9c6f5d-x2x9z"},
		{line: `{"pod":"p-1","msg":"hi"}`, key: "api-7d4b9c6f5d-x2x9z", want: "api by key, pod p-1"},
		{line: named, headers: h("k8s.pod.name", "p-2", "k8s.namespace.name", "prod"), want: "prod/api by line, pod p-2"},
		{line: `{"namespace":"n","pod":"p","msg":"hi"}`, headers: h("pod", "p-2", "namespace", "prod", "app", "a"), want: "n/a by header, pod p"},
		{line: bare, key: "orders", headers: header.List{2, 200, 1, 'x'}, want: "orders by key"}, // broken headers are none
		{line: `10.1.2.3 - - [04/Mar/2026:05:06:07 +0000] "GET /a HTTP/1.1" 401 12`, topic: "ingress", want: "ingress by topic"},
		{line: "words alone", topic: "misc", want: "misc by topic"},
	} {
		d, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		env := Envelope{Key: []byte(tt.key), Topic: []byte(tt.topic), Headers: tt.headers}
		e := d.DecodeIn(&env, []byte(tt.line), nil)[0]
		got := string(e.Service) + " by " + e.ServiceFrom.String()
		if e.Namespace != nil {
			got = string(e.Namespace) + "/" + got
		}
		if e.Pod != nil {
			got += ", pod " + string(e.Pod)
		}
		if got != tt.want {
			t.Errorf("%+v\n got %s\nwant %s", tt, got, tt.want)
		}
	}
}

// TestHost: the host that a request was for is found where it is looked for, and
// nowhere else.
func TestHost(t *testing.T) {
	for line, want := range map[string]string{
		`{"method":"GET","path":"/a","status":401,"host":"api.example.com:8443"}`:                                  "api.example.com",
		`{"method":"GET","path":"/a","status":401,"host":"node-7"}`:                                                "", // a machine
		`{"request":{"host":"shop.example.com","uri":"/"},"status":200}`:                                           "shop.example.com",
		`{"RequestHost":"shop.example.com","DownstreamStatus":200}`:                                                "shop.example.com",
		`{"http":{"host":"a.example","method":"GET"},"status":200}`:                                                "a.example",
		`{"method":"GET","url":"https://u@b.example:443/x?y","status":200}`:                                        "b.example",
		`{"req":{"method":"GET","url":"/x","headers":{"host":"c.example","accept":"*"}},"res":{"statusCode":401}}`: "c.example",
		`method=GET path=/ status=401 host=d.example.com level=info`:                                               "d.example.com",
		`shop.example.com:443 10.1.2.3 - - [04/Mar/2026:05:06:07 +0000] "GET /a HTTP/1.1" 401 12`:                  "shop.example.com",
		`10.1.2.3 - - [04/Mar/2026:05:06:07 +0000] "GET /a HTTP/1.1" 401 12`:                                       "",
		`{":authority":"[::1]:8080","path":"/","status":200}`:                                                      "[::1]",
		`{"http_host":"-","path":"/","status":200}`:                                                                "",
	} {
		for _, looked := range []bool{true, false} {
			d, err := New(Options{Lazy: true, Host: looked})
			if err != nil {
				t.Fatal(err)
			}
			e := d.Decode([]byte(line), nil)[0]
			if got := string(e.Host); looked && got != want || !looked && got != "" {
				t.Errorf("%s\nlooked for %v: host %q, want %q", line, looked, got, want)
			}
		}
	}
}
