package logline

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// layouts20 are request lines as twenty loggers would write them. %t is a stamp,
// %e an epoch in seconds, %s the status, %p the path, %m the method, %v the
// service, %o the pod, %n the namespace, %i a request id, %d a duration in
// milliseconds.
var layouts20 = []string{
	`{"level":"info","ts":"%t","logger":"http","msg":"request completed","namespace":"prod","service":"%v","pod":"%o","method":"%m","path":"%p","status":%s,"duration_ms":%d,"bytes":5120,"request_id":"%i","user_agent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36","upstream":{"status":200,"host":"10.2.3.4:8080"},"remote_ip":"10.40.17.3"}`,
	`{"time":"%t","level":"INFO","msg":"http request","service":"%v","namespace":"%n","pod":"%o","http":{"method":"%m","path":"%p","status_code":%s,"duration":%d},"request_id":"%i"}`,
	`{"@timestamp":"%t","log.level":"INFO","message":"handled","service.name":"%v","http.request.method":"%m","url.path":"%p","http.response.status_code":%s,"event.duration":%d,"host.name":"%o","trace.id":"%i"}`,
	`{"level":30,"time":%e123,"pid":17,"hostname":"%o","name":"%v","req":{"id":"%i","method":"%m","url":"%p","headers":{"host":"api.example.com","status":"keep"}},"res":{"statusCode":%s},"responseTime":%d,"msg":"request completed"}`,
	`{"severity":"INFO","timestamp":"%t","httpRequest":{"requestMethod":"%m","requestUrl":"https://api.example.com%p","status":%s,"latency":"0.0%ds"},"labels":{"app":"%v"},"resource":{"labels":{"pod_name":"%o","namespace_name":"%n"}},"insertId":"%i"}`,
	`{"timestamp":"%t","level":"INFO","fields":{"message":"finished processing request","status":%s,"latency_ms":%d,"method":"%m","uri":"%p"},"target":"tower_http::trace","span":{"service":"%v"}}`,
	`{"ts":%e.123,"level":"info","logger":"http.log.access","msg":"handled request","request":{"remote_ip":"10.1.2.3","proto":"HTTP/2.0","method":"%m","host":"api.example.com","uri":"%p","headers":{"User-Agent":["curl/8.1"],"Accept":["*/*"]}},"bytes_read":0,"duration":0.0%d,"size":10900,"status":%s,"service":"%v"}`,
	`{"method":"%m","path":"%p","format":"json","controller":"orders","action":"index","status":%s,"duration":%d.1,"view":0.2,"db":1.1,"time":"%t","host":"%o","service":"%v","request_id":"%i"}`,
	`{"authority":"api:8080","bytes_received":0,"bytes_sent":358,"duration":%d,"method":"%m","path":"%p","protocol":"HTTP/1.1","request_id":"%i","response_code":%s,"response_flags":"-","start_time":"%t","upstream_cluster":"inbound|8080||","upstream_host":"10.1.1.5:8080","user_agent":"curl/8.1","service":"%v","pod":"%o"}`,
	`{"remote_addr":"10.9.8.7","time_iso8601":"%t","request":"%m %p HTTP/1.1","status":"%s","body_bytes_sent":"512","request_time":"0.0%d","http_user_agent":"curl/8.1","http_host":"api.example.com","server_name":"%v"}`,
	`{"Timestamp":"%t","Level":"Information","MessageTemplate":"HTTP {Method} {Path} responded {StatusCode}","Properties":{"Method":"%m","Path":"%p","StatusCode":%s,"Elapsed":%d.4,"Application":"%v","MachineName":"%o","RequestId":"%i"}}`,
	`{"@t":"%t","@mt":"HTTP {RequestMethod} {RequestPath} responded {StatusCode} in {Elapsed} ms","RequestMethod":"%m","RequestPath":"%p","StatusCode":%s,"Elapsed":%d.5,"Application":"%v","Host":"%o"}`,
	`{"asctime":"%t","levelname":"INFO","name":"uvicorn.access","message":"request","service":"%v","status_code":%s,"http_method":"%m","request_path":"%p","process_time_ms":%d,"pod":"%o"}`,
	`{"date":"%t","app":"%v","env":"prod","level":"info","message":"done","context":{"status":%s,"method":"%m","uri":"%p","ms":%d,"user":{"id":17,"status":"active"}},"extra":{"hostname":"%o"}}`,
	`{"ClientAddr":"10.1.1.1:4711","DownstreamStatus":%s,"OriginStatus":200,"Duration":%d000,"RequestMethod":"%m","RequestPath":"%p","RouterName":"api@docker","ServiceName":"%v","StartUTC":"%t","level":"info","msg":"","time":"%t"}`,
	`{"requestId":"%i","ip":"10.3.3.3","requestTimeEpoch":%e456,"httpMethod":"%m","resourcePath":"/{proxy+}","path":"%p","status":"%s","protocol":"HTTP/1.1","responseLength":"312","service":"%v"}`,
	`{"log_level":"info","created_at":"%t","component":"gateway","service_name":"%v","kubernetes":{"namespace_name":"%n","pod_name":"%o","labels":{"app":"%v"}},"request_method":"%m","request_uri":"%p?a=1&b=2","status_code":"%s","took":%d}`,
	`{"type":"access","datetime":"%t","v":1,"data":{"verb":"%m","route":"%p","statusCode":%s,"ms":%d,"reqId":"%i"},"svc":"%v","pod_name":"%o"}`,
	`{ "ts": "%t", "lvl": "info", "svc": "%v", "host": "%o", "response": { "status": %s, "took_ms": %d }, "request": { "method": "%m", "path": "%p", "id": "%i" }, "msg": "served" }`,
	`{"eventTime":"%t","severityText":"INFO","service":{"name":"%v","version":"1.2.3"},"k8s":{"pod":{"name":"%o"},"namespace":{"name":"%n"}},"http":{"request":{"method":"%m"},"response":{"status_code":%s}},"url":{"path":"%p"},"body":"ok","dur":%d}`,
}

