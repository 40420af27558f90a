package logline

import "testing"

var kubectlLines = []lineTest{
	{`[pod/api-7d4b9c6f5d-x2x9z/api] level=warn msg="no key"`, `kubectl/logfmt warn service=api pod=api-7d4b9c6f5d-x2x9z "no key"`},
	{`api-7d4b9c6f5d-x2x9z api level=warn msg="no key"`, `stern/logfmt warn service=api pod=api-7d4b9c6f5d-x2x9z "no key"`},
}

func TestKubectl(t *testing.T) { checkLines(t, kubectlLines) }
