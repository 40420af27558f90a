package logline

import (
	"regexp"
	"testing"
)

// textLayouts are lines of the text formats met most, for makeLines.
var textLayouts = map[string]string{
	"nginx":    `10.40.17.3 - - [%c] "%m %p HTTP/1.1" %s 512 "https://shop.example.com/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"`,
	"envoy":    `[%t] "%m %p HTTP/1.1" %s - via_upstream - "-" 0 512 %d 4 "10.40.17.3" "Mozilla/5.0 (X11; Linux x86_64)" "%i" "%v" "10.1.1.5:8080" inbound|8080|| 10.1.1.5:8080`,
	"cri":      `%t stdout F 10.40.17.3 - - [%c] "%m %p HTTP/1.1" %s 512 "-" "curl/8.1"`,
	"syslog":   `<190>1 %t node1 %v 4711 - - 10.40.17.3 - - [%c] "%m %p HTTP/1.1" %s 512 "-" "curl/8.1"`,
	"logfmt":   `ts=%t level=info caller=http.go:12 service=%v msg="request completed" method=%m path=%p status=%s took=%dms request_id=%i`,
	"haproxy":  `10.40.17.3:33317 [%c] http-in api/srv1 10/0/30/69/109 %s 2750 - - ---- 1/1/1/1/0 0/0 "%m %p HTTP/1.1"`,
	"elb":      `https %t app/front/50dc6c495c0c9188 10.40.17.3:2817 10.0.0.1:80 0.086 0.048 0.037 %s %s 0 57 "%m https://api.example.com:443%p HTTP/1.1" "curl/8.1" ECDHE TLSv1.2`,
	"klog":     `I0304 05:06:07.123456       1 httplog.go:132] "HTTP" verb="%m" URI="%p" latency="247.092µs" userAgent="kube-probe/1.29" resp=%s`,
	"uvicorn":  `INFO:     10.40.17.3:51234 - "%m %p HTTP/1.1" %s OK`,
	"gin":      `[GIN] 2026/03/04 - 05:06:07 | %s |      30.1µs |  10.40.17.3 | %m      "%p"`,
	"spring":   `%t  INFO 1 --- [%v] [nio-8080-exec-1] c.example.OrderController : order %d was read for user 17`,
	"plain":    `order %d was read for user 17 in 12 steps, nothing else happened here`,
	"pythonic": `2026-03-04 05:06:07,123 - %v.orders - WARNING - order %d took long`,
}

var nginxPattern = regexp.MustCompile(`^(\S+) \S+ (\S+) \[([^\]]+)\] "(\S+) ([^ "?]+)[^"]*" (\d{3}) (\d+|-)(?: "([^"]*)" "([^"]*)")?`)

// BenchmarkNginx is goal 3: at least 14 times the regular expression.
func BenchmarkNginx(b *testing.B) {
	lines := makeLines([]string{textLayouts["nginx"]}, benchLines)
	b.Run("logline", func(b *testing.B) { decodeAll(b, lines, Options{}) })
	b.Run("regexp", func(b *testing.B) {
		perLine(b, lines, func(line []byte) {
			if nginxPattern.FindSubmatchIndex(line) == nil {
				b.Fatal("no match")
			}
		})
	})
	b.Run("memcpy", func(b *testing.B) { perLine(b, lines, copyInto(64<<20)) })
}

func BenchmarkText(b *testing.B) {
	for name, layout := range textLayouts {
		lines := makeLines([]string{layout}, benchLines/8)
		b.Run(name, func(b *testing.B) { decodeAll(b, lines, Options{}) })
	}
}

func TestTextDoesNotAllocate(t *testing.T) {
	d, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, layout := range textLayouts {
		lines := makeLines([]string{layout}, 64)
		entries := make([]Entry, 0, 4)
		i := 0
		if n := testing.AllocsPerRun(256, func() {
			entries = d.Decode(lines[i%len(lines)], entries[:0])
			i++
		}); n > 0 {
			t.Errorf("%s: %v allocations a line", name, n)
		}
	}
}
