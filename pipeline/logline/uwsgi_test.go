package logline

import "testing"

var uwsgiLines = []lineTest{
	{`[pid: 17|app: 0|req: 5/9] 203.0.113.9 () {40 vars in 812 bytes} [Thu Mar  4 05:06:07 2021] GET /a?b=1 => generated 34 bytes in 2 msecs (HTTP/1.1 401) 4 headers in 120 bytes (1 switches on core 0)`, `uwsgi 2021-03-04T05:06:07Z 401 GET /a`},
	{`[pid: 17|app: -1|req: -1/9] 203.0.113.9 (ann) {40 vars in 812 bytes} [Thu Mar  4 05:06:07 2021] POST /a => generated 0 bytes in 2000 micros (HTTP/1.0 204) 2 headers in 60 bytes (1 switches on core 3)`, `uwsgi 2021-03-04T05:06:07Z 204 POST /a`},
	{`{address space usage: 395255808 bytes/376MB} {rss usage: 16027648 bytes/15MB} [pid: 17|app: 0|req: 5/9] 203.0.113.9 () {40 vars in 812 bytes} [Thu Mar  4 05:06:07 2021] GET /a => generated 34 bytes in 2 msecs (HTTP/1.1 401) 4 headers in 120 bytes (1 switches on core 0)`, `uwsgi 2021-03-04T05:06:07Z 401 GET /a`},
	{`{address space usage: 395255808 bytes/376MB}`, ` "{address space usage: 395255808 bytes/376MB}"`},
}

func TestUWSGI(t *testing.T) { checkLines(t, uwsgiLines) }
