package logline

import "testing"

// nameLines name what wrote them in ways of their own.
var nameLines = []lineTest{
	// labels in a text
	{`{"ddsource":"java","ddtags":"env:prod, pod_name:pond-1,kube_namespace:shop,broken,empty:","service":"pond","hostname":"i-1","message":"no key"}`, `datadog/ service=pond pod=pond-1 "no key"`},
	{`{"ddsource":"java","ddtags":"service:pond","message":"no key"}`, `datadog/ service=pond "no key"`},
	{`{"ddsource":"java","ddtags":["service:pond","broken","pod_name:pond-1"],"message":"no key"}`, `datadog/ service=pond pod=pond-1 "no key"`},
	{`{"ts":"2021-03-04T05:06:07Z","labels":"{app=\"pond\", namespace=\"shop\",pod=\"pond-1\", level=\"error\",x=}","line":"GET /a 401"}`, `json/request 2021-03-04T05:06:07Z 401 GET /a service=pond pod=pond-1 "GET /a 401"`},
	{`{"streams":[{"labels":"{app=\"pond\",path=\"/b\"}","entries":[{"ts":"2021-03-04T05:06:07Z","line":"no key"}]}]}`, `loki/json 2021-03-04T05:06:07Z service=pond "no key"`},
	// what Docker writes to the journal: the container comes before the id and Docker itself
	{`{"_SYSTEMD_UNIT":"docker.service","SYSLOG_IDENTIFIER":"3fa1c2d4e5f6","CONTAINER_NAME":"pond","PRIORITY":"3","MESSAGE":"no key","__REALTIME_TIMESTAMP":"1614834367000000"}`,
		`journald/ 2021-03-04T05:06:07Z error service=pond "no key"`},
	{`{"_SYSTEMD_UNIT":"pond.service","MESSAGE":"no key","__REALTIME_TIMESTAMP":"1614834367000000"}`, `journald/ 2021-03-04T05:06:07Z service=pond "no key"`},
	// the kubelet's name of a container
	{`{"container_id":"3fa1","container_name":"/k8s_duck_pond-7d9f8b6c5d-x2x4z_shop_5c3e_0","source":"stderr","log":"no key"}`, `docker/ service=duck pod=pond-7d9f8b6c5d-x2x4z "no key"`},
	{`{"container_id":"3fa1","container_name":"/k8s_duck","source":"stderr","log":"no key"}`, `docker/ service=k8s_duck "no key"`},
	// a program with its process, and names between names
	{`{"timegenerated":"2021-03-04T05:06:07Z","hostname":"h1","syslogtag":"pond[17]:","severity":"warning","msg":"no key"}`, `json 2021-03-04T05:06:07Z warn service=pond pod=h1 "no key"`},
	{`{"syslogtag":"pond","msg":"no key"}`, `json service=pond "no key"`},
	{`{"PROGRAM":"pond","HOST":"h1","PRIORITY":"err","DATE":"Mar  4 05:06:07","ISODATE":"2021-03-04T05:06:07+00:00","MESSAGE":"no key"}`, `json 2021-03-04T05:06:07Z error service=pond pod=h1 "no key"`},
	{`2021-03-04T05:06:07.125+01:00 h-1 pond: ts=2021-03-04T04:06:07.120Z lvl=WARN msg="no key"`, `syslog/logfmt 2021-03-04T04:06:07.12Z warn service=pond pod=h-1 "no key"`},
	{`2021-03-04T05:06:07.125+01:00 main pond: ts=2021-03-04T04:06:07.120Z lvl=WARN`, `text 2021-03-04T04:06:07.125Z warn "main pond: ts=2021-03-04T04:06:07.120Z lvl=WARN"`},
	{`0|pond    | 2021-03-04T05:06:07.125Z [WARN] no key`, `compose/text 2021-03-04T05:06:07.125Z warn service=pond "no key"`},
	{`0|17 | no key`, ` "0|17 | no key"`},
	{`shop/pond-1[duck]: {"level":"warn","msg":"no key"}`, `stern/json warn service=duck pod=pond-1 "no key"`},
	{`postfix/smtpd[17]: no key`, ` "postfix/smtpd[17]: no key"`},
	{`{"ts":"2021-03-04T05:06:07Z","line":"no key","labels":{"service_name":"pond","k8s_pod_name":"pond-1"}}`, `json 2021-03-04T05:06:07Z service=pond pod=pond-1 "no key"`},
	{`{"syslog":{"hostname":"h1","severity":"warning","timestamp":"2021-03-04T05:06:07Z"},"message":"no key","dd.service":"pond"}`, `json 2021-03-04T05:06:07Z warn service=pond pod=h1 "no key"`},
	{`{"Timestamp":"2021-03-04 05:06:07.125000000","SeverityText":"ERROR","Body":"no key","ResourceAttributes":{"service.name":"pond","host.name":"h1"},"LogAttributes":{"http.status_code":"401"}}`, `json 2021-03-04T05:06:07.125Z 401 error service=pond pod=h1 "no key"`},
	// a resource of OpenTelemetry that is an object
	{`{"body":"no key","severity_text":"ERROR","timestamp":"2021-03-04T05:06:07Z","attributes":{},"resource":{"attributes":{"service.name":"pond","k8s.pod.name":"pond-1"},"schema_url":""}}`,
		`json 2021-03-04T05:06:07Z error service=pond pod=pond-1 "no key"`},
}

func TestNames(t *testing.T) { checkLines(t, nameLines) }
