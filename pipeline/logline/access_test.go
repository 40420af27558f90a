package logline

import "testing"

var accessLines = []lineTest{
	// nginx and Apache, combined and common, with and without more behind
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /api/orders?id=7 HTTP/1.1" 401 172 "-" "curl/8.1"`, `access 2021-03-04T05:06:07Z 401 GET /api/orders`},
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0100] "POST /login HTTP/1.1" 302 -`, `access 2021-03-04T04:06:07Z 302 POST /login`},
	{`203.0.113.9 - mary ann [04/Mar/2021:05:06:07 +0000] "GET / HTTP/2.0" 200 5 "https://a.example/x" "M \"q\" [z]" 0.005 0.004 . "198.51.100.7, 10.0.0.1"`, `access 2021-03-04T05:06:07Z 200 GET /`},
	{`shop.example.com:443 203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /a HTTP/1.1" 403 9 "-" "-"`, `access 2021-03-04T05:06:07Z 403 GET /a`},
	{`::1 - - [04/Mar/2021:05:06:07 +0000] "OPTIONS * HTTP/1.0" 200 126`, `access 2021-03-04T05:06:07Z 200 OPTIONS *`},
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "-" 408 0 "-" "-"`, `access 2021-03-04T05:06:07Z 408`},
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "" 400 0 "-" "-"`, `access 2021-03-04T05:06:07Z 400`},
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "\x16\x03\x01\x02\x00\x01\x00" 400 157 "-" "-"`, `access 2021-03-04T05:06:07Z 400`},
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /a b c HTTP/1.1" 400 157 "-" "-"`, `access 2021-03-04T05:06:07Z 400 GET /a b c`},
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /a"`, `access 2021-03-04T05:06:07Z GET /a`},
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /quote\"d HTTP/1.1" 404 1`, `access 2021-03-04T05:06:07Z 404 GET /quote\"d`},
	{`203.0.113.9 - - [2021-03-04T05:06:07+00:00] "GET /a HTTP/1.1" 200 12 "-" "-"`, `access 2021-03-04T05:06:07Z 200 GET /a`},
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] api.example.com "GET /a HTTP/1.1" 200 12`, `access 2021-03-04T05:06:07Z 200 GET /a`},
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "api.example.com" "GET /a HTTP/1.1" 200 12`, `access 2021-03-04T05:06:07Z 200 GET /a`},
	{`203.0.113.9 [04/Mar/2021:05:06:07 +0000] 401 "GET /a HTTP/1.1" "-" 172`, `access 2021-03-04T05:06:07Z 401 GET /a`},
	// Traefik writes what it does not know in its own way
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /a HTTP/1.1" 502 11 "-" "curl/8.1" 17 "api@docker" "http://10.0.0.3:80" 2ms`, `access 2021-03-04T05:06:07Z 502 GET /a`},
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /a HTTP/1.1" - - "-" "-" 18 "-" "-" 0ms`, `access 2021-03-04T05:06:07Z GET /a`},
	// Puma, Gunicorn, aiohttp, Daphne, Werkzeug, http.server, PHP-FPM
	{`127.0.0.1 - - [04/Mar/2021:05:06:07 +0000] "GET /a HTTP/1.1" 401 - 0.0012`, `access 2021-03-04T05:06:07Z 401 GET /a`},
	{`127.0.0.1 [04/Mar/2021:05:06:07 +0000] "GET /a HTTP/1.1" 200 12 "-" "aiohttp"`, `access 2021-03-04T05:06:07Z 200 GET /a`},
	{`127.0.0.1:51234 - - [04/Mar/2021:05:06:07] "GET /a" 404 12`, `access 2021-03-04T05:06:07Z 404 GET /a`},
	{`127.0.0.1 - - [04/Mar/2021 05:06:07] "GET /a HTTP/1.1" 401 -`, `access 2021-03-04T05:06:07Z 401 GET /a`},
	{`127.0.0.1 - - [04/Mar/2021 05:06:07] code 404, message File not found`, `access 2021-03-04T05:06:07Z 404 "File not found"`},
	{`127.0.0.1 -  04/Mar/2021:05:06:07 +0000 "GET /index.php" 401`, `access 2021-03-04T05:06:07Z 401 GET /index.php`},
	// S3
	{`79a5 bucket [04/Mar/2021:05:06:07 +0000] 203.0.113.9 79a5 3E57 REST.GET.OBJECT k "GET /bucket/k?x=1 HTTP/1.1" 403 AccessDenied 243 - 7 - "-" "S3Console/0.4" -`, `access 2021-03-04T05:06:07Z 403 GET /bucket/k`},
	// Envoy and Istio
	{`[2021-03-04T05:06:07.089Z] "GET /api/users HTTP/2" 401 - 0 58 12 - "203.0.113.9" "curl/8.1" "b3c1" "api.example.com" "-"`, `access 2021-03-04T05:06:07.089Z 401 GET /api/users`},
	{`[2021-03-04T05:06:07.089Z] "GET /api HTTP/1.1" 401 - jwt_authn_access_denied{Jwt_is_expired} - "-" 0 14 1 - "-" "curl/8.1" "b3c1" "api" "-" inbound|8080|| -`, `access 2021-03-04T05:06:07.089Z 401 GET /api`},
	{`[2021-03-04T05:06:07.089Z] "- - -" 0 - - - "-" 12 0 3 - "-" "-" "-" "-" "10.0.0.9:5432"`, `access 2021-03-04T05:06:07.089Z`},
	{`[2021-03-04T05:06:07.089Z] "- - HTTP/1.1" 400 DPE 0 11 0 - "-" "-" "-" "-" "-"`, `access 2021-03-04T05:06:07.089Z 400`},
	{`203.0.113.9:5 - 8b1c - mary@example.com [2021/03/04 05:06:07] app.example.com GET http://10.0.0.3:80/ "/a?b=1" HTTP/1.1 "curl/8.1" 401 12 0.001`, `access 2021-03-04T05:06:07Z 401 GET /a`},
	{`10.0.0.1 - - [04/Mar/2021:05:06:07 +0000] GET /a HTTP/1.1 401 30`, `access 2021-03-04T05:06:07Z 401 GET /a`},
	// inside other lines
	{`{"level":"info","ts":"2021-03-04T05:06:08Z","msg":"203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] \"GET /a HTTP/1.1\" 401 172"}`, `json/access 2021-03-04T05:06:07Z 401 GET /a info "203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] \"GET /a HTTP/1.1\" 401 172"`},
	{`INFO:werkzeug:127.0.0.1 - - [04/Mar/2021 05:06:07] "GET /a HTTP/1.1" 401 -`, `access 2021-03-04T05:06:07Z 401 GET /a info`},
	{`2021-03-04 05:06:08,123 INFO 203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /a HTTP/1.1" 401 172`, `access 2021-03-04T05:06:07Z 401 GET /a info`},
}

