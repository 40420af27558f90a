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
	// a resource of OpenTelemetry that is an object
	{`{"body":"no key","severity_text":"ERROR","timestamp":"2021-03-04T05:06:07Z","attributes":{},"resource":{"attributes":{"service.name":"pond","k8s.pod.name":"pond-1"},"schema_url":""}}`,
		`json 2021-03-04T05:06:07Z error service=pond pod=pond-1 "no key"`},
}

func TestNames(t *testing.T) { checkLines(t, nameLines) }
