package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
)

// batchName returns the name of what made a batch of a kind. Batches of records are
// recognized by the keys of Azure's logs.
func batchName(raw []byte, kind lexicon.Mark) string {
	name := kind.Batch()
	if kind&lexicon.MarkRecords == 0 {
		return name
	}
	for _, k := range azureKeys {
		if bytes.Contains(raw[:min(len(raw), maxHead)], k) {
			return "azure"
		}
	}
	return name
}

// azureKeys are keys of Azure's logs, without their first letter, which may be a capital.
var azureKeys = [...][]byte{[]byte(`esourceId":`), []byte(`roperties":`), []byte(`perationName":`)}

// maxHead is how many bytes of a batch are examined for what made it.
const maxHead = 4096

// recordValue returns the content of a record in the format of Kafka's REST proxies, which
// is the "value" next to a key and the like; raw if it is not such a record.
func recordValue(raw []byte, kind lexicon.Mark) []byte {
	if kind&lexicon.MarkRecords == 0 || raw[0] != '{' {
		return raw
	}
	held := raw
	for i := 1; ; {
		for i = jsontext.SkipSpace(raw, i); i < len(raw) && raw[i] == ','; {
			i = jsontext.SkipSpace(raw, i+1)
		}
		if i >= len(raw) || raw[i] != '"' {
			return held
		}
		end, _ := jsontext.StringEnd(raw, i+1)
		start := jsontext.ValueAt(raw, i)
		if end < 0 || start < 0 || start >= len(raw) {
			return held
		}
		stop := jsontext.ValueEnd(raw, start)
		if stop <= start {
			return held
		}
		switch string(raw[i+1 : end]) {
		case "value":
			held = raw[start:stop]
		case "key", "topic", "partition", "offset", "timestamp", "headers":
		default:
			return raw
		}
		i = stop
	}
}
