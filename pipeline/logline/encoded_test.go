package logline

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"testing"
)

var (
	encodedObject = base64.StdEncoding.EncodeToString([]byte(`{"time":"2021-03-04T05:06:07Z","status":401,"path":"/a","msg":"no key"}`))
	encodedText   = base64.StdEncoding.EncodeToString([]byte(`2021-03-04T05:06:07Z ERROR no key`))
	encodedBatch  = base64.StdEncoding.EncodeToString(gzipped(`{"logGroup":"/aws/lambda/pond","logEvents":[{"timestamp":1614834367000,"message":"no key for the duck"}]}`))
)

func gzipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text)) // to memory
	_ = w.Close()
	return b.Bytes()
}

var encodedLines = []lineTest{
	{`{"requestId":"x","timestamp":1614834367000,"records":[{"data":"` + encodedObject + `"}]}`, `records/json/json 2021-03-04T05:06:07Z 401 /a "no key"`},
	{`{"Records":[{"kinesis":{"data":"` + encodedText + `","partitionKey":"7"},"eventSource":"aws:kinesis"}]}`, `records/json/text 2021-03-04T05:06:07Z error "no key"`},
	{`{"message":{"data":"` + encodedObject + `","messageId":"1"},"subscription":"s"}`, `json/json 2021-03-04T05:06:07Z 401 /a "no key"`},
	{`{"specversion":"1.0","id":"1","source":"/s","data_base64":"` + encodedObject + `"}`, `cloudevents/json 2021-03-04T05:06:07Z 401 /a "no key"`},
	{`{"awslogs":{"data":"` + encodedBatch + `"}}`, `json/cloudwatch/json 2021-03-04T05:06:07Z service=pond "no key for the duck"`},
	{`{"msg":"` + strings.Repeat("abcd", 8) + `"}`, `json "` + strings.Repeat("abcd", 8) + `"`},
	{`{"msg":"KioqKioqKioqKioqKioqKioqKioq"}`, `json "KioqKioqKioqKioqKioqKioqKioq"`}, // a word
}

func TestEncoded(t *testing.T) { checkLines(t, encodedLines) }

// TestPackedRecords reads what is compressed, whole, broken off, and too large: of that
// no more than a bound comes out of a record, however many parts are.
func TestPackedRecords(t *testing.T) {
	d, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	line := gzipped(`{"time":"2021-03-04T05:06:07Z","status":401,"path":"/a"}` + "\n" + `{"status":403}` + "\n")
	if got := d.Decode(line, nil); len(got) != 2 || got[0].Status != 401 || got[1].Status != 403 {
		t.Errorf("%d events of two", len(got))
	}
	if got := d.Decode(line[:len(line)-30], nil); len(got) != 1 {
		t.Errorf("%d events of a record that breaks off", len(got))
	}
	large := base64.StdEncoding.EncodeToString(gzipped(`{"msg":"` + strings.Repeat("quack ", maxUnpacked/6) + `"}`))
	got := d.Decode([]byte(`{"records":[{"data":"`+large+`"},{"data":"`+large+`"},{"data":"`+large+`"}]}`), nil)
	if len(got) != 3 || d.unpackedSize > maxUnpacked {
		t.Errorf("%d events, %d bytes came out", len(got), d.unpackedSize)
	}
}
