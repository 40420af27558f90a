package logline

import "testing"

var elbLines = []lineTest{
	{`https 2021-03-04T05:06:07.123456Z app/front/50dc6c495c0c9188 203.0.113.9:2817 10.0.0.1:80 0.086 0.048 0.037 401 401 0 57 "GET https://api.example.com:443/v1/me HTTP/1.1" "curl/8.1" ECDHE TLSv1.2 arn:aws:x "Root=1-58337281-1d84" "api.example.com"`, `elb 2021-03-04T05:06:07.123456Z 401 GET /v1/me`},
	{`h2 2021-03-04T05:06:07.123456Z app/front/50dc 203.0.113.9:2817 - -1 -1 -1 401 - 0 57 "GET https://api.example.com:443/v1/me HTTP/2.0" "curl/8.1"`, `elb 2021-03-04T05:06:07.123456Z 401 GET /v1/me`},
	{`2021-03-04T05:06:07.123456Z front 203.0.113.9:2817 10.0.0.1:80 0.000073 0.001048 0.000057 401 200 0 29 "GET http://www.example.com:80/a HTTP/1.1" "curl/7.38.0" - -`, `elb 2021-03-04T05:06:07.123456Z 401 GET /a`},
}

func TestELB(t *testing.T) { checkLines(t, elbLines) }