func TestAccess(t *testing.T) { checkLines(t, accessLines) }

var columnLines = []lineTest{
	{`203.0.113.9:33317 [04/Mar/2021:05:06:07.655] http-in static/srv1 10/0/30/69/109 401 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"`, `haproxy 2021-03-04T05:06:07.655Z 401 GET /index.html`},
	{`-:33317 [04/Mar/2021:05:06:07.655] http-in static/srv1 www.example.com 10/0/30/69/109 403 2750 - - ---- 1/1/1/1/0 0/0 "GET /a HTTP/1.1"`, `haproxy 2021-03-04T05:06:07.655Z 403 GET /a`},
	{`203.0.113.9:33317 [04/Mar/2021:05:06:07.655] https~ api/<NOSRV> 0/-1/-1/-1/0 503 216 - - SC-- 1/1/0/0/3 0/0 "GET https://api.example.com/v1/me?x=1 HTTP/2.0"`, `haproxy 2021-03-04T05:06:07.655Z 503 GET /v1/me`},
	{`203.0.113.9:33317 [04/Mar/2021:05:06:07.655] http-in http-in/<NOSRV> -1/-1/-1/-1/1 400 187 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"`, `haproxy 2021-03-04T05:06:07.655Z 400`},
	{`203.0.113.9:33317 [04/Mar/2021:05:06:07.655] tcp-in db/pg1 1/0/5007 212 -- 0/0/0/0/3 0/0`, `haproxy 2021-03-04T05:06:07.655Z`},
	{`https 2021-03-04T05:06:07.123456Z app/front/50dc6c495c0c9188 203.0.113.9:2817 10.0.0.1:80 0.086 0.048 0.037 401 401 0 57 "GET https://api.example.com:443/v1/me HTTP/1.1" "curl/8.1" ECDHE TLSv1.2 arn:aws:x "Root=1-58337281-1d84" "api.example.com"`, `elb 2021-03-04T05:06:07.123456Z 401 GET /v1/me`},
	{`h2 2021-03-04T05:06:07.123456Z app/front/50dc 203.0.113.9:2817 - -1 -1 -1 401 - 0 57 "GET https://api.example.com:443/v1/me HTTP/2.0" "curl/8.1"`, `elb 2021-03-04T05:06:07.123456Z 401 GET /v1/me`},
	{`2021-03-04T05:06:07.123456Z front 203.0.113.9:2817 10.0.0.1:80 0.000073 0.001048 0.000057 401 200 0 29 "GET http://www.example.com:80/a HTTP/1.1" "curl/7.38.0" - -`, `elb 2021-03-04T05:06:07.123456Z 401 GET /a`},
	{`2021-03-04 05:06:07 10.0.0.4 GET /api/me x=1 443 - 203.0.113.9 Mozilla/5.0+(X11) https://a.example/ 401 0 0 46`, `w3c 2021-03-04T05:06:07Z 401 GET /api/me`},
	{`2021-03-04 05:06:07 W3SVC1 WEB1 10.0.0.4 POST /api/me - 80 mary 203.0.113.9 HTTP/1.1 Mozilla/5.0 - - shop.example.com 200 0 64 1222 417 312`, `w3c 2021-03-04T05:06:07Z 200 POST /api/me`},
	{`2021-03-04 05:06:07 203.0.113.9 - 10.0.0.4 443 GET /img/a.gif - 304 Mozilla/4.0+(compatible)`, `w3c 2021-03-04T05:06:07Z 304 GET /img/a.gif`},
	{"2021-03-04\t05:06:07\tLHR62-C2\t2390\t203.0.113.9\tGET\td111.cloudfront.net\t/view/a.html\t403\t-\tMozilla/5.0\t-\t-\tError\tabc==\td111.cloudfront.net\thttps", `w3c 2021-03-04T05:06:07Z 403 GET /view/a.html`},
	{`1614834367.123    180 10.0.0.9 TCP_MISS/401 1041 GET http://api.example.com/v1/me - HIER_DIRECT/203.0.113.9 text/html`, `squid 2021-03-04T05:06:07.123Z 401 GET /v1/me`},
	{`1614834367.123      0 10.0.0.9 NONE/000 0 NONE error:transaction-end-before-headers - HIER_NONE/- -`, `squid 2021-03-04T05:06:07.123Z`},
	{`CEF:0|Acme|Gate|1.2|100|login failed|5|rt=1614834367123 requestMethod=POST request=https://sso.example.com/token?x=1 dvchost=gate-1 msg=token was refused src=203.0.113.9`, `cef 2021-03-04T05:06:07.123Z POST /token pod=gate-1 "token was refused"`},
	{"LEEF:1.0|Acme|Gate|1.2|401x|devTime=Mar 04 2021 05:06:07\tsrc=203.0.113.9\tmsg=token was refused", `cef 2021-03-04T05:06:07Z "token was refused"`},
}

func TestColumns(t *testing.T) { checkLines(t, columnLines) }

func BenchmarkAccess(b *testing.B) {
	line := []byte(accessLines[0].line)
	d, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	entries := make([]Entry, 0, 1)
	b.ReportAllocs()
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		entries = d.Decode(line, entries[:0])
	}
}
