package logline

import "testing"

var cefLines = []lineTest{
	{`CEF:0|Acme|Gate|1.2|100|login failed|5|rt=1614834367123 requestMethod=POST request=https://sso.example.com/token?x=1 dvchost=gate-1 msg=token was refused src=203.0.113.9`, `cef 2021-03-04T05:06:07.123Z POST /token pod=gate-1 "token was refused"`},
	{`CEF:0|Acme|Gate|1.2|100|bad URL|6|src=192.0.2.1 method=POST request=https://a.example/b?c msg=refused`, `cef POST /b "refused"`},
	{"LEEF:1.0|Acme|Gate|1.2|401x|devTime=Mar 04 2021 05:06:07\tsrc=203.0.113.9\tmsg=token was refused", `cef 2021-03-04T05:06:07Z "token was refused"`},
}

func TestCEF(t *testing.T) { checkLines(t, cefLines) }
