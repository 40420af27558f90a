package logline

import "testing"

var knoxLines = []lineTest{
	{`21/03/04 05:06:07 ||a1b2|audit|192.0.2.1|KNOXSSO||||access|uri|/gateway/sso/api/v1/websso?originalUrl=a|success|Response status: 401`, `knox 2021-03-04T05:06:07Z 401 /gateway/sso/api/v1/websso "Response status: 401"`},
	{`21/03/04 05:06:07 |||audit|192.0.2.1|WEBHDFS|ann|||access|uri|/gateway/a|unavailable|Request method: GET`, `knox 2021-03-04T05:06:07Z GET /gateway/a "Request method: GET"`},
	{`21/03/04 05:06:07 |||audit|192.0.2.1|WEBHDFS|ann|||authentication|principal|ann|success|Groups: []`, `text 2021-03-04T05:06:07Z "audit|192.0.2.1|WEBHDFS|ann|||authentication|principal|ann|success|Groups: []"`},
	{`21/03/04 05:06:07 |||audit|192.0.2.1|a|b|||access|uri|`, `knox 2021-03-04T05:06:07Z`},
}

func TestKnox(t *testing.T) { checkLines(t, knoxLines) }