// makeLines returns n lines of the layouts, mixed at random where there are
// several; one in 200 is a 401. Lines are as a service writes them over time.
func makeLines(layouts []string, n int) [][]byte {
	rng := rand.New(rand.NewPCG(1, 2))
	at := time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC)
	all := make([]byte, 0, n*512) // one buffer, as a fetch brings them
	lines := make([][]byte, n)
	for i := range lines {
		at = at.Add(time.Duration(rng.IntN(8)) * time.Millisecond)
		status := []string{"200", "200", "200", "201", "204", "304", "404"}[rng.IntN(7)]
		if i%200 == 199 {
			status = "401"
		}
		start := len(all)
		all = append(all, strings.NewReplacer(
			"%t", at.Format("2006-01-02T15:04:05.000Z"), "%e", fmt.Sprint(at.Unix()), "%s", status,
			"%c", at.Format("02/Jan/2006:15:04:05 -0700"),
			"%p", []string{"/api/orders", "/api/orders/8f14e45f", "/api/users/17/cart", "/api/search"}[rng.IntN(4)],
			"%m", []string{"GET", "GET", "POST"}[rng.IntN(3)], "%v", []string{"api-worker", "checkout", "gateway"}[rng.IntN(3)],
			"%o", fmt.Sprintf("api-worker-6d4cf56db6-%c%c", 'a'+rng.IntN(20), 'a'+rng.IntN(20)), "%n", "prod",
			"%i", fmt.Sprintf("%016x", rng.Uint64()), "%d", fmt.Sprint(rng.IntN(90)+10),
		).Replace(layouts[rng.IntN(len(layouts))])...)
		lines[i] = all[start:len(all):len(all)]
	}
	return lines
}

// wrapFluentBit wraps lines as Fluent Bit's Kafka output does.
func wrapFluentBit(lines [][]byte) [][]byte {
	all := make([]byte, 0, len(lines)*1200)
	out := make([][]byte, len(lines))
	for i, line := range lines {
		inner := appendString(nil, string(line)+"\n")
		start := len(all)
		all = fmt.Appendf(all, `{"@timestamp":"2026-03-04T05:06:07.123Z","stream":"stdout","logtag":"F","log":%s,"kubernetes":{"pod_name":"api-worker-6d4cf56db6-x2k9p","namespace_name":"prod","pod_id":"8f14e45f-ceea-467f-a0e6-1f1c5e2b9c1d","labels":{"app":"api-worker","pod-template-hash":"6d4cf56db6"},"annotations":{"prometheus.io/scrape":"true"},"host":"node-17","container_name":"api","docker_id":"4c7a1d0d5f1f4f5b8f7e3d2c1b0a998877665544332211000ffeeddccbbaa9988","container_image":"registry.example.com/api-worker:1.42.0"}}`, inner)
		out[i] = all[start:len(all):len(all)]
	}
	return out
}
