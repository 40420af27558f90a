package logline

import "testing"

var tableLines = []lineTest{
	{"1614834367.123\t203.0.113.9\t0.001\t401\t392\tGET\thttps\td1.example.net\t/orders?page=2\t23\tHTTP/2.0", `table 2021-03-04T05:06:07.123Z 401 GET /orders`},
	{"1614834367.123\tC1\t203.0.113.9\t52026\t198.51.100.4\t80\t1\tPOST\twww.example.com\t/a\t-\t1.1\tcurl/8\t0\t304\t401\tUnauthorized\t-", `table 2021-03-04T05:06:07.123Z 401 POST /a`},
	{"2021-03-04T05:06:07+00:00\t203.0.113.9\tGET\t/a\t403\t12", `table 2021-03-04T05:06:07Z 403 GET /a`},
	{"1614834367.123\tGET\t/a\tno\tstatus", `text 2021-03-04T05:06:07.123Z GET /a "GET\t/a\tno\tstatus"`},
	{"17\tGET\t/a\t401", `request 401 GET /a "17\tGET\t/a\t401"`},
}

func TestTable(t *testing.T) { checkLines(t, tableLines) }
