package logline

import "testing"

var kubectlLines = []lineTest{
	{`[pod/api-7d4b9c6f5d-x2x9z/api] level=warn msg="no key"`, `kubectl/logfmt warn service=api pod=api-7d4b9c6f5d-x2x9z "no key"`},
	{`api-7d4b9c6f5d-x2x9z api level=warn msg="no key"`, `stern/logfmt warn service=api pod=api-7d4b9c6f5d-x2x9z "no key"`},
	{`api-x2x9z level=warn msg="no key"`, `stern/logfmt warn pod=api-x2x9z "no key"`},
	{`api-7d4b9c6f5d-x2x9z {"level":"warn","msg":"no key"}`, `stern/json warn pod=api-7d4b9c6f5d-x2x9z "no key"`},
	{`api-proxy level=warn msg="no key"`, ` "api-proxy level=warn msg=\"no key\""`},
	{`[api-7d4b9c6f5d-x2x9z] I0304 05:06:07.123456       1 file.go:12] no key`, `kubectl/klog info pod=api-7d4b9c6f5d-x2x9z "no key"`},
	{`[api-7d4b9c6f5d-x2x9z] `, ` "[api-7d4b9c6f5d-x2x9z]"`},
}

func TestKubectl(t *testing.T) { checkLines(t, kubectlLines) }
