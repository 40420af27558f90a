package logline

import "testing"

var requestLines = []lineTest{
	{`GET /a 401 5.123 ms - 12`, `request 401 GET /a "GET /a 401 5.123 ms - 12"`},
	{`GET /a?b=1 401 12 - 5.123 ms`, `request 401 GET /a "GET /a?b=1 401 12 - 5.123 ms"`},
	{`::1 - GET /a HTTP/1.1 401 12 - 5 ms`, `request 401 GET /a "::1 - GET /a HTTP/1.1 401 12 - 5 ms"`},
	{`Response: status=401, content-type="application/json", time=2ms`, `request 401 "Response: status=401, content-type=\"application/json\", time=2ms"`},
	{`[a1-1]  500 Server Error for HTTP GET "/a"`, `request 500 GET /a "[a1-1]  500 Server Error for HTTP GET \"/a\""`},
	{`Access to https://a.example/b (method GET) is not authorized to user <anonymous>, responding with status code 401 with location redirect`, `request 401 "Access to https://a.example/b (method GET) is not authorized to user <anonymous>, responding with status code 401 with location redirect"`},
	{`Access to 401 items`, ` "Access to 401 items"`},
	{`[REQUEST] POST /a unauthenticated status=401 duration=1ms`, `request 401 POST /a "[REQUEST] POST /a unauthenticated status=401 duration=1ms"`},
	{`[client] GET https://a.example/b failed status=401`, ` "[client] GET https://a.example/b failed status=401"`},
	{`2021-03-04T05:06:07.123Z filter/log.go:45 /a?b=1 {"status": 401, "method": "GET"}`, `text 2021-03-04T05:06:07.123Z 401 GET /a "filter/log.go:45 /a?b=1 {\"status\": 401, \"method\": \"GET\"}"`},
	{`203.0.113.9 - "GET /a HTTP/1.0" (8080) 401 76 "-" "curl/8" 0.001 0.000 .`, `request 401 GET /a "203.0.113.9 - \"GET /a HTTP/1.0\" (8080) 401 76 \"-\" \"curl/8\" 0.001 0.000 ."`},
	{`2021/03/04 05:06:07 [error] 17#17: *4 [lua] oidc.lua:268: check(): introspection failed, status=401, body=, client: 203.0.113.9, server: , request: "POST /a HTTP/1.1", host: "a.example"`, `text 2021-03-04T05:06:07Z POST /a error "*4 [lua] oidc.lua:268: check(): introspection failed, status=401, body=, client: 203.0.113.9, server: , request: \"POST /a HTTP/1.1\", host: \"a.example\""`},
	{`[2021-03-04 05:06:07.123][rocket::server::_][WARN] Responding with registered (login) /admin 401 catcher.`, `text 2021-03-04T05:06:07.123Z 401 warn "Responding with registered (login) /admin 401 catcher."`},
	{`   >> No 401 catcher registered. Using Rocket default.`, `request 401 ">> No 401 catcher registered. Using Rocket default."`},
	{`2021-03-04T05:06:07Z [info     ] request_finished     [app.requests] code=401 ip=203.0.113.9 request=GET /a/?b=/ user_id=None`, `text 2021-03-04T05:06:07Z 401 GET /a/ info "request_finished     [app.requests] code=401 ip=203.0.113.9 request=GET /a/?b=/ user_id=None"`},
	{`--> GET /a 401 5ms 12b`, `request 401 GET /a "--> GET /a 401 5ms 12b"`},
	{`http:    GET /a ← http://localhost:9000/ (401) - 4.1 ms`, `request 401 GET /a "http:    GET /a ← http://localhost:9000/ (401) - 4.1 ms"`},
	{`203.0.113.9 - GET /a HTTP/1.1 - /a 10.0.0.7:80 401 "next" - 1614834367.123`, `request 2021-03-04T05:06:07.123Z 401 GET /a "203.0.113.9 - GET /a HTTP/1.1 - /a 10.0.0.7:80 401 \"next\" - 1614834367.123"`},
	{`203.0.113.9 "GET /a HTTP/1.1" 401 1614834367.123 "curl/8"`, `request 2021-03-04T05:06:07.123Z 401 GET /a "203.0.113.9 \"GET /a HTTP/1.1\" 401 1614834367.123 \"curl/8\""`},
	{`Unauthorized: /a/b/`, `request /a/b/ "Unauthorized: /a/b/"`},
	{`   >> Outcome: Error(401 Unauthorized)`, `request 401 ">> Outcome: Error(401 Unauthorized)"`},
	{`GET     [401] /a`, `request 401 GET /a "GET     [401] /a"`},
	{`GET /a took 12ms and returned 401`, `request 401 GET /a "GET /a took 12ms and returned 401"`},
	{`GET /a - 401 - 12ms`, `request 401 GET /a "GET /a - 401 - 12ms"`},
	{`POST /a => 401 (1.2ms)`, `request 401 POST /a "POST /a => 401 (1.2ms)"`},
	{`401 - GET /a - 203.0.113.9:5 - curl/8`, `request 401 GET /a "401 - GET /a - 203.0.113.9:5 - curl/8"`},
	{`Completed 401 Unauthorized in 9ms (Views: 0.1ms | ActiveRecord: 0.0ms)`, `request 401 "Completed 401 Unauthorized in 9ms (Views: 0.1ms | ActiveRecord: 0.0ms)"`},
	{`Request finished in 3.2ms 401 application/json`, `request 401 "Request finished in 3.2ms 401 application/json"`},
	{`Started GET "/a?b=1" for 203.0.113.9 at 2021-03-04 05:06:07 +0100`, `request 2021-03-04T04:06:07Z GET /a "Started GET \"/a?b=1\" for 203.0.113.9 at 2021-03-04 05:06:07 +0100"`},
	{`[ab-12] [web] Started GET "/a" for 203.0.113.9 at 2021-03-04 05:06:07 +0000`, `request 2021-03-04T05:06:07Z GET /a "[ab-12] [web] Started GET \"/a\" for 203.0.113.9 at 2021-03-04 05:06:07 +0000"`},
	{`[ab-12] Completed 401 Unauthorized in 3ms (ActiveRecord: 0.0ms)`, `request 401 "[ab-12] Completed 401 Unauthorized in 3ms (ActiveRecord: 0.0ms)"`},
	{`GET 401 12ms 203.0.113.9 /a 9 {}`, `request 401 GET /a "GET 401 12ms 203.0.113.9 /a 9 {}"`},
	{`GET 401 /a`, `request 401 GET /a "GET 401 /a"`},
	{`GET /a 401 in 5ms`, `request 401 GET /a "GET /a 401 in 5ms"`},
	{`GET /a 401 unauthorized`, `request 401 GET /a "GET /a 401 unauthorized"`},
	{`GET /a status:401`, `request 401 GET /a "GET /a status:401"`},
	{`401 Unauthorized: GET - /a`, `request 401 GET /a "401 Unauthorized: GET - /a"`},
	{`request method=GET path=/a status=401`, `request 401 GET /a "request method=GET path=/a status=401"`},
	{`[request] method: GET, url: /a, status: 401`, `request 401 GET /a "[request] method: GET, url: /a, status: 401"`},
	{`Request: GET /a | Status: 401 | Duration: 1ms`, `request 401 GET /a "Request: GET /a | Status: 401 | Duration: 1ms"`},
	{`Started GET "/a" for 203.0.113.9 at 2021-03-04 05:06:07 +0000 Processing by A#b as HTML Completed 401 Unauthorized in 3ms`, `request 2021-03-04T05:06:07Z 401 GET /a "Started GET \"/a\" for 203.0.113.9 at 2021-03-04 05:06:07 +0000 Processing by A#b as HTML Completed 401 Unauthorized in 3ms"`},
	{`GET /api/me [Sent 401 in 3ms]`, `request 401 GET /api/me "GET /api/me [Sent 401 in 3ms]"`},
	{`{"level":"info","msg":"GET /a 401 12ms"}`, `json/request 401 GET /a info "GET /a 401 12ms"`},
}

