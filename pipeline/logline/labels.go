package logline

import "bytes"

// labels takes service, pod and namespace from labels in a text, as Datadog's agents
// write them: "env:prod,kube_namespace:shop,pod_name:api-1".
func (d *Decoder) labels(v value, e *Entry) {
	if v.kind != kindString || v.escaped {
		return
	}
	for label := range bytes.SplitSeq(v.raw, comma) {
		if name, text, ok := bytes.Cut(label, colonMark); ok && len(text) > 0 {
			d.nameInData(&d.layouts.named(d.layouts.pairs, bytes.TrimSpace(name)).meaning, bytes.TrimSpace(text), e)
		}
	}
}
