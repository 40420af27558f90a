package logline

import "testing"

var kubectlLines = []lineTest{
	{`[pod/api-7d4b9c6f5d-x2x9z/api] level=warn msg="no key"`, `kubectl/logfmt warn service=api pod=api-7d4b9c6f5d-x2x9z "no key"`},
	{`api-7d4b9c6f5d-x2x9z api level=warn msg="no key"`, `stern/logfmt warn service=api pod=api-7d4b9c6f5d-x2x9z "no key"`},
	{`api-x2x9z level=warn msg="no key"`, `stern/logfmt warn pod=api-x2x9z "no key"`},
	{`api-7d4b9c6f5d-x2x9z {"level":"warn","msg":"no key"}`, `stern/json warn pod=api-7d4b9c6f5d-x2x9z "no key"`},
	{`api-proxy level=warn msg="no key"`, ` "api-proxy level=warn msg=\"no key\""`},
}

func TestKubectl(t *testing.T) { checkLines(t, kubectlLines) }
