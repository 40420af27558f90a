package logline

import "testing"

var logfmtLines = []lineTest{
	{`log_id=17 type=event pri=warning msg="no key"`, `logfmt warn "no key"`},
	{`log_id=17 type=event pri=134 msg="no key"`, `logfmt "no key"`},
	{`time="2021-03-04T05:06:07+01:00" level=warning msg="token refused: \"kid\" unknown" n=2`, `logfmt 2021-03-04T04:06:07Z warn "token refused: \"kid\" unknown"`},
	{`ts=2021-03-04T05:06:07.123Z caller=main.go:12 level=info method=GET path=/a?b=1 status=401 took=9ms`, `logfmt 2021-03-04T05:06:07.123Z 401 GET /a info`},
	{`level=error ts=1614834367.5 service=orders err="no such key"`, `logfmt 2021-03-04T05:06:07.5Z error service=orders "no such key"`},
	{`method=GET path=/users format=html controller=UsersController action=index status=401 duration=9.58 view=0.00 db=0.00`, `logfmt 401 GET /users`},
	{`at=error code=H12 desc="Request timeout" method=GET path="/" host=a.example dyno=web.1 connect=0ms service=30000ms status=503 bytes=0`, `logfmt 503 GET / error "H12"`},
	{`level=info msg=done http_request="map[headers:map[status:9] method:GET path:/a]" http_response="map[size:12 status:401 took:2ms]"`, `logfmt 401 GET /a info "done"`},
	{`source=timeout id=5 wait=7ms service=25ms state=completed`, `logfmt "source=timeout id=5 wait=7ms service=25ms state=completed"`},
	{`type=SYSCALL msg=audit(1614834367.123:17): arch=c000003e success=no`, `logfmt 2021-03-04T05:06:07.123Z "audit(1614834367.123:17):"`},
	{`time=2021-03-04T05:06:07Z level=info msg=completed handling request http_request=map[headers:map[accept:a, b] host:h:1 method:GET path:/a query:x y] http_response=map[size:12 status:401 text_status:Unauthorized] service_name=Shop Api service_version=1`, `logfmt 2021-03-04T05:06:07Z 401 GET /a info service=Shop Api "completed handling request"`},
	{`remote=203.0.113.9 x_forwarded_for=- [04/Mar/2021:05:06:07 +0100] status=401 request="GET /a?b=1 HTTP/1.1" 246 "-" "curl/8"`, `logfmt 2021-03-04T04:06:07Z 401 GET /a`},
	{`status=401`, `logfmt 401`},
	{`level=error msg="poll failed" source=keys status=401`, `logfmt error "poll failed"`},
	{`level=warn msg="token rejected" status=401`, `logfmt 401 warn "token rejected"`},
	{`level=warn msg="poll failed" status=401 path=/a`, `logfmt 401 /a warn "poll failed"`},
}

func TestLogfmt(t *testing.T) { checkLines(t, logfmtLines) }
