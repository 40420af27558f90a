package logline

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

var textLines = []lineTest{
	{`[2021-03-04][05:06:07][app::auth][WARN] no key`, `text 2021-03-04T05:06:07Z warn "no key"`},
	{`[2021-03-04][05:06:07] [INFO ] 401 GET /a 251.58µs`, `text 2021-03-04T05:06:07Z 401 GET /a info "401 GET /a 251.58µs"`},
	{`[2021-03-04 05:06:07]`, `text 2021-03-04T05:06:07Z "[2021-03-04 05:06:07]"`},
	// A stamp before a whole line
	{`2021-03-04T05:06:07.123456789Z {"level":"info","msg":"hello"}`, `stamp/json 2021-03-04T05:06:07.123456789Z info "hello"`},
	{`2021-03-04T05:06:07.123456789Z 2021-03-04 05:06:06,500 ERROR no key`, `stamp/text 2021-03-04T05:06:06.5Z error "no key"`},
	// Python
	{`2021-03-04 05:06:07,123 - app.auth - ERROR - Signature verification failed`, `text 2021-03-04T05:06:07.123Z error "Signature verification failed"`},
	{`2021-03-04 05:06:07 [192.0.2.1][-][-][error][yii\web\HttpException:401] yii\web\UnauthorizedHttpException: no key`, `text 2021-03-04T05:06:07Z 401 error "yii\\web\\UnauthorizedHttpException: no key"`},
	{`2021-03-04 05:06:07,123 [INFO] app.auth: ready now`, `text 2021-03-04T05:06:07.123Z info "ready now"`},
	{`WARNING:app.auth:token has expired`, `text warn "token has expired"`},
	{`[2021-03-04 05:06:07 +0000] [12] [INFO] Booting worker`, `text 2021-03-04T05:06:07Z info "Booting worker"`},
	{`[2021-03-04 05:06:07,123: ERROR/MainProcess] task failed`, `text 2021-03-04T05:06:07.123Z error "task failed"`},
	{`2021-03-04 05:06:07.123 | ERROR    | app.auth:check:47 - token has expired`, `text 2021-03-04T05:06:07.123Z error "token has expired"`},
	{`[2021-03-04 05:06:07,123] {auth.py:12} WARNING - token has expired`, `text 2021-03-04T05:06:07.123Z warn "token has expired"`},
	{`[2021-03-04 05:06:07,123] ERROR in app: Exception on /a [GET]`, `text 2021-03-04T05:06:07.123Z GET /a error "in app: Exception on /a [GET]"`},
	{`WARNING Unauthorized: /api/me/`, `text /api/me/ warn "Unauthorized: /api/me/"`},
	{`[04/Mar/2021 05:06:07] "GET /api/me HTTP/1.1" 401 58`, `access 2021-03-04T05:06:07Z 401 GET /api/me`},
	{`[W 2021-03-04 05:06:07.123 ServerApp] 403 GET /api/x (127.0.0.1) 1.23ms`, `text 2021-03-04T05:06:07.123Z 403 GET /api/x warn "403 GET /api/x (127.0.0.1) 1.23ms"`},
	{`2021-03-04 05:06:07.500 [pond,65a1e0b29c3d4f56,90ab12cd34ef5678] [exec-1] INFO  a.Access - no key`, `text 2021-03-04T05:06:07.5Z info service=pond "no key"`},
	{`2021-03-04 05:06:07.500 [main,5,main] INFO  a.Access - no key`, `text 2021-03-04T05:06:07.5Z info "no key"`},
	// levels in places of their own
	{`[ N 2021-03-04 05:06:07.1234 41/T8 age/Cor/CoreMain.cpp:1115 ]: up`, `text 2021-03-04T05:06:07.1234Z info "up"`},
	{`1.2s     info: Pond::Server [pid=41] [2021-03-04 05:06:07 +0000]`, `text 2021-03-04T05:06:07Z info "Pond::Server [pid=41] [2021-03-04 05:06:07 +0000]"`},
	{`1.2s     pond: up`, ` "1.2s     pond: up"`},
	{`[2021-03-04T05:06:07.123Z] uaa - 8 [https-exec-2] -  [a1,b2] .... DEBUG --- Chain: no key`, `text 2021-03-04T05:06:07.123Z debug "Chain: no key"`},
	{`[2021-03-04T05:06:07.123Z] uaa - 8 [https-exec-2] -  [a1,b2] .... debug --- Chain: no key`, `text 2021-03-04T05:06:07.123Z "8 [https-exec-2] -  [a1,b2] .... debug --- Chain: no key"`},
	{`2021-03-04T05:06:07.123Z,WARNING,pond,,no key`, `text 2021-03-04T05:06:07.123Z warn "pond,,no key"`},
	{`2021-03-04T05:06:07.123Z,Warning,pond,,no key`, `text 2021-03-04T05:06:07.123Z warn "pond,,no key"`},
	{`2021-03-04T05:06:07.123Z,pond,WARNING,,no key`, `text 2021-03-04T05:06:07.123Z ",pond,WARNING,,no key"`},
	{`03-04 05:06:07.123  1041  1042 W Auth    : no key`, `text warn "no key"`},
	{`[41]{-1}[-1/-1] 2021-03-04 05:06:07.123456 w Auth   a.cpp(9) : no key`, `text 2021-03-04T05:06:07.123456Z warn "Auth   a.cpp(9) : no key"`},
	{`[41]{-1}[-1] no key`, ` "[41]{-1}[-1] no key"`},
	// heads in messages of lines that state a level
	{`{"TimeGenerated":"2021-03-04T05:06:09Z","LogLevel":"info","LogMessage":"2021-03-04 05:06:07,120 [main] ERROR no key"}`, `json 2021-03-04T05:06:07.12Z error "no key"`},
	{`{"time":"2021-03-04T05:06:07.123456Z","level":"error","text":"2021-03-04 05:06:07.123 | ERROR    | api:check:12 - no key\n"}`, `json 2021-03-04T05:06:07.123456Z error "no key"`},
	{`{"log":{"level":"info"},"message":"time=\"2021-03-04T05:06:07.25Z\" level=debug msg=\"no key\"","timestamp":"2021-03-04T05:06:08Z"}`, `json/logfmt 2021-03-04T05:06:07.25Z debug "no key"`},
	{`{"level":"info","msg":"level=low water=high","time":"2021-03-04T05:06:07Z"}`, `json/logfmt 2021-03-04T05:06:07Z info "level=low water=high"`},
	{`{"time":"2021-03-04T05:06:07Z","level":"info","msg":"2021-03-03 00:00:00 until 2021-03-04 00:00:00 was read"}`, `json 2021-03-04T05:06:07Z info "2021-03-03 00:00:00 until 2021-03-04 00:00:00 was read"`},
	// stamps that stand last
	{`[info] *** Request 7 (0.010/s) [41] [Thu Mar  4 05:06:07 2021] ***`, `text 2021-03-04T05:06:07Z info "Request 7 (0.010/s) [41] [Thu Mar  4 05:06:07 2021] ***"`},
	{`ERROR no key until [2021-03-04 05:06:07 ours]`, `text error "no key until [2021-03-04 05:06:07 ours]"`},
	// Java
	{`2021-03-04 05:06:07.123  WARN 1 --- [nio-8080-exec-1] o.s.s.jwt.Decoder : no key`, `text 2021-03-04T05:06:07.123Z warn "no key"`},
	{`2021-03-04T05:06:07.123Z  INFO 1 --- [orders] [nio-8080-exec-1] o.s.s.jwt.Decoder : ready now`, `text 2021-03-04T05:06:07.123Z info service=orders "ready now"`},
	{`2021-03-04 05:06:07.123  INFO [orders,5f1b,9a3c] 1 --- [nio-8080-exec-1] o.s.s.jwt.Decoder : ready now`, `text 2021-03-04T05:06:07.123Z info service=orders "ready now"`},
	{`05:06:07.123 [http-nio-8080-exec-1] ERROR com.example.Auth - no key`, `text error "no key"`},
	{`2021-03-04 05:06:07.123 <GATE1:exec-3:1234> user WARN  (o.e.JwtFilter) no key`, `text 2021-03-04T05:06:07.123Z warn "no key"`},
	{`Auth Server | [Nest] 41  - 03/04/2021, 5:06:07 AM     LOG [Loader] ready now`, `text 2021-03-04T05:06:07Z info "ready now"`},
	{`2021-03-04 05:06:07,123 WARN  [org.keycloak.events] (executor-thread-1) type="LOGIN_ERROR", realmId="x", error="invalid_user_credentials"`, `text 2021-03-04T05:06:07.123Z warn "type=\"LOGIN_ERROR\", realmId=\"x\", error=\"invalid_user_credentials\""`},
	{`04-Mar-2021 05:06:07.123 SEVERE [main] org.apache.catalina.core.Standard.start stopped`, `text 2021-03-04T05:06:07.123Z error "org.apache.catalina.core.Standard.start stopped"`},
	{`[2021-03-04T05:06:07,123][WARN ][o.e.x.s.a.Service] [node1] Authentication to realm failed`, `text 2021-03-04T05:06:07.123Z warn "Authentication to realm failed"`},
	{`[2021-03-04 05:06:07,123] INFO [Broker id=1] ready now (kafka.server)`, `text 2021-03-04T05:06:07.123Z info "ready now (kafka.server)"`},
	{`Mar 04, 2021 5:06:07 PM com.example.Auth check`, `text 2021-03-04T17:06:07Z "com.example.Auth check"`},
	{`INFO   | jvm 1    | 2021/03/04 05:06:07 | 2021-03-04 05:06:07,123 [worker-8] INFO  com.example.Job - ready now`, `text 2021-03-04T05:06:07.123Z info "ready now"`},
	{`54 [main] INFO com.example.Auth - ready now`, `text info "ready now"`},
	{`05:06:07.123 [thread-1] INFO  ACCESS - 203.0.113.9 - - [04/Mar/2021:05:06:07 +0100] "GET /a HTTP/1.1" 401 47`, `access 2021-03-04T04:06:07Z 401 GET /a info`},
	{`[2021-03-04 05:06:07 +0000] [8] [INFO] 203.0.113.9:5 - - [04/Mar/2021:05:06:07 +0000] "GET /a 2" 401 30 "-" "curl/8"`, `access 2021-03-04T05:06:07Z 401 GET /a info`},
	{`[2021-03-04 05:06:08,123] {{mixin.py:112}} INFO - [2021-03-04 05:06:07,123] {{auth.py:211}} WARNING - no key`, `text 2021-03-04T05:06:07.123Z warn "no key"`},
	// .NET
	{`      Request starting HTTP/1.1 POST http://localhost:5000/a - - 0`, `request POST /a "Request starting HTTP/1.1 POST http://localhost:5000/a - - 0"`},
	{`2021-03-04 05:06:07.1234|2|INFO|Shop.Hosting.Diagnostics|Request finished in 5.1ms 401 text/plain |url: http://shop/a|action: X`, `text 2021-03-04T05:06:07.1234Z 401 /a info "Request finished in 5.1ms 401 text/plain |url: http://shop/a|action: X"`},
	{`info: Microsoft.AspNetCore.Hosting.Diagnostics[2] Request finished HTTP/1.1 GET http://localhost:5000/a?b=1 - - - 401 0 - 3.2ms`, `text 401 GET /a info "Request finished HTTP/1.1 GET http://localhost:5000/a?b=1 - - - 401 0 - 3.2ms"`},
	{`[05:06:07 INF] HTTP GET /a responded 401 in 1.2 ms`, `text 401 GET /a info "HTTP GET /a responded 401 in 1.2 ms"`},
	{`2021-03-04 05:06:07.123 +01:00 [WRN] IDX10501: Signature validation failed.`, `text 2021-03-04T04:06:07.123Z warn "IDX10501: Signature validation failed."`},
	{`2021-03-04 05:06:07.1234|ERROR|Shop.Auth|no key`, `text 2021-03-04T05:06:07.1234Z error "no key"`},
	// Go
	{`2021/03/04 05:06:07 main.go:12: no key`, `text 2021-03-04T05:06:07Z "no key"`},
	{`2021/03/04 05:06:07 [ERR] agent.http: no key`, `text 2021-03-04T05:06:07Z error "no key"`},
	{"2021-03-04T05:06:07.123Z\tERROR\tauth/jwt.go:12\tno key\t{\"kid\": \"a1\"}", `text 2021-03-04T05:06:07.123Z error "no key\t{\"kid\": \"a1\"}"`},
	{`5:06PM ERR no key kid=a1`, `text error "no key kid=a1"`},
	{`INFO[0012] ready now                                     port=8080`, `text info "ready now                                     port=8080"`},
	{`WARN[04-03-2021 05:06:07] no key                                   port=8080`, `text 2021-03-04T05:06:07Z warn "no key                                   port=8080"`},
	{`2021/03/04 05:06:07 [2021-03-04T05:06:07Z] Outcoming response to 203.0.113.9:38208 with 401 status code`, `text 2021-03-04T05:06:07Z 401 "Outcoming response to 203.0.113.9:38208 with 401 status code"`},
	{`2021-03-04T05:06:07.123Z [ERROR] core: failed to verify: error="no key"`, `text 2021-03-04T05:06:07.123Z error "core: failed to verify: error=\"no key\""`},
	{`[GIN] 2021/03/04 - 05:06:07 | 401 |      30.1µs |  203.0.113.9 | GET      "/a?b=1"`, `text 2021-03-04T05:06:07Z 401 GET /a "401 |      30.1µs |  203.0.113.9 | GET      \"/a?b=1\""`},
	{"[GIN] 2021/03/04 - 05:06:07 |\x1b[97;43m 401 \x1b[0m|      30.1µs |  203.0.113.9 |\x1b[97;44m GET     \x1b[0m \"/a\"", `text 2021-03-04T05:06:07Z 401 GET /a "401 |      30.1µs |  203.0.113.9 | GET      \"/a\""`},
	{`05:06:07 | 401 |   1.1ms |  203.0.113.9 | GET     | /a | -`, `text 401 GET /a "401 |   1.1ms |  203.0.113.9 | GET     | /a | -"`},
	{`2021/03/04 05:06:07 [host/abc-000001] "GET http://localhost:3000/a HTTP/1.1" from 127.0.0.1:57008 - 401 30B in 1.2ms`, `text 2021-03-04T05:06:07Z 401 GET /a "\"GET http://localhost:3000/a HTTP/1.1\" from 127.0.0.1:57008 - 401 30B in 1.2ms"`},
	{`2021/03/04 05:06:07 ...rs/web/auth.go:200:SignIn() [W] no key`, `text 2021-03-04T05:06:07Z warn "no key"`},
	{`2021-03-04T05:06:07.000-05:00 gate1.example.com auth www.example.com 203.0.113.9 - - "GET /a HTTP/2.0" 302 163 "-" "curl/8"`, `text 2021-03-04T10:06:07Z 302 GET /a service=auth pod=gate1.example.com "gate1.example.com auth www.example.com 203.0.113.9 - - \"GET /a HTTP/2.0\" 302 163 \"-\" \"curl/8\""`},
	{`2021-03-04 05:06:07.123 12 INFO shop.wsgi [req-1 None] 203.0.113.9 "GET /a HTTP/1.1" status: 401 len: 193 time: 0.2`, `text 2021-03-04T05:06:07.123Z 401 GET /a info "shop.wsgi [req-1 None] 203.0.113.9 \"GET /a HTTP/1.1\" status: 401 len: 193 time: 0.2"`},
	{`[2021-03-04 05:06:07.123][response][INFO] GET /a (index) => 200 OK`, `text 2021-03-04T05:06:07.123Z 200 GET /a info "GET /a (index) => 200 OK"`},
	{`2021/03/04 05:06:07 [I] Completed /a/b 401 Unauthorized in 699.1µs`, `text 2021-03-04T05:06:07Z 401 /a/b info "Completed /a/b 401 Unauthorized in 699.1µs"`},
	{`[2021-03-04T05:06:07.123Z]  INFO: api/17 on web1 (/app/audit.js:75 in audit): handled: 401 (9ms)`, `text 2021-03-04T05:06:07.123Z info service=api pod=web1 "handled: 401 (9ms)"`},
	{`[W 210304 05:06:07 web:22] 401 GET /a (203.0.113.9) 1.2ms`, `text 2021-03-04T05:06:07Z 401 GET /a warn "401 GET /a (203.0.113.9) 1.2ms"`},
	{`[3/4/21 5:06:07:890 UTC] 0000004d SecurityToken W   ABC17E: token refused`, `text 2021-03-04T05:06:07.89Z warn "ABC17E: token refused"`},
	{`2021-03-04 05:06:07,123 [qtp17-49] INFO  ring.logger - {:request-method :put, :uri "/a/b?c=1", :ring.logger/type :finish, :status 401, :ring.logger/ms 4}`, `text 2021-03-04T05:06:07.123Z 401 PUT /a/b info "{:request-method :put, :uri \"/a/b?c=1\", :ring.logger/type :finish, :status 401, :ring.logger/ms 4}"`},
	{`2021-03-04 05:06:07 ERROR {:error, :no_key}`, `text 2021-03-04T05:06:07Z error "{:error, :no_key}"`},
	{`[2021-03-04 05:06:07] ERROR: the provider refused {"status_code":401,"endpoint":"/auth/key"}`, `text 2021-03-04T05:06:07Z /auth/key error "the provider refused {\"status_code\":401,\"endpoint\":\"/auth/key\"}"`},
	{`210304/050607.123, [response] http://web1:8000: get /a {"b":"1"} 401 (12ms)`, `text 2021-03-04T05:06:07.123Z 401 GET /a "http://web1:8000: get /a {\"b\":\"1\"} 401 (12ms)"`},
	{`[info] [401] GET /a`, `text 401 GET /a info "[401] GET /a"`},
	{`==> WARNING: no key was found`, `text warn "no key was found"`},
	{`[04-Mar-2021 05:06:07 UTC] PHP Fatal error:  Uncaught no key`, `text 2021-03-04T05:06:07Z fatal "Uncaught no key"`},
	// nginx, Apache, Envoy, PHP
	{`2021/03/04 05:06:07 [error] 12#12: *345 auth request unexpected status: 502 while sending to client, client: 203.0.113.9, server: _, request: "GET /a HTTP/1.1", host: "a.example"`, `text 2021-03-04T05:06:07Z GET /a error "*345 auth request unexpected status: 502 while sending to client, client: 203.0.113.9, server: _, request: \"GET /a HTTP/1.1\", host: \"a.example\""`},
	{`2021/03/04 05:06:07 [error] 12#12: *3 [client 203.0.113.9] ModSecurity: Access denied with code 403 (phase 2). [uri "/a"], client: 203.0.113.9, server: _, request: "GET /a HTTP/1.1"`, `text 2021-03-04T05:06:07Z 403 GET /a error "*3 [client 203.0.113.9] ModSecurity: Access denied with code 403 (phase 2). [uri \"/a\"], client: 203.0.113.9, server: _, request: \"GET /a HTTP/1.1\""`},
	{`[Thu Mar 04 05:06:07.123456 2021] [auth_openidc:error] [pid 12:tid 140] [client 203.0.113.9:5] oidc_util: no key`, `text 2021-03-04T05:06:07.123456Z error "oidc_util: no key"`},
	{`[2021-03-04 05:06:07.123][27][debug][jwt] [source/extensions/filters/http/jwt_authn/authenticator.cc:245] Jwt verification fails`, `text 2021-03-04T05:06:07.123Z debug "Jwt verification fails"`},
	{`[04-Mar-2021 05:06:07 UTC] PHP Warning:  no key in /app/x.php on line 3`, `text 2021-03-04T05:06:07Z warn "no key in /app/x.php on line 3"`},
	{`[04-Mar-2021 05:06:07] NOTICE: ready to handle connections`, `text 2021-03-04T05:06:07Z info "ready to handle connections"`},
	{`[2021-03-04 05:06:07] production.ERROR: no key {"exception":"[object]"}`, `text 2021-03-04T05:06:07Z error "no key {\"exception\":\"[object]\"}"`},
	{`[Thu Mar  4 05:06:07 2021] 127.0.0.1:1234 [401]: GET /a`, `text 2021-03-04T05:06:07Z 401 GET /a "127.0.0.1:1234 [401]: GET /a"`},
	{`[1614834367123] INFO (17 on web1): no key`, `text 2021-03-04T05:06:07.123Z info pod=web1 "no key"`},
	{`1614834367: no key for client c1`, `text 2021-03-04T05:06:07Z "no key for client c1"`},
	{`2021-03-04T05:06:07.123Z pid=9 tid=abc class=VerifyJob jid=1f WARN: no key`, `text 2021-03-04T05:06:07.123Z warn "no key"`},
	// Ruby, Elixir, Node, Rust, others
	{`I, [2021-03-04T05:06:07.123456 #12]  INFO -- : Completed 401 Unauthorized in 9ms (ActiveRecord: 0.0ms)`, `text 2021-03-04T05:06:07.123456Z 401 info "Completed 401 Unauthorized in 9ms (ActiveRecord: 0.0ms)"`},
	{`05:06:07.123 request_id=Fx1 [info] Sent 401 in 5ms`, `text 401 info "Sent 401 in 5ms"`},
	{`[info] POST /api/login`, `text POST /api/login info "POST /api/login"`},
	{`2021-03-04 05:06:07 warn: POST /login 401 45ms`, `text 2021-03-04T05:06:07Z 401 POST /login warn "POST /login 401 45ms"`},
	{`[2021-03-04T05:06:07.123] [ERROR] auth - no key`, `text 2021-03-04T05:06:07.123Z error "no key"`},
	{`[Nest] 17  - 03/04/2021, 5:06:07 PM   ERROR [AuthGuard] no key`, `text 2021-03-04T17:06:07Z error "no key"`},
	{`2021-03-04T05:06:07.123456Z  WARN request{method=GET uri=/a?b=1 version=HTTP/1.1}: tower_http::trace::on_response: finished processing request latency=0 ms status=401`, `text 2021-03-04T05:06:07.123456Z 401 GET /a warn "request{method=GET uri=/a?b=1 version=HTTP/1.1}: tower_http::trace::on_response: finished processing request latency=0 ms status=401"`},
	{`[2021-03-04T05:06:07Z INFO  actix_web::middleware::logger] 203.0.113.9 "GET /a HTTP/1.1" 401 96 "-" "curl/8.1" 0.000598`, `text 2021-03-04T05:06:07Z 401 GET /a info "203.0.113.9 \"GET /a HTTP/1.1\" 401 96 \"-\" \"curl/8.1\" 0.000598"`},
	{`2021-03-04 05:06:07.123 [warning] <0.123.0> no key`, `text 2021-03-04T05:06:07.123Z warn "no key"`},
	{`2021-03-04 05:06:07 UTC [12]: [1-1] user=app,db=app,app=[unknown],client=203.0.113.9 FATAL:  no such role`, `text 2021-03-04T05:06:07Z fatal "no such role"`},
	{`2021-03-04 05:06:07.123 | ERROR | {'status': 401, 'request_method': 'GET', 'request_uri': '/a'}`, `text 2021-03-04T05:06:07.123Z 401 GET /a error "{'status': 401, 'request_method': 'GET', 'request_uri': '/a'}"`},
	{`[2021/03/04 05:06:07.123 +00:00] [WARN] [conn.go:12] ["auth failed"] [user=x]`, `text 2021-03-04T05:06:07.123Z warn "[\"auth failed\"] [user=x]"`},
	{`TID: [-1234] [] [2021-03-04 05:06:07,123]  WARN {org.wso2.carbon.Auth} - no key`, `text 2021-03-04T05:06:07.123Z warn "no key"`},
	{`[2021-03-04T05:06:07.123Z] INFO (17 on web1): request completed`, `text 2021-03-04T05:06:07.123Z info pod=web1 "request completed"`},
	{`[KRAKEND] 2021/03/04 - 05:06:07.123 ▶ ERROR [SERVICE: Gin] no key`, `text 2021-03-04T05:06:07.123Z error "no key"`},
	{`2021-03-04T05:06:07Z ERR github.com/acme/gate/x.go:12 > no key error="x"`, `text 2021-03-04T05:06:07Z error "no key error=\"x\""`},
	{`[2021-03-04 05:06:07.123] http: GET /a (12 ms) 401`, `text 2021-03-04T05:06:07.123Z 401 GET /a "http: GET /a (12 ms) 401"`},
	{`[2021-03-04 05:06:07.123] [12] [debug] [ab12] 401 Unauthorized (0.001s, 12.3/s)`, `text 2021-03-04T05:06:07.123Z 401 debug "401 Unauthorized (0.001s, 12.3/s)"`},
	{`2021-03-04 05:06:07.123 [eventLoop-1] INFO  Application - 401 Unauthorized: GET - /a in 12ms`, `text 2021-03-04T05:06:07.123Z 401 GET /a info "401 Unauthorized: GET - /a in 12ms"`},
	{`INFO shop werkzeug: 203.0.113.9 - - [04/Mar/2021 05:06:07] "POST /a HTTP/1.1" 401 - 8 0.003 0.010`, `text 2021-03-04T05:06:07Z 401 POST /a info "shop werkzeug: 203.0.113.9 - - [04/Mar/2021 05:06:07] \"POST /a HTTP/1.1\" 401 - 8 0.003 0.010"`},
	{`2021-03-04 05:06:07.123 [gunicorn/17] django.request WARNING Unauthorized: /a`, `text 2021-03-04T05:06:07.123Z /a warn service=gunicorn "Unauthorized: /a"`},
	{`INFO  [http-nio-8080-exec-1] c.s.Cart - GET /a user=u-18823 401 14ms`, `text 401 GET /a info "GET /a user=u-18823 401 14ms"`},
	{`04.03.2021 05:06:07.123 *ERROR* [qtp1-12] com.example.Auth no key`, `text 2021-03-04T05:06:07.123Z error "com.example.Auth no key"`},
	{`1614834367.123 [0] no key`, `text 2021-03-04T05:06:07.123Z "no key"`},
}

