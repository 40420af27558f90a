package logline

import "testing"

// keyLines have keys that the table does not list, and some that only look like them.
var keyLines = []lineTest{
	{`{"@timestamp":"2021-03-04T05:06:07Z","content":"[HTTP] 401 - POST /a?b=1 - 203.0.113.9 - curl/8","level":"info"}`, `json/request 2021-03-04T05:06:07Z 401 POST /a info "[HTTP] 401 - POST /a?b=1 - 203.0.113.9 - curl/8"`},
	{`{"log_processed.code":401,"log_processed.method":"GET","log_processed.path":"/a?b"}`, `json 401 GET /a`},
	{`{"message":"late","severity":"ERROR","serviceContext":{"service":"orders"},"labels":{"k8s-pod/app":"api"}}`, `json error service=orders "late"`},
	{`{"api":{"method":"GET","request_uri":"/a?b","status":"401","time_local":"2021-03-04T05:06:07Z"}}`, `json 2021-03-04T05:06:07Z 401 GET /a`},
	{`{"grpc.code":"Unauthenticated","grpc.method":"Get","grpc.start_time":"2021-03-04T05:06:07Z"}`, `json 2021-03-04T05:06:07Z`},
	{`{"level":"WARN","logEvent":{"message":"no key","status":401},"timeMillis":1614834367123}`, `json 2021-03-04T05:06:07.123Z warn "no key"`},
	{`{"level":"INFO","msg":"ready now","progname":"api"}`, `json info service=api "ready now"`},
	{`{"level":"INFO","msg":"ready now","processName":"MainProcess"}`, `json info "ready now"`},
	{`{"httpMessage":{"method":"GET","path":"/a","start":"1614834367","status":"401"}}`, `json 2021-03-04T05:06:07Z 401 GET /a`},
	{`{"@timestamp":"2021-03-04T05:06:07Z","message":"slow","time":4959141198}`, `json 2021-03-04T05:06:07Z "slow"`},
	{`{"http_request_path":"/a?b=1","http_request_verb":"GET","finalStatusCode":"401"}`, `json 401 GET /a`},
	{`{"nginx":{"access":{"method":"GET","url":"/a","response_code":401}}}`, `json 401 GET /a`},
	{`{"@nginx_fields":{"status":"401","uri":"/index.php","request_uri":"/a?b","request_method":"GET"}}`, `json 401 GET /a`},
	{`{"metadata":{"http":{"connection":{"method":"GET","request_path":"/a","status":401}}}}`, `json 401 GET /a`},
	{`{"apiRequest":{"httpMethod":"GET","uri":"/a"},"apiResponse":{"code":401}}`, `json 401 GET /a`},
	{`{"X-Original-URI":"/a","HTTP_METHOD":"PUT","clientResponseStatus":204}`, `json 204 PUT /a`},
	{`{"route":"GET /a","status":401}`, `json 401 GET /a`},
	{`{"routeKey":"GET /a/{id}","httpMethod":"GET","path":"/a/7","status":"401"}`, `json 401 GET /a/7`},
	{`{"log_severity_label":"WARNING","eventTimestamp":"2021-03-04T05:06:07Z","log_line":"no key"}`, `json 2021-03-04T05:06:07Z warn "no key"`},
	{`{"kubernetes_pod_name":"p-1","kubernetes_container_name":"api","message":"up"}`, `json service=api pod=p-1 "up"`},
	{`{"s":"W","msg":"late"}`, `json warn "late"`},
	{`{"method":"GET","event":"/a","status":307}`, `json 307 GET /a "/a"`},
	{`{"message":"Unauthorized: /a","status_code":401}`, `json 401 /a "Unauthorized: /a"`},
	{`{"status":401,"message":"HTTP GET /a done"}`, `json 401 GET /a "HTTP GET /a done"`},
	{`{"receiveTimestamp":"2021-03-04T05:06:09Z","status":401,"timestamp":"2021-03-04T05:06:07Z"}`, `json 2021-03-04T05:06:07Z 401`},
	{`{"@timestamp":"2021-03-04T05:06:09Z","time":"2021-03-04T05:06:09Z","ts":"2021-03-04T05:06:07.5Z","msg":"late"}`, `json 2021-03-04T05:06:07.5Z "late"`},
	{`{"httpMessage":{"method":"GET","path":"/a","status":"401"}}`, `json 401 GET /a`},
	{`{"ibm_datetime":"2021-03-04T05:06:07.890+0000","ibm_requestMethod":"GET","ibm_uriPath":"/a","ibm_responseCode":401}`, `json 2021-03-04T05:06:07.89Z 401 GET /a`},
	{`{"time":"[04/Mar/2021:05:06:07 +0000]","request":"GET /a HTTP/1.1","statusCode":"401"}`, `json 2021-03-04T05:06:07Z 401 GET /a`},
	{`{":authority":"shop","method":"GET","response_code":401,"x-envoy-origin-path":"/a?b"}`, `json 401 GET /a`},
	{`{"api":{"name":"GetObject","status":"Forbidden","statusCode":403},"requestPath":"/a"}`, `json 403 /a`},
	{`{"labels":{"app":"api","pod":"p-1","namespace":"prod"},"line":"level=warn status=401 path=/a"}`, `json/logfmt 401 /a warn service=api pod=p-1 "level=warn status=401 path=/a"`},
	// what another server said, what is to come, and what is none
	{`{"upstream_status":"502","request_method":"GET","redirect_uri":"/b"}`, `json GET`},
	{`{"origin":{"response_status":502},"http":{"method":"GET"}}`, `json GET`},
	{`{"last_http_status":500,"retry_status_code":503,"smtp_reply_code":550}`, `json`},
	{`{"expiry_time":"2031-03-04T05:06:07Z","msg":"key kept"}`, `json "key kept"`},
	{`{"status":401,"message":"while it called GET https://idp.example.com/keys"}`, `json 401 "while it called GET https://idp.example.com/keys"`},
}

func TestKeyWords(t *testing.T) { checkLines(t, keyLines) }
