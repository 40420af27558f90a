package logline

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/authspike/authspike/pipeline/logline/severity"
)

// recordTest is one record and, in short, what is to be read in it: per event
// "WRAPPERS|FORMAT time ns/service@pod METHOD path status level message", without what is absent.
type recordTest struct{ name, record, want string }

// brief renders what a recordTest wants.
func brief(entries []Entry) string {
	var events []string
	for i := range entries {
		e := &entries[i]
		var b strings.Builder
		fmt.Fprintf(&b, "%s|%s", strings.Join(e.Wrappers[:e.NWrappers], ">"), e.Format)
		if e.TimeFrom != TimeNone {
			fmt.Fprintf(&b, " %.6f", float64(e.Time)/1e9)
		}
		if e.Namespace != nil || e.Service != nil || e.Pod != nil {
			fmt.Fprintf(&b, " %s/%s@%s", e.Namespace, e.Service, e.Pod)
		}
		for _, s := range []string{string(e.Method), string(e.Path)} {
			if s != "" {
				b.WriteString(" " + s)
			}
		}
		if e.Status != 0 {
			fmt.Fprintf(&b, " %d", e.Status)
		}
		if e.Level != severity.None {
			b.WriteString(" " + e.Level.String())
		}
		if e.Message != nil {
			fmt.Fprintf(&b, " %q", e.Message)
		}
		if e.Err != "" {
			b.WriteString(" !" + e.Err)
		}
		events = append(events, b.String())
	}
	return strings.Join(events, "\n")
}

