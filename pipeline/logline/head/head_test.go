package head

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

func TestRead(t *testing.T) {
	var stamps stamp.Reader
	for line, want := range map[string]string{
		"2021-03-04 05:06:07,123 - app.auth - ERROR - no key":            "2021-03-04T05:06:07.123Z error  | no key",
		"[2021-03-04 05:06:07] [main] WARN no key":                       "2021-03-04T05:06:07Z warn  | no key",
		"INFO:app.auth:no key":                                           " info  | no key",
		"[api/17 on node-7] INFO: no key":                                " info  node-7| no key",
		"2021-03-04 05:06:07.123  INFO [api,a1,b2] 7 --- [main] A.B : c": "2021-03-04T05:06:07.123Z info api | c",
		"Thu Mar 04 05:06:07.123456 2021] [a:error] [pid 7] no key":      "2021-03-04T05:06:07.123456Z none  | ] [a:error] [pid 7] no key",
		`"2021-03-04 05:06:07","WARN","no key"`:                          `2021-03-04T05:06:07Z warn  | "no key"`,
		"=ERROR REPORT==== 4-Mar-2021::05:06:07 === no key":              "2021-03-04T05:06:07Z error  | no key",
		"=LOUD REPORT==== no key":                                        " none  | =LOUD REPORT==== no key",
		"[2021-03-04 05:06:07] api[].ERROR: no key":                      "2021-03-04T05:06:07Z error  | no key",
		"[2021-03-04 05:06:07] my-app.v2[_].ERROR: no key":               "2021-03-04T05:06:07Z error  | no key",
		"2021-03-04 05:06:07.123 UTC [410] FATAL:  no role":              "2021-03-04T05:06:07.123Z fatal  | no role",
		"[2021-03-04 05:06:07] [404] GET /a":                             "2021-03-04T05:06:07Z none  | [404] GET /a",
		"1.614834367123e+09\terror\tno key":                              "2021-03-04T05:06:07.123Z error  | no key",
		"1614834367 ERROR no key":                                        "2021-03-04T05:06:07Z error  | no key",
		"%3|1614834367.123|FAIL|rdkafka#c-1| [thrd:a]: no key":           "2021-03-04T05:06:07.123Z error  | FAIL|rdkafka#c-1| [thrd:a]: no key",
		"%3|a|b": " none  | %3|a|b",
		"DEB [20210304-05:06:07.123] thr=1   a.transport: no key": "2021-03-04T05:06:07.123Z debug  | thr=1   a.transport: no key",
		"1614834367 keys":                                                      " none  | 1614834367 keys",
		"@4000000060406ac907bfa480 WARN no key":                                "2021-03-04T05:06:07.13Z warn  | no key",
		"210304 050607 148 INFO dfs.Node: no key":                              "2021-03-04T05:06:07Z info  | no key",
		`"ERROR" is no level`:                                                  ` none  | "ERROR" is no level`,
		"Main::INFO::2021-03-04 05:06:07,123::app::7::auth::(run) a":           "2021-03-04T05:06:07.123Z info  | (run) a",
		"crate::auth::verify no key":                                           " none  | crate::auth::verify no key",
		"[2021-03-04 05:06:07,123 W 17 18] (raylet) a.cc:7: no key":            "2021-03-04T05:06:07.123Z warn  | no key",
		"2021-03-04T05:06:07Z info api[17] [sub=a] no key":                     "2021-03-04T05:06:07Z info api | no key",
		"WARNING 2021-03-04 05:06:07,123 views 17 140676383893056 gone":        "2021-03-04T05:06:07.123Z warn  | gone",
		"2021-03-04T05:06:07Z Wa(12) api[17]: no key":                          "2021-03-04T05:06:07Z warn api | no key",
		"2021-03-04T05:06:07Z Db(12)[+] api[17]: no key":                       "2021-03-04T05:06:07Z debug api | no key",
		"2021-03-04T05:06:07Z Er(12) Cr(1) no key":                             "2021-03-04T05:06:07Z error  | Cr(1) no key",
		"2021-03-04T05:06:07Z Xx(12) no key":                                   "2021-03-04T05:06:07Z none  | Xx(12) no key",
		"2021-03-04T05:06:07Z Al(12) no key":                                   "2021-03-04T05:06:07Z fatal  | no key",
		"2021-03-04T05:06:07Z In(14) api[17]: debug [a b=c] no key":            "2021-03-04T05:06:07Z debug api | no key",
		"2021-03-04T05:06:07Z INFO sts[17:main-1] [b=c] no key":                "2021-03-04T05:06:07Z info sts | no key",
		"Api:2021-03-04 05:06:07,123[MainThread]auth:17 [WARN] no key":         "2021-03-04T05:06:07.123Z warn  | no key",
		"an Api:2021-03-04 05:06:07,123 no key":                                " none  | an Api:2021-03-04 05:06:07,123 no key",
		"2021-03-04 05:06:07 UTC [7]: a@b,app=[unknown] [28P01] FATAL: no key": "2021-03-04T05:06:07Z fatal  | no key",
		"2021-03-04 05:06:07 mgr.a mgr.7 192.0.2.1:0/7 1 : x [DBG] no key":     "2021-03-04T05:06:07Z debug  | no key",
		"(Thu Mar  4 05:06:07:123456 2021) [a] [b] (0x0020): no key":           "2021-03-04T05:06:07.123456Z none  | no key",
		"[App:9] core @2021-03-04 05:06:07> no key":                            "2021-03-04T05:06:07Z none  | no key",
		"[App:9] error @2021-03-04 05:06:07> no key in a.pl l. 17":             "2021-03-04T05:06:07Z error  | no key in a.pl l. 17",
		"[ WARNING ] Abort.401: no key":                                        " warn  | Abort.401: no key",
		"[ WARNING ] app.auth: no key":                                         " warn  | no key",
		"Okt 04 05:06:07 [main] INFO no key":                                   " info  | no key",
		"2021-03-04 05:06:07 api-6cd8795566-76km9 INFO no key":                 "2021-03-04T05:06:07Z info  api-6cd8795566-76km9| no key",
		"2021-03-04 05:06:07 UTC | TRACE | INFO | no key":                      "2021-03-04T05:06:07Z info  | no key",
		"2021-03-04T05:06:07Z 17 TID-a Job JID-b INFO: done":                   "2021-03-04T05:06:07Z info  | done",
		"2021-03-04 05:06:07.123+0000: 2879: error : f:7 : no key":             "2021-03-04T05:06:07.123Z error  | no key",
		"I |2021-03-04 05:06:07 1614834367123456| App:no key":                  "2021-03-04T05:06:07Z info  | 1614834367123456| App:no key",
		"Mar  4 05:06:07.123 UTC: %AUTH-4-FAILED: no key":                      " warn  | %AUTH-4-FAILED: no key",
		"Mar  4 05:06:07 %AUTH failed - 4-5: no key":                           " none  | %AUTH failed - 4-5: no key",
		"1,2021/03/04 05:06:07,007051000113358,a":                              "2021-03-04T05:06:07Z none  | ,007051000113358,a",
		"2021-03-04T05:06:07Z WARN 1 --- [exec-1] [a1-b2] a.B : no key":        "2021-03-04T05:06:07Z warn  | no key",
		"2021-03-04T05:06:07Z WARN 1 --- [api] [exec-1] [a1-b2] a.B : no key":  "2021-03-04T05:06:07Z warn api | no key",
		"WARN;2021-03-04 05:06:07;no key":                                      "2021-03-04T05:06:07Z warn  | no key",
		"2021-03-04 05:06:07;WARN;no key":                                      "2021-03-04T05:06:07Z warn  | no key",
		"2021-03-04 05:06:07 WARN 7 [-/192.0.2.1/-/5ms GET /a] no key":         "2021-03-04T05:06:07Z warn  | [-/192.0.2.1/-/5ms GET /a] no key",
		"api[17]: 2021-03-04 05:06:07.123 WARNING (main) [app.auth] no key":    "2021-03-04T05:06:07.123Z warn api | no key",
		"api[17] 2021-03-04 05:06:07.123 WARNING no key":                       "2021-03-04T05:06:07.123Z warn api | no key",
		"2021-03-04 05:06:07.123 82.43% [WARNING] no key":                      "2021-03-04T05:06:07.123Z warn  | no key",
		"2021-03-04 05:06:07.123 82.43% of it":                                 "2021-03-04T05:06:07.123Z none  | 82.43% of it",
		"[a/b] (2021-03-04 05:06:07.123) no key":                               "2021-03-04T05:06:07.123Z none  | no key",
		"2021.03.04 05:06:07 LOG3[17:140093368055552]: no key":                 "2021-03-04T05:06:07Z error  | no key",
		"[2021-03-04 05:06:07 +0000] notice/Process: no key":                   "2021-03-04T05:06:07Z info  | Process: no key",
		"[Thu Mar 04 05:06:07.123456 2021] [auth:trace3] [pid 7] no key":       "2021-03-04T05:06:07.123456Z debug  | no key",
		"[info] [401] GET /a":                                                  " info  | [401] GET /a",
		"info about nothing":                                                   " none  | info about nothing",
		"GET /a 401":                                                           " none  | GET /a 401",
		"":                                                                     " none  | ",
	} {
		h := Read(&stamps, []byte(line))
		at, level := "", "none"
		if h.Stamp.Full {
			at = time.Unix(0, h.Stamp.UnixNano).UTC().Format(time.RFC3339Nano)
		}
		if h.Level != severity.None {
			level = h.Level.String()
		}
		if got := fmt.Sprintf("%s %s %s %s| %s", at, level, h.App, h.Host, h.Rest); got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}

// FuzzRead sees that what stays stands at the end of the line, and that what is
// recognised was taken off.
func FuzzRead(f *testing.F) {
	for _, line := range []string{"2021-03-04 05:06:07 [main] INFO a.B - c", "==> WARN: a", "I, [2021-03-04T05:06:07 #7] INFO -- : a", "a | 2021-03-04 05:06:07 a", "*ERROR* a", "{a.py:7} b", "1614834367.123 [<1] a", "1614834367 ERROR a", "%7|1614834367.1|A|b"} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var stamps stamp.Reader
		h := Read(&stamps, line)
		h.ReadOrigin()
		if !bytes.HasSuffix(line, h.Rest) {
			t.Fatalf("Read(%q) leaves %q", line, h.Rest)
		}
		if h.Fields == 0 && (h.Stamp.Len > 0 || h.Level != severity.None) {
			t.Fatalf("Read(%q) took nothing off and found a stamp or a level", line)
		}
	})
}
