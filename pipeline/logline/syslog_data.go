package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// skipStructuredData returns what follows the elements [id name="value" ...], or the dash
// that means none.
func skipStructuredData(b []byte) []byte {
	if len(b) > 0 && b[0] == '-' && (len(b) == 1 || b[1] == ' ') {
		return scan.SkipBlank(b[1:])
	}
	for len(b) > 0 && b[0] == '[' {
		i := 1
		for i < len(b) && b[i] != ']' {
			if b[i] == '"' {
				i = scan.QuoteEnd(b, i+1, '"')
			}
			i++
		}
		if i >= len(b) {
			return b
		}
		b = b[i+1:]
	}
	return scan.SkipBlank(b)
}

// namesInData reads service, pod and namespace from structured data, as written by Cloud
// Foundry and Kubernetes' collectors: [tags@47450 app_name="api" instance_id="0"].
// Everything else there is as often about the collector as about the line, and the
// services of Juniper's firewalls are network services.
func (d *Decoder) namesInData(data []byte, e *Entry) {
	if bytes.HasPrefix(data, juniperMark) {
		return
	}
	for {
		eq := bytes.IndexByte(data, '=')
		if eq < 0 || eq+1 >= len(data) {
			return
		}
		name := data[bytes.LastIndexByte(data[:eq], ' ')+1 : eq]
		if data = data[eq+1:]; data[0] != '"' {
			continue
		}
		end := scan.QuoteEnd(data, 1, '"')
		if end >= len(data) {
			return
		}
		if text := data[1:end]; len(text) > 0 && bytes.IndexByte(text, '\\') < 0 {
			d.nameInData(&d.layouts.named(d.layouts.pairs, name).meaning, text, e)
		}
		data = data[end+1:]
	}
}

var juniperMark = []byte("[junos@")

// nameInData takes one name of structured data.
func (d *Decoder) nameInData(m *lexicon.Meaning, text []byte, e *Entry) {
	switch {
	case m.Field == lexicon.Service && m.Rank != lexicon.RankServiceName:
		e.setService(naming.Service(text), m.Rank)
	case m.Field == lexicon.Pod && m.Rank <= lexicon.RankPodName:
		e.setPod(text, m.Rank)
	case m.Field == lexicon.Namespace:
		e.setNamespace(text, m.Rank)
	}
}
