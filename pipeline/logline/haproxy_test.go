package logline

import "testing"

var haproxyLines = []lineTest{
	{`203.0.113.9:33317 [04/Mar/2021:05:06:07.655] http-in static/srv1 10/0/30/69/109 401 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"`, `haproxy 2021-03-04T05:06:07.655Z 401 GET /index.html`},
	{`-:33317 [04/Mar/2021:05:06:07.655] http-in static/srv1 www.example.com 10/0/30/69/109 403 2750 - - ---- 1/1/1/1/0 0/0 "GET /a HTTP/1.1"`, `haproxy 2021-03-04T05:06:07.655Z 403 GET /a`},
	{`203.0.113.9:33317 [04/Mar/2021:05:06:07.655] https~ api/<NOSRV> 0/-1/-1/-1/0 503 216 - - SC-- 1/1/0/0/3 0/0 "GET https://api.example.com/v1/me?x=1 HTTP/2.0"`, `haproxy 2021-03-04T05:06:07.655Z 503 GET /v1/me`},
	{`203.0.113.9:33317 [04/Mar/2021:05:06:07.655] http-in http-in/<NOSRV> -1/-1/-1/-1/1 400 187 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"`, `haproxy 2021-03-04T05:06:07.655Z 400`},
	{`203.0.113.9:33317 [04/Mar/2021:05:06:07.655] tcp-in db/pg1 1/0/5007 212 -- 0/0/0/0/3 0/0`, `haproxy 2021-03-04T05:06:07.655Z`},
	{`[04/Mar/2021:05:06:07.123] web api/srv1 0/0/0/14/14 401 246 - - ---- 1/1/0/0/0 0/0 "GET /a HTTP/1.1"`, `haproxy 2021-03-04T05:06:07.123Z 401 GET /a`},
}

func TestHAProxy(t *testing.T) { checkLines(t, haproxyLines) }
