package logline

import "testing"

var syslogLines = []lineTest{
	{`<165>1 2021-03-04T05:06:07.003Z node1.example.com orders 8710 ID47 [meta@32473 iut="3" note="a \"]\" b"][x@1 y="z"] token refused`, `syslog/ 2021-03-04T05:06:07.003Z info service=orders pod=node1.example.com "token refused"`},
	{"<165>1 2021-03-04T05:06:07.003Z - - - - - \ufeffhello there", `syslog/ 2021-03-04T05:06:07.003Z info "hello there"`},
	{`83 <40>1 2021-03-04T05:06:07+00:00 host app web.1 - State changed from up to down`, `syslog/ 2021-03-04T05:06:07Z fatal service=app pod=host "State changed from up to down"`},
	{`<34>1 2021-03-04T05:06:07Z node1 api - - - {"level":"warn","msg":"no key","time":"2021-03-04T05:06:06Z"}`, `syslog/json 2021-03-04T05:06:06Z warn service=api pod=node1 "no key"`},
	{`<190>Mar  4 05:06:07 web1 nginx: 203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /a HTTP/1.1" 401 172 "-" "curl/8.1"`, `syslog/access 2021-03-04T05:06:07Z 401 GET /a info service=nginx pod=web1`},
	{`<13>Mar  4 05:06:07 web1 myapp[4711]: something happened`, `syslog/ info service=myapp pod=web1 "something happened"`},
	{`<13>Mar  4 05:06:07 myapp[4711]: something happened`, `syslog/ info service=myapp "something happened"`},
	{`<11>2021-03-04T05:06:07.123+01:00 web1 myapp: @cee: {"msg":"hi there"}`, `syslog/json 2021-03-04T04:06:07.123Z error service=myapp pod=web1 "hi there"`},
	{`<189>29: *Mar  1 18:46:11: %SYS-5-CONFIG_I: Configured from console`, `syslog/ info "%SYS-5-CONFIG_I: Configured from console"`},
	{`<191>no header at all`, `syslog/ debug "no header at all"`},
	{`<134>Mar  4 05:06:07 lb haproxy[14389]: 203.0.113.9:33317 [04/Mar/2021:05:06:07.655] in api/s1 10/0/30/69/109 401 2750 - - ---- 1/1/1/1/0 0/0 "GET /a HTTP/1.1"`, `syslog/haproxy 2021-03-04T05:06:07.655Z 401 GET /a info service=haproxy pod=lb`},
	{`<190>Mar  4 05:06:07 web1 nginx: [http request_method="GET" request_uri="/a?b=1" status="404" msec="1614834367.655" http_user_agent="curl/8.1"]`, `syslog/logfmt 2021-03-04T05:06:07.655Z 404 GET /a info service=nginx pod=web1`},
	{`Mar  4 05:06:07 node1 sshd[812]: Failed password for root from 203.0.113.9 port 22 ssh2`, `syslog/ service=sshd pod=node1 "Failed password for root from 203.0.113.9 port 22 ssh2"`},
	{`Mar 04 05:06:07 node1 kernel: eth0: link up`, `syslog/ service=kernel pod=node1 "eth0: link up"`},
	{`2021-03-04T05:06:07.123456+00:00 node1 kubelet[812]: E0304 05:06:07.123456     812 server.go:12] "Unable to authenticate" err="invalid bearer token"`, `syslog/klog 2021-03-04T05:06:07.123456Z error service=kubelet pod=node1 "\"Unable to authenticate\" err=\"invalid bearer token\""`},
}

func TestSyslog(t *testing.T) { checkLines(t, syslogLines) }

