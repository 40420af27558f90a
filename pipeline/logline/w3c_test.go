package logline

import "testing"

var w3cLines = []lineTest{
	{`2021-03-04 05:06:07.500 W3SVC1 WEB01 10.0.0.5 GET /a - 443 - 203.0.113.9 HTTP/1.1 curl/8 - - a.example.com 401 2 5 1293 212 0`, `w3c 2021-03-04T05:06:07.5Z 401 GET /a pod=WEB01`},
	{`2021-03-04 05:06:07.500 api 10.0.0.5 GET /a - 443 - 203.0.113.9 HTTP/1.1 curl/8 - - a.example.com 401 2 5 1293`, `text 2021-03-04T05:06:07.5Z GET /a "api 10.0.0.5 GET /a - 443 - 203.0.113.9 HTTP/1.1 curl/8 - - a.example.com 401 2 5 1293"`},
	{`2021-03-04 05:06:07 10.0.0.4 GET /api/me x=1 443 - 203.0.113.9 Mozilla/5.0+(X11) https://a.example/ 401 0 0 46`, `w3c 2021-03-04T05:06:07Z 401 GET /api/me`},
	{`2021-03-04 05:06:07 W3SVC1 WEB1 10.0.0.4 POST /api/me - 80 mary 203.0.113.9 HTTP/1.1 Mozilla/5.0 - - shop.example.com 200 0 64 1222 417 312`, `w3c 2021-03-04T05:06:07Z 200 POST /api/me pod=WEB1`},
	{`2021-03-04 05:06:07 203.0.113.9 - 10.0.0.4 443 GET /img/a.gif - 304 Mozilla/4.0+(compatible)`, `w3c 2021-03-04T05:06:07Z 304 GET /img/a.gif`},
	{"2021-03-04\t05:06:07\tLHR62-C2\t2390\t203.0.113.9\tGET\td111.cloudfront.net\t/view/a.html\t403\t-\tMozilla/5.0\t-\t-\tError\tabc==\td111.cloudfront.net\thttps", `w3c 2021-03-04T05:06:07Z 403 GET /view/a.html`},
	{"2021-03-04\t05:06:07\tLHR62-C2\t2390\t203.0.113.9\tPOST\td111.cloudfront.net\t/view/a.html\t000\t-\tMozilla/5.0\t-\t-\tError\tabc==\td111.cloudfront.net\thttps", `w3c 2021-03-04T05:06:07Z POST /view/a.html`},
	{`2021-03-04 05:06:07 203.0.113.9 54519 10.0.0.4 8123 - - - - - 400 - Verb - TCP - -`, `w3c 2021-03-04T05:06:07Z 400`},
	{`2021-03-04 05:06:07 203.0.113.9 54520 10.0.0.4 8123 - GET - - - 414 - URL_Length - TCP - -`, `w3c 2021-03-04T05:06:07Z 414 GET`},
	{`2021-03-04 05:06:07 203.0.113.9 54520 10.0.0.4 8123 - - - - - 400`, `text 2021-03-04T05:06:07Z "203.0.113.9 54520 10.0.0.4 8123 - - - - - 400"`},
	{`05:06:07 SITE10 10.0.0.4 POST /a.asp timeout=500 80 - 203.0.113.9 HTTP/1.1 Mozilla/5.0+(X11) 401 2 5`, `w3c 401 POST /a.asp`},
	{`05:06:07 worker 10.0.0.4 POST /a.asp sent to 203.0.113.9 after 401 tries`, `text POST /a.asp "worker 10.0.0.4 POST /a.asp sent to 203.0.113.9 after 401 tries"`},
}

func TestW3C(t *testing.T) { checkLines(t, w3cLines) }