func TestText(t *testing.T) { checkLines(t, textLines) }

// TestLinear reads lines of 256 KiB made of what each reader looks for; a
// reader that is not linear would take minutes.
func TestLinear(t *testing.T) {
	d, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for _, part := range []string{"[", "(", "<", "\"", "'", "=", "a=", "a=\"", "/", " /", "GET /", ": ", "a: ", "=>", "|", "- ", "\x1b", "\x1b[", "\\", "://", "[pod/", "CEF:0|", "2021-03-04 ", "401 ", "a:b\t",
		"2021-03-04T05:06:07Z ", "<1>", "aa | ", "[pod/a/b] ", "Mar  4 05:06:07 h a: ", "GET /a ", "GET /a - ", "[a] ", "INFO ", "a.b ", "map[a:", "https://a "} {
		for _, before := range []string{"", "2021-03-04T05:06:07Z ", "<1>", "203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "} {
			line := before + strings.Repeat(part, 1<<18/len(part))
			d.Decode([]byte(line), nil)
		}
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
}

func FuzzDecode(f *testing.F) {
	for _, line := range formatLines() {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		d, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		kept := bytes.Clone(line)
		first := d.Decode(line, nil)
		want := make([]string, len(first))
		for i := range first {
			want[i] = summary(&first[i])
		}
		if !bytes.Equal(line, kept) {
			t.Fatal("the record was changed")
		}
		again := d.Decode(line, nil)
		if len(again) != len(want) {
			t.Fatalf("%d entries, then %d", len(want), len(again))
		}
		for i := range again {
			if got := summary(&again[i]); got != want[i] {
				t.Fatalf("read once as %s, again as %s", want[i], got)
			}
		}
	})
}
