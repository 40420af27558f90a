package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// labels reads service, pod and namespace from labels in a text: "env:prod,pod_name:api-1",
// as written by Datadog's agents, or {app="api",pod="api-1"}, by Prometheus and Loki.
func (d *Decoder) labels(v value, e *Entry) {
	switch v.kind {
	case kindScalar:
		return
	case kindArray: // of such texts
		for i := 1; i < len(v.raw); i++ {
			if v.raw[i] != '"' {
				continue
			}
			end, escaped := jsontext.StringEnd(v.raw, i+1)
			if end < 0 {
				return
			}
			d.labels(value{v.raw[i+1 : end], kindString, escaped}, e)
			i = end
		}
		return
	}
	text := d.text(v)
	if len(text) > 1 && text[0] == '{' && text[len(text)-1] == '}' {
		d.quotedLabels(text[1:len(text)-1], e)
		return
	}
	for label := range bytes.SplitSeq(text, comma) {
		if name, text, ok := bytes.Cut(label, colonMark); ok && len(text) > 0 {
			d.nameInData(&d.layouts.named(d.layouts.pairs, bytes.TrimSpace(name)).meaning, bytes.TrimSpace(text), e)
		}
	}
}

// quotedLabels reads labels that are pairs of a name and a quoted value.
func (d *Decoder) quotedLabels(text []byte, e *Entry) {
	for {
		eq := bytes.IndexByte(text, '=')
		if eq < 0 || eq+1 >= len(text) || text[eq+1] != '"' {
			return
		}
		end := scan.QuoteEnd(text, eq+2, '"')
		if end >= len(text) {
			return
		}
		if val := text[eq+2 : end]; len(val) > 0 && bytes.IndexByte(val, '\\') < 0 {
			d.nameInData(&d.layouts.named(d.layouts.pairs, scan.TrimSpace(text[:eq])).meaning, val, e)
		}
		text = bytes.TrimLeft(text[end+1:], ", ")
	}
}
