package logline

import "testing"

var squidLines = []lineTest{
	{`1614834367.123    180 10.0.0.9 TCP_MISS/401 1041 GET http://api.example.com/v1/me - HIER_DIRECT/203.0.113.9 text/html`, `squid 2021-03-04T05:06:07.123Z 401 GET /v1/me`},
	{`1614834367      0 10.0.0.9 TCP_DENIED/407 3920 CONNECT api.example.com:443 - HIER_NONE/- text/html`, `squid 2021-03-04T05:06:07Z 407 CONNECT`},
	{`1614834367.123      0 10.0.0.9 NONE/000 0 NONE error:transaction-end-before-headers - HIER_NONE/- -`, `squid 2021-03-04T05:06:07.123Z`},
}

func TestSquid(t *testing.T) { checkLines(t, squidLines) }