var wrapperTests = []recordTest{
	{"docker", `{"log":"{\"level\":\"warn\",\"msg\":\"slow\",\"time\":\"2026-03-04T05:06:07Z\"}\n","stream":"stderr","time":"2026-03-04T05:06:08Z"}`,
		`docker|json 1772600767.000000 warn "slow"`},
	{"docker, plain text", `{"log":"hello there\r\n","stream":"stdout","time":"2026-03-04T05:06:08.5Z"}`, `docker| 1772600768.500000 "hello there"`},
	{"Fluent Bit", `{"@timestamp":"2026-03-04T05:06:08Z","log":"{\"ts\":1772600767.25,\"status\":401,\"path\":\"/a?b\",\"msg\":\"x \\\"y\\\"\"}","stream":"stdout","kubernetes":{"pod_name":"api-1","namespace_name":"prod","container_name":"api","labels":{"app":"api-worker"}}}`,
		`fluentbit|json 1772600767.250000 prod/api-worker@api-1 /a 401 "x \"y\""`},
	{"Fluentd", `{"log":"boom","stream":"stderr","docker":{"container_id":"d0d0"},"kubernetes":{"container_name":"api","namespace_name":"prod","pod_name":"api-2"},"tag":"kubernetes.var.log.containers.api-2_prod_api-d0d0.log","time":1772600768.5}`,
		`fluentd| 1772600768.500000 prod/api@api-2 "boom"`},
	{"Filebeat", `{"@timestamp":"2026-03-04T05:06:08.000Z","@metadata":{"beat":"filebeat"},"host":{"name":"node-1"},"message":"{\"severity\":\"ERROR\",\"message\":\"no\",\"service\":\"pay\"}"}`,
		`filebeat|json 1772600768.000000 /pay@node-1 error "no"`},
	{"Filebeat, the kubelet's file", `{"@timestamp":"2026-03-04T05:06:08.000Z","agent":{"type":"filebeat"},"log":{"file":{"path":"/var/log/pods/prod_api-3_8f14e45f/api/0.log"}},"message":"up"}`,
		`filebeat| 1772600768.000000 prod/api@api-3 "up"`},
	{"Logstash", `{"@timestamp":"2026-03-04T05:06:08.000Z","@version":"1","host":"node-2","level":"INFO","message":"{\"status\":\"403\",\"method\":\"PUT\",\"uri\":\"/q\"}"}`,
		`json|json 1772600768.000000 /@node-2 PUT /q 403 info "{\"status\":\"403\",\"method\":\"PUT\",\"uri\":\"/q\"}"`},
	{"Vector", `{"kubernetes":{"pod_labels":{"app.kubernetes.io/name":"cart"},"pod_name":"cart-1","pod_namespace":"shop"},"message":"ready","source_type":"kubernetes_logs","timestamp":"2026-03-04T05:06:08Z"}`,
		`vector| 1772600768.000000 shop/cart@cart-1 "ready"`},
	{"journald", `{"__REALTIME_TIMESTAMP":"1772600768000000","PRIORITY":"4","_SYSTEMD_UNIT":"api.service","_HOSTNAME":"h1","MESSAGE":"late"}`,
		`journald| 1772600768.000000 /api@h1 warn "late"`},
	{"journald, bytes", `{"__REALTIME_TIMESTAMP":"1772600768000000","SYSLOG_IDENTIFIER":"api","MESSAGE":[104,105,33]}`, `journald| 1772600768.000000 /api@ "hi!"`},
	{"GELF", `{"version":"1.1","host":"h2.example.com","short_message":"token refused","timestamp":1772600768.125,"level":3,"_service":"auth"}`,
		`gelf| 1772600768.125000 /auth@h2.example.com error "token refused"`},
	{"Splunk HEC", `{"time":1772600768.5,"host":"h3","source":"x","sourcetype":"_json","event":{"status":500,"uri":"/z","time":"2026-03-04T05:06:07Z"}}`,
		`|json 1772600767.000000 /@h3 /z 500`},
	{"Splunk HEC, text", `{"time":"1772600768.5","host":"h3","sourcetype":"app","event":"started"}`, `splunk| 1772600768.500000 /@h3 "started"`},
	{"Datadog", `[{"message":"a","status":"warning","timestamp":1772600768123,"hostname":"h4","service":"s","ddsource":"go"},{"message":"b","status":"error","ddtags":"x:y"}]`,
		"datadog| 1772600768.123000 /s@h4 warn \"a\"\ndatadog| error \"b\""},
	{"Loki push", `{"streams":[{"stream":{"app":"api","namespace":"prod","pod":"api-5"},"values":[["1772600768000000000","{\"status\":204,\"path\":\"/k\"}"],["1772600769000000000","plain"]]}]}`,
		"loki|json 1772600768.000000 prod/api@api-5 /k 204\nloki| 1772600769.000000 prod/api@api-5 \"plain\""},
	{"CloudWatch", `{"messageType":"DATA_MESSAGE","logGroup":"/aws/lambda/login","logStream":"s","logEvents":[{"id":"1","timestamp":1772600768000,"message":"{\"level\":\"ERROR\",\"message\":\"bad\"}"},{"id":"2","timestamp":1772600769000,"message":"two"}]}`,
		"cloudwatch>json|json 1772600768.000000 /login@ error \"bad\"\ncloudwatch|json 1772600769.000000 /login@ \"two\""},
	{"OTLP JSON", `{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"api"}},{"key":"k8s.pod.name","value":{"stringValue":"api-6"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1772600768000000000","severityNumber":17,"body":{"stringValue":"no key"},"attributes":[{"key":"http.response.status_code","value":{"intValue":"401"}},{"key":"url.path","value":{"stringValue":"/m"}}]},{"timeUnixNano":"1772600769000000000","severityText":"INFO","body":{"stringValue":"fine"}}]}]}]}`,
		"otlp|json 1772600768.000000 /api@api-6 /m 401 error \"no key\"\notlp|json 1772600769.000000 /api@api-6 info \"fine\""},
	{"CloudEvents", `{"specversion":"1.0","type":"x","source":"/s","id":"1","time":"2026-03-04T05:06:08Z","data":{"statusCode":404,"method":"GET","path":"/e"}}`,
		`|json 1772600768.000000 GET /e 404`},
	{"Azure", `{"records":[{"time":"2026-03-04T05:06:08Z","properties":{"httpStatus":401,"requestUri":"/r","httpMethod":"GET"}},{"properties":{"httpStatus":"200"}}]}`,
		"azure|json 1772600768.000000 GET /r 401\nazure|json 200"},
	{"records of a REST proxy", `{"records":[{"key":"k","value":{"status":401,"uri":"/r"},"partition":1},{"value":"GET /s 200"},{"key":"k","value":"eyJzdGF0dXMiOjQwMywidXJpIjoiL3QifQ=="},{"value":{"status":401},"more":1},{"key":1`,
		"records|json /r 401 !truncated\nrecords|request GET /s 200 \"GET /s 200\" !truncated\nrecords|json /t 403 !truncated\nrecords|json !truncated\nrecords|json !truncated"},
	{"objects on lines", "{\"status\":200}\n{\"status\":401}\n", "|json 200\n|json 401"},
	{"an object over lines", "{\n  \"status\": 200,\n  \"a\": {\n    \"b\": 1\n  }\n}\n", "|json 200"},
	{"byte order mark", "\xEF\xBB\xBF{\"status\":200}", "|json 200"},
	{"colours", "{\"level\":\"\\u001b[32minfo\\u001b[39m\",\"message\":\"\\u001b[1mhi\\u001b[0m\"}", `|json info "hi"`},
	{"broken off in a message", `{"level":"error","msg":"unable to fi`, `|json error "unable to fi" !truncated`},
	{"broken off in a number", `{"level":"error","status":40`, `|json error !truncated`},
	{"not JSON in the end", `{"status":401,oops}`, `|json 401 !invalid`},
	{"a value without quotes", `{"when was it": 04/Mar/2026:05:06:07 +0000, "method": "GET", "path": "/a", "took": 0.1, 0.2, "next":, "status": 401}`, `|json GET /a 401 !invalid`},
	{"no value in the end", `{"a":{"b":},"status":401,"next":}`, `|json 401 !invalid`},
	{"a stamp without quotes", `{"time": 04/Mar/2021:05:06:07 +0000, "method": "GET", "path": "/a", "status": 401}`, `|json 1614834367.000000 GET /a 401 !invalid`},
	{"a message of tag and object", `{"timestamp":1614834367000,"message":"[api] {\"level\":\"warn\",\"message\":\"denied\",\"status\":401,\"path\":\"/a\"}"}`, `json|json 1614834367.000000 /a 401 warn "denied"`},
	{"a value without quotes in an object", `{"res":{"took": 0.1, 0.2}, "status":401}`, `|json 401 !invalid`},
	{"broken off behind no value", `{"a":,"b":""`, `|json !invalid`},
	{"quotes within a string", `{"path":"/a","arg":"{"x":1, "status":500}", "status":401}`, `|json /a !invalid`},
	{"nothing", " \r\n", `| !empty`},
	{"empty batch", `{"records":[]}`, `records| !empty`},
}

