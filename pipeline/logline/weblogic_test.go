package logline

import "testing"

var weblogicLines = []lineTest{
	{`####<Mar 4, 2021 5:06:07,123 PM UTC> <Error> <Security> <node1> <front> <main> <<WLS Kernel>> <> <a1b2> <1614877567123> <BEA-000017> <no key>`, `weblogic 2021-03-04T17:06:07.123Z error pod=node1 "no key"`},
	{`####<Mar 4, 2021 5:06:07,123 PM UTC> <Notice> <Security> <node1> no < key`, `weblogic 2021-03-04T17:06:07.123Z info pod=node1 "no < key"`},
	{`####<Mar 4, 2021, 5:06:07,123 PM India Standard Time> <Notice> <Security> <node1> <front> <main> <<WLS Kernel>> <> <a1b2> <1614857767123> <BEA-000017> <no key>`, `weblogic 2021-03-04T11:36:07.123Z info pod=node1 "no key"`},
	{`####<Mar 4, 2021 5:06:07,123 PM UTC> <lost>`, ` "####<Mar 4, 2021 5:06:07,123 PM UTC> <lost>"`},
}

func TestWebLogic(t *testing.T) { checkLines(t, weblogicLines) }