func TestRequest(t *testing.T) { checkLines(t, requestLines) }

// plainLines have numbers like a status and words like a level in them that are
// none.
var plainLines = []lineTest{
	{`401 items were moved`, ` "401 items were moved"`},
	{`processed 401 orders in 3 ms`, ` "processed 401 orders in 3 ms"`},
	{`order 401 GET /a`, ` "order 401 GET /a"`},
	{`2021-03-04 05:06:07 job 17 GET /a returned after 300 retries`, `text 2021-03-04T05:06:07Z GET /a "job 17 GET /a returned after 300 retries"`},
	{`2021-03-04 05:06:07 GET /a 401 times in a row`, `text 2021-03-04T05:06:07Z GET /a "GET /a 401 times in a row"`},
	{`upstream returned 401`, ` "upstream returned 401"`},
	{`error reading file 401`, ` "error reading file 401"`},
	{`Could not fetch GET https://idp.example.com/keys: 503`, ` "Could not fetch GET https://idp.example.com/keys: 503"`},
	{`2021-03-04 05:06:07 fetch failed url=https://idp.example.com/keys status=503`, `text 2021-03-04T05:06:07Z /keys "fetch failed url=https://idp.example.com/keys status=503"`},
	{`2021-03-04 05:06:07 GET /a took 401ms`, `text 2021-03-04T05:06:07Z GET /a "GET /a took 401ms"`},
	{`2021-03-04 05:06:07 GET /a took 401 ms`, `text 2021-03-04T05:06:07Z GET /a "GET /a took 401 ms"`},
	{`2021-03-04 05:06:07 Retrying GET https://api.example.com/a after 401`, `text 2021-03-04T05:06:07Z GET /a "Retrying GET https://api.example.com/a after 401"`},
	{`2021-03-04 05:06:07 https://idp.example.com:443 "GET /keys HTTP/1.1" 503 12`, `text 2021-03-04T05:06:07Z GET /keys "https://idp.example.com:443 \"GET /keys HTTP/1.1\" 503 12"`},
	{`2021-03-04 05:06:07 HTTP Request: GET https://idp.example.com/keys "HTTP/1.1 503 Service Unavailable"`, `text 2021-03-04T05:06:07Z GET /keys "HTTP Request: GET https://idp.example.com/keys \"HTTP/1.1 503 Service Unavailable\""`},
	{`2021-03-04 05:06:07 GET /a/401 started`, `text 2021-03-04T05:06:07Z GET /a/401 "GET /a/401 started"`},
	{`      Now listening on: https://localhost:5001`, ` "Now listening on: https://localhost:5001"`},
	{`Info about the server`, ` "Info about the server"`},
	{`order 12 status: 401 boxes, path: /a`, ` "order 12 status: 401 boxes, path: /a"`},
}

func TestPlain(t *testing.T) { checkLines(t, plainLines) }