var prefixLines = []lineTest{
	{`2021-03-04T05:06:07.123456789Z stdout F hello there`, `cri/ 2021-03-04T05:06:07.123456789Z "hello there"`},
	{`2021-03-04T05:06:07.123456789+01:00 stderr P {"level":"info","msg":"first ha`, `cri/json 2021-03-04T04:06:07.123456789Z info "first ha"`},
	{`2021-03-04T05:06:07.123456789Z stdout hello there`, `cri/ 2021-03-04T05:06:07.123456789Z "hello there"`},
	{`2021-03-04T05:06:07.123456789Z stderr F W0304 05:06:07.123456       1 authentication.go:73] token refused`, `cri/klog 2021-03-04T05:06:07.123456789Z warn "token refused"`},
	{`2021-03-04T05:06:07.123456789Z stdout F 203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /a HTTP/1.1" 401 172 "-" "curl/8.1"`, `cri/access 2021-03-04T05:06:07Z 401 GET /a`},
	{`api-1  | INFO:     10.0.0.1:5 - "GET /a HTTP/1.1" 401 Unauthorized`, `compose/text 401 GET /a info service=api-1 "10.0.0.1:5 - \"GET /a HTTP/1.1\" 401 Unauthorized"`},
	{"\x1b[36mapi-1  |\x1b[0m {\"level\":\"error\",\"msg\":\"no key\"}", `compose/json error service=api-1 "no key"`},
	{`shop_api.1.q26m9l693een@node2    | 2021-03-04T05:06:07Z ready now`, `compose/text 2021-03-04T05:06:07Z service=shop_api pod=node2 "ready now"`},
	{`[pod/api-7d4b9c6f5d-x2x9z/api] level=warn msg="no key"`, `kubectl/logfmt warn service=api pod=api-7d4b9c6f5d-x2x9z "no key"`},
	{`api-7d4b9c6f5d-x2x9z api level=warn msg="no key"`, `stern/logfmt warn service=api pod=api-7d4b9c6f5d-x2x9z "no key"`},
	{`2021-03-04T05:06:07.123456+00:00 heroku[router]: at=info method=GET path="/a?b=1" host=shop.herokuapp.com fwd="203.0.113.9" dyno=web.1 connect=1ms service=9ms status=401 bytes=33`, `heroku/logfmt 2021-03-04T05:06:07.123456Z 401 GET /a info`},
	{`2021-03-04T05:06:07.123456+00:00 app[web.1]: token refused`, `heroku/ 2021-03-04T05:06:07.123456Z pod=web.1 "token refused"`},
	{`2021-03-04T05:06:07.63+0100 [APP/PROC/WEB/0] ERR token refused`, `cloudfoundry/ 2021-03-04T04:06:07.63Z "token refused"`},
	{`2021-03-04T05:06:07.63+0000 [RTR/1] OUT shop.example.com - [2021-03-04T05:06:07.123+0000] "GET /a HTTP/1.1" 401 0 124 "-" "curl/8.1" "203.0.113.9:5" response_time:0.1`, `cloudfoundry/access 2021-03-04T05:06:07.123Z 401 GET /a`},
	{`2021-03-04T05:06:07.123456789Z {"level":"info","msg":"hello"}`, `stamp/json 2021-03-04T05:06:07.123456789Z info "hello"`},
	{`2021-03-04T05:06:07.123456789Z 2021-03-04 05:06:06,500 ERROR no key`, `stamp/text 2021-03-04T05:06:06.5Z error "no key"`},
}

func TestPrefixes(t *testing.T) { checkLines(t, prefixLines) }

var klogLines = []lineTest{
	{`E0304 05:06:07.123456       1 authentication.go:73] Unable to authenticate the request: invalid bearer token`, `klog error "Unable to authenticate the request: invalid bearer token"`},
	{`I0304 05:06:07.123456       1 httplog.go:132] "HTTP" verb="GET" URI="/readyz?x=1" latency="247.092µs" userAgent="kube-probe/1.29" audit-ID="" srcIP="10.0.2.15:60680" resp=401`, `klog 401 GET /readyz info "\"HTTP\" verb=\"GET\" URI=\"/readyz?x=1\" latency=\"247.092µs\" userAgent=\"kube-probe/1.29\" audit-ID=\"\" srcIP=\"10.0.2.15:60680\" resp=401"`},
	{`I0304 05:06:07.123456       1 wrap.go:47] GET /api/v1/pods: (1.5ms) 401 [kubectl/v1.12 203.0.113.9:51234]`, `klog 401 GET /api/v1/pods info "GET /api/v1/pods: (1.5ms) 401 [kubectl/v1.12 203.0.113.9:51234]"`},
	{`W20210304 05:06:07.123456  4711 server.cc:12] token refused`, `klog 2021-03-04T05:06:07.123456Z warn "token refused"`},
	{`I210304 05:06:07.123456 1 file.go:12 ⋮ [n1] no key`, `klog 2021-03-04T05:06:07.123456Z info "no key"`},
	{`F0304 05:06:07.123456 1 main.go:1] cannot start`, `klog fatal "cannot start"`},
}

func TestKlog(t *testing.T) { checkLines(t, klogLines) }

var pairLines = []lineTest{
	{`time="2021-03-04T05:06:07+01:00" level=warning msg="token refused: \"kid\" unknown" n=2`, `logfmt 2021-03-04T04:06:07Z warn "token refused: \"kid\" unknown"`},
	{`ts=2021-03-04T05:06:07.123Z caller=main.go:12 level=info method=GET path=/a?b=1 status=401 took=9ms`, `logfmt 2021-03-04T05:06:07.123Z 401 GET /a info`},
	{`level=error ts=1614834367.5 service=orders err="no such key"`, `logfmt 2021-03-04T05:06:07.5Z error service=orders "no such key"`},
	{`method=GET path=/users format=html controller=UsersController action=index status=401 duration=9.58 view=0.00 db=0.00`, `logfmt 401 GET /users`},
	{`at=error code=H12 desc="Request timeout" method=GET path="/" host=a.example dyno=web.1 connect=0ms service=30000ms status=503 bytes=0`, `logfmt 503 GET / error "H12"`},
	{`level=info msg=done http_request="map[headers:map[status:9] method:GET path:/a]" http_response="map[size:12 status:401 took:2ms]"`, `logfmt 401 GET /a info "done"`},
	{`source=timeout id=5 wait=7ms service=25ms state=completed`, `logfmt "source=timeout id=5 wait=7ms service=25ms state=completed"`},
	{`type=SYSCALL msg=audit(1614834367.123:17): arch=c000003e success=no`, `logfmt 2021-03-04T05:06:07.123Z "audit(1614834367.123:17):"`},
	{`status=401`, `logfmt 401`},
}

func TestLogfmt(t *testing.T) { checkLines(t, pairLines) }