func TestWrappers(t *testing.T) {
	d, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range wrapperTests {
		t.Run(tt.name, func(t *testing.T) {
			if got := brief(d.Decode([]byte(tt.record), nil)); got != tt.want {
				t.Errorf("record %s\n got %s\nwant %s", tt.record, got, tt.want)
			}
		})
	}
}

// TestDepthIsBounded wraps a line more often than wrappers are taken off.
func TestDepthIsBounded(t *testing.T) {
	line := `{"msg":"core"}`
	for range MaxDepth + 2 {
		line = fmt.Sprintf(`{"log":%q,"stream":"stdout"}`, line)
	}
	d, _ := New(Options{})
	e := d.Decode([]byte(line), nil)
	if e[0].Err != ErrTooDeep || e[0].NWrappers != MaxDepth {
		t.Errorf("got error %q after %d wrappers, want %q after %d", e[0].Err, e[0].NWrappers, ErrTooDeep, MaxDepth)
	}
}

// TestEventsAreBounded reads a batch of more events than one record may have.
func TestEventsAreBounded(t *testing.T) {
	d, _ := New(Options{})
	got := d.Decode([]byte("["+strings.Repeat(`{"status":200},`, MaxEvents+5)+`{}]`), nil)
	if len(got) != MaxEvents || got[MaxEvents-1].Err != ErrTooMany {
		t.Errorf("got %d events, the last with error %q", len(got), got[len(got)-1].Err)
	}
}

// TestOTLPProtobuf reads what an exporter sends.
func TestOTLPProtobuf(t *testing.T) {
	record := func(nano uint64, severity byte, body string, attributes ...string) string {
		b := "\x09" + string(binary.LittleEndian.AppendUint64(nil, nano)) + "\x10" + string(severity) + sub(5, sub(1, body))
		for i := 0; i < len(attributes); i += 2 {
			b += sub(6, sub(1, attributes[i])+sub(2, sub(1, attributes[i+1])))
		}
		return b
	}
	resource := sub(1, sub(1, sub(1, "service.name")+sub(2, sub(1, "api")))+sub(1, sub(1, "k8s.pod.name")+sub(2, sub(1, "api-7"))))
	logs := sub(2, record(1772600768e9, 17, "kid mismatch")) +
		sub(2, record(1772600769e9, 9, `{"status":401,"path":"/n"}`, "http.request.method", "GET"))
	d, _ := New(Options{})
	got := brief(d.Decode([]byte(sub(1, resource+sub(2, logs))), nil))
	want := "otlp| 1772600768.000000 /api@api-7 error \"kid mismatch\"\notlp|json 1772600769.000000 /api@api-7 GET /n 401 info"
	if got != want {
		t.Errorf(" got %s\nwant %s", got, want)
	}
	if got := brief(d.Decode([]byte("\nplain text after a line end"), nil)); !strings.Contains(got, "plain text") {
		t.Errorf("text that begins like protobuf: got %s", got)
	}
}

// sub encodes field num of wire type 2.
func sub(num int, body string) string {
	return string(binary.AppendUvarint([]byte{byte(num<<3 | 2)}, uint64(len(body)))) + body
}
