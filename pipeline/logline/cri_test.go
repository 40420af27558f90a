package logline

import "testing"

var criLines = []lineTest{
	{`2021-03-04T05:06:07.123456789Z stdout F hello there`, `cri/ 2021-03-04T05:06:07.123456789Z "hello there"`},
	{`2021-03-04T05:06:07.123456789+01:00 stderr P {"level":"info","msg":"first ha`, `cri/json 2021-03-04T04:06:07.123456789Z info "first ha"`},
	{`2021-03-04T05:06:07.123456789Z stdout F `, `cri/ 2021-03-04T05:06:07.123456789Z`},
	{`2021-03-04T05:06:07.123456789Z stdout hello there`, `cri/ 2021-03-04T05:06:07.123456789Z "hello there"`},
	{`2021-03-04T05:06:07.123456789Z stderr F W0304 05:06:07.123456       1 authentication.go:73] token refused`, `cri/klog 2021-03-04T05:06:07.123456789Z warn "token refused"`},
	{`2021-03-04T05:06:07.123456789Z stdout F 203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /a HTTP/1.1" 401 172 "-" "curl/8.1"`, `cri/access 2021-03-04T05:06:07Z 401 GET /a`},
}

func TestCRI(t *testing.T) { checkLines(t, criLines) }
