package logline

import "testing"

var herokuLines = []lineTest{
	{`2021-03-04T05:06:07.123456+00:00 heroku[router]: at=info method=GET path="/a?b=1" host=shop.herokuapp.com fwd="203.0.113.9" dyno=web.1 connect=1ms service=9ms status=401 bytes=33`, `heroku/logfmt 2021-03-04T05:06:07.123456Z 401 GET /a info`},
	{`2021-03-04T05:06:07.123456+00:00 app[web.1]: token refused`, `heroku/ 2021-03-04T05:06:07.123456Z pod=web.1 "token refused"`},
	{`2021-03-04T05:06:07.63+0100 [APP/PROC/WEB/0] ERR token refused`, `cloudfoundry/ 2021-03-04T04:06:07.63Z "token refused"`},
	{`2021-03-04T05:06:07.63+0000 [RTR/1] OUT shop.example.com - [2021-03-04T05:06:07.123+0000] "GET /a HTTP/1.1" 401 0 124 "-" "curl/8.1" "203.0.113.9:5" response_time:0.1`, `cloudfoundry/access 2021-03-04T05:06:07.123Z 401 GET /a`},
}

func TestHeroku(t *testing.T) { checkLines(t, herokuLines) }
