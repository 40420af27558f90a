package logline

import (
	"testing"
	"time"
)

var klogLines = []lineTest{
	{`E0304 05:06:07.123456       1 authentication.go:73] Unable to authenticate the request: invalid bearer token`, `klog error "Unable to authenticate the request: invalid bearer token"`},
	{`I0304 05:06:07.123456       1 httplog.go:132] "HTTP" verb="GET" URI="/readyz?x=1" latency="247.092µs" userAgent="kube-probe/1.29" audit-ID="" srcIP="10.0.2.15:60680" resp=401`, `klog 401 GET /readyz info "\"HTTP\" verb=\"GET\" URI=\"/readyz?x=1\" latency=\"247.092µs\" userAgent=\"kube-probe/1.29\" audit-ID=\"\" srcIP=\"10.0.2.15:60680\" resp=401"`},
	{`I0304 05:06:07.123456       1 wrap.go:47] GET /api/v1/pods: (1.5ms) 401 [kubectl/v1.12 203.0.113.9:51234]`, `klog 401 GET /api/v1/pods info "GET /api/v1/pods: (1.5ms) 401 [kubectl/v1.12 203.0.113.9:51234]"`},
	{`W20210304 05:06:07.123456  4711 server.cc:12] token refused`, `klog 2021-03-04T05:06:07.123456Z warn "token refused"`},
	{`I210304 05:06:07.123456 1 file.go:12 ⋮ [n1] no key`, `klog 2021-03-04T05:06:07.123456Z info "no key"`},
	{`W210304 05:06:07.123456 1 cli/start.go:12 ⋮ ‹no cache›`, `klog 2021-03-04T05:06:07.123456Z warn "‹no cache›"`},
	{`F0304 05:06:07.123456 1 main.go:1] cannot start`, `klog fatal "cannot start"`},
	{`I0304 05:06:07.123456       1 round_trippers.go:438] POST https://10.43.240.1:443/a 401 Unauthorized in 1 milliseconds`, `klog POST /a info "POST https://10.43.240.1:443/a 401 Unauthorized in 1 milliseconds"`},
}

func TestKlog(t *testing.T) { checkLines(t, klogLines) }

// TestKlogZone sees that a date with its year is in the time zone of the options.
func TestKlogZone(t *testing.T) {
	d, err := New(Options{Timezone: time.FixedZone("", 3600)})
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []string{"210304", "20210304"} {
		e := d.Decode([]byte("I"+day+" 05:06:07.5 1 file.go:12] no key"), nil)[0]
		if got, want := summary(&e), `klog 2021-03-04T04:06:07.5Z info "no key"`; got != want {
			t.Errorf("%s: got %s, want %s", day, got, want)
		}
	}
}
