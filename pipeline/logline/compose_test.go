package logline

import "testing"

var composeLines = []lineTest{
	{`api-1  | INFO:     10.0.0.1:5 - "GET /a HTTP/1.1" 401 Unauthorized`, `compose/text 401 GET /a info service=api-1 "10.0.0.1:5 - \"GET /a HTTP/1.1\" 401 Unauthorized"`},
	{"\x1b[36mapi-1  |\x1b[0m {\"level\":\"error\",\"msg\":\"no key\"}", `compose/json error service=api-1 "no key"`},
	{`[api]        | 2021-03-04T05:06:07Z ready now`, `compose/text 2021-03-04T05:06:07Z service=api "ready now"`},
	{`shop_api.1.q26m9l693een@node2    | 2021-03-04T05:06:07Z ready now`, `compose/text 2021-03-04T05:06:07Z service=shop_api pod=node2 "ready now"`},
	{`shopApi-0  | {"level":"error","msg":"no key"}`, `compose/json error service=shopApi-0 "no key"`}, // pm2
	{`WEB               | [ERROR]: no key`, `compose/text error service=WEB "no key"`},
	{`WARN      | no key`, `text warn "no key"`},
	{`GET       | /a`, `request GET /a "GET       | /a"`},
	{`WARN  | no key`, `text warn "no key"`},
}

func TestCompose(t *testing.T) { checkLines(t, composeLines) }
