package logline

import "testing"

var accessLines = []lineTest{
	{`shop.example.com:80 unix: - - [04/Mar/2021:05:06:07 +0000] "hello" 400 173 "-" "-"`, `access 2021-03-04T05:06:07Z 400`},
	{`[04/Mar/2021:05:06:07 +0000] - 401 401 - GET https shop.example.com "/a?b=1" [Client 203.0.113.9] [Length 39] [Gzip -] [Sent-to shop] "curl/8" "-"`, `access 2021-03-04T05:06:07Z 401 GET /a`},
	{`[04/Mar/2021:05:06:07 +0000] From 203.0.113.9; To "GET /a HTTP/1.1"; Response: 401`, `access 2021-03-04T05:06:07Z 401 GET /a`},
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
	// columns between commas, and methods that are none
	{`203.0.113.9,mary,[04/Mar/2021:05:06:07 +0000],"GET /a HTTP/1.1",401,12`, `access 2021-03-04T05:06:07Z 401 GET /a`},
	{`203.0.113.9,mary,[04/Mar/2021:05:06:07 +0000],"GET /a HTTP/1.1","-","0","401","-"`, `access 2021-03-04T05:06:07Z 401 GET /a`},
	{`203.0.113.9,mary,[04/Mar/2021:05:06:07 +0000],"GET /a HTTP/1.1",1612,401`, `access 2021-03-04T05:06:07Z GET /a`},
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GETs /a HTTP/1.1" 400 150`, `access 2021-03-04T05:06:07Z 400 /a`},
	{`203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "\x16\x03\x01 /a" 400 150`, `access 2021-03-04T05:06:07Z 400`},
	{`203.0.113.9 a.example - [04/Mar/2021:05:06:07 +0000] "GET /a HTTP/1.1 401 0" http://a.example/ curl/8 ""`, `access 2021-03-04T05:06:07Z 401 GET /a`},
	{`203.0.113.9 a.example - [04/Mar/2021:05:06:07 +0000] "GET /a HTTP/1.1 401 times" x`, `access 2021-03-04T05:06:07Z GET /a`},
	{`[2021-03-04 05:06:07 +0000] info [cpaneld] 203.0.113.9 - mary "POST /login/ HTTP/1.1" FAILED LOGIN cpaneld: no`, `text 2021-03-04T05:06:07Z POST /login/ info "203.0.113.9 - mary \"POST /login/ HTTP/1.1\" FAILED LOGIN cpaneld: no"`},
	// inside other lines
	{`{"level":"info","ts":"2021-03-04T05:06:08Z","msg":"203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] \"GET /a HTTP/1.1\" 401 172"}`, `json/access 2021-03-04T05:06:07Z 401 GET /a info "203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] \"GET /a HTTP/1.1\" 401 172"`},
	{`INFO:werkzeug:127.0.0.1 - - [04/Mar/2021 05:06:07] "GET /a HTTP/1.1" 401 -`, `access 2021-03-04T05:06:07Z 401 GET /a info`},
	{`2021-03-04 05:06:08,123 INFO 203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /a HTTP/1.1" 401 172`, `access 2021-03-04T05:06:07Z 401 GET /a info`},
}

func TestAccess(t *testing.T) { checkLines(t, accessLines) }
