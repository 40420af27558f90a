package logline

import "testing"

var fluentdLines = []lineTest{
	{`2021-03-04 05:06:07.123456789 +0000 kubernetes.var.log.containers.api-6cd8795566-76km9_shop_api-1f2e.log: {"log":"2021-03-04 05:06:07 ERROR no key\n","stream":"stderr"}`, `fluentd/docker/text 2021-03-04T05:06:07Z error service=api pod=api-6cd8795566-76km9 "no key"`},
	{`2021-03-04 05:06:07 +0100 app.access: {"method":"GET","path":"/a","status":401}`, `fluentd/json 2021-03-04T04:06:07Z 401 GET /a`},
	{`2021-03-04 05:06:07 +0000 api: {"level":"info","msg":"no key"}`, `json 2021-03-04T05:06:07Z info "no key"`},
	{`2021-03-04 05:06:07 INFO a.b: {"level":"info","msg":"no key"}`, `json 2021-03-04T05:06:07Z info "no key"`},
	{`2021-03-04 25:06:07 +0000 app.access: {"msg":"no key"}`, ` "2021-03-04 25:06:07 +0000 app.access: {\"msg\":\"no key\"}"`},
}

func TestFluentd(t *testing.T) { checkLines(t, fluentdLines) }
