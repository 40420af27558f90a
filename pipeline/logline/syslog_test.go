package logline

import "testing"

var syslogLines = []lineTest{
	{`<165>1 2021-03-04T05:06:07.003Z node1.example.com orders 8710 ID47 [meta@32473 iut="3" note="a \"]\" b"][x@1 y="z"] token refused`, `syslog/ 2021-03-04T05:06:07.003Z info service=orders pod=node1.example.com "token refused"`},
	{"<165>1 2021-03-04T05:06:07.003Z - - - - - \ufeffhello there", `syslog/ 2021-03-04T05:06:07.003Z info "hello there"`},
	{`<14>Mar  4 05:06:07 web-1 read of /a was refused`, `syslog/ info pod=web-1 "read of /a was refused"`},
	{`<134> 04/Mar/2021:05:06:07  gw-1.example.com 0-PPE-0 : refused`, `syslog/ 2021-03-04T05:06:07Z info pod=gw-1.example.com "0-PPE-0 : refused"`},
	{`<132> 04/Mar/2021:05:06:07  gw1 0-PPE-0 : refused`, `syslog/ 2021-03-04T05:06:07Z warn pod=gw1 "0-PPE-0 : refused"`},
	{`Mar  4 05:06:07 gw.example system,error login failure for user ann`, `syslog/ pod=gw.example "system,error login failure for user ann"`},
	{`Mar  4 05:06:07 node1 auth.warn sshd[812]: no such user ann`, `syslog/ warn service=sshd pod=node1 "no such user ann"`},
	{`Mar  4 05:06:07 node1 local7.warn sshd[812]: no such user ann`, `syslog/ warn service=sshd pod=node1 "no such user ann"`},
	{`Mar  4 05:06:07 node1 local8.warn sshd[812]: no such user ann`, `syslog/ pod=node1 "local8.warn sshd[812]: no such user ann"`},
	{`Mar  4 05:06:07 node1 locals.warn: no such user ann`, `syslog/ service=locals.warn pod=node1 "no such user ann"`},
	{`Mar  4 05:06:07 node1 web.info: 3 lines`, `syslog/ service=web.info pod=node1 "3 lines"`},
	{`Mar  4 05:06:07 something happened`, `text "something happened"`},
	{`2021-03-04T05:06:07.123Z node1.example.com orders 17 LOGIN [a@1 comp="x" level="WARN"] no key`, `syslog/ 2021-03-04T05:06:07.123Z warn service=orders pod=node1.example.com "no key"`},
	{`2021-03-04T05:06:07Z node1 cron 17 - -  (root) CMD (a)`, `syslog/ 2021-03-04T05:06:07Z service=cron pod=node1 "(root) CMD (a)"`},
	{`Mar  4 05:06:07 node1 deploy-<stdin>: done`, `syslog/ service=deploy-<stdin> pod=node1 "done"`},
	{`83 <40>1 2021-03-04T05:06:07+00:00 host app web.1 - State changed from up to down`, `syslog/ 2021-03-04T05:06:07Z fatal service=app pod=host "State changed from up to down"`},
	{`<34>1 2021-03-04T05:06:07Z node1 api - - - {"level":"warn","msg":"no key","time":"2021-03-04T05:06:06Z"}`, `syslog/json 2021-03-04T05:06:06Z warn service=api pod=node1 "no key"`},
	{`<190>Mar  4 05:06:07 web1 nginx: 203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /a HTTP/1.1" 401 172 "-" "curl/8.1"`, `syslog/access 2021-03-04T05:06:07Z 401 GET /a info service=nginx pod=web1`},
	{`<13>Mar  4 05:06:07 web1 myapp[4711]: something happened`, `syslog/ info service=myapp pod=web1 "something happened"`},
	{`<13>Mar  4 05:06:07 myapp[4711]: something happened`, `syslog/ info service=myapp "something happened"`},
	{`<11>2021-03-04T05:06:07.123+01:00 web1 myapp: @cee: {"msg":"hi there"}`, `syslog/json 2021-03-04T04:06:07.123Z error service=myapp pod=web1 "hi there"`},
	{`<189>29: *Mar  1 18:46:11: %SYS-5-CONFIG_I: Configured from console`, `syslog/ info "%SYS-5-CONFIG_I: Configured from console"`},
	{`<134>1 1614834367.123456789 MX-1 flows src=192.0.2.1 protocol=tcp`, `syslog/ 2021-03-04T05:06:07.123456789Z info service=flows pod=MX-1`},
	{`<134>Mar  4 05:06:07 f5.example.com notice tmm[17]: 01490500:5: /Common/a: New session`, `syslog/ info service=tmm pod=f5.example.com "01490500:5: /Common/a: New session"`},
	{`Mar  4 05:06:07 node1 error in api: gone`, `syslog/ pod=node1 "error in api: gone"`},
	{`Mar  4 05:06:07 su: 'su root' failed for ann`, `syslog/ service=su "'su root' failed for ann"`},
	{`Mar  4 05:06:07 Error: gone`, `text error "gone"`},
	{`Mai 30 05:06:07 node1 api[17]: 2021-05-30 05:06:07.123 WARNING (main) no key`, `syslog/text 2021-05-30T05:06:07.123Z warn service=api pod=node1 "no key"`},
	{`<191>no header at all`, `syslog/ debug "no header at all"`},
	{`<134>Mar  4 05:06:07 lb haproxy[14389]: 203.0.113.9:33317 [04/Mar/2021:05:06:07.655] in api/s1 10/0/30/69/109 401 2750 - - ---- 1/1/1/1/0 0/0 "GET /a HTTP/1.1"`, `syslog/haproxy 2021-03-04T05:06:07.655Z 401 GET /a info service=haproxy pod=lb`},
	{`<190>Mar  4 05:06:07 web1 nginx: [http request_method="GET" request_uri="/a?b=1" status="404" msec="1614834367.655" http_user_agent="curl/8.1"]`, `syslog/logfmt 2021-03-04T05:06:07.655Z 404 GET /a info service=nginx pod=web1`},
	{`Mar  4 05:06:07 node1 sshd[812]: Failed password for root from 203.0.113.9 port 22 ssh2`, `syslog/ service=sshd pod=node1 "Failed password for root from 203.0.113.9 port 22 ssh2"`},
	{`Mar 04 05:06:07 node1 kernel: eth0: link up`, `syslog/ service=kernel pod=node1 "eth0: link up"`},
	{`Mar 04 05:06:07 - haproxy[17]: 203.0.113.9:33317 [04/Mar/2021:05:06:07.655] in api/s1 10/0/30/69/109 401 2750 - - ---- 1/1/1/1/0 0/0 "GET /a HTTP/1.1"`, `syslog/haproxy 2021-03-04T05:06:07.655Z 401 GET /a service=haproxy`},
	{`Mar  4 05:06:07 node1 core[17]: 2021/03/04 05:06:07 #033[1;44m[D] [server.go:26] |  203.0.113.9|#033[42m 401 #033[0m|   9.9ms|  match|#033[44m GET     #033[0m /a   r:/a#033[0m`, `syslog/text 2021-03-04T05:06:07Z 401 GET /a debug service=core pod=node1 "203.0.113.9| 401 |   9.9ms|  match| GET      /a   r:/a"`},
	{`2021-03-04T05:06:07.123456+00:00 node1 kubelet[812]: E0304 05:06:07.123456     812 server.go:12] "Unable to authenticate" err="invalid bearer token"`, `syslog/klog 2021-03-04T05:06:07.123456Z error service=kubelet pod=node1 "\"Unable to authenticate\" err=\"invalid bearer token\""`},
}

func TestSyslog(t *testing.T) { checkLines(t, syslogLines) }
