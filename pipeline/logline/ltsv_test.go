package logline

import "testing"

var ltsvLines = []lineTest{
	{"time:04/Mar/2021:05:06:07 +0000\tremote_addr:203.0.113.9\tmethod:GET\turi:/a?b=1\tstatus:401\treqtime:0.002", `ltsv 2021-03-04T05:06:07Z 401 GET /a`},
	{"host:203.0.113.9\ttime:[04/Mar/2021:05:06:07 +0000]\treq:GET /a HTTP/1.1\tstatus:401\tsize:12\treferer:-", `ltsv 2021-03-04T05:06:07Z 401 GET /a`},
	{"level:error\tmessage:no key\tapp:orders", `ltsv error service=orders "no key"`},
	{"INFO:\tno pairs here", `text info "no pairs here"`},
}

func TestLTSV(t *testing.T) { checkLines(t, ltsvLines) }
