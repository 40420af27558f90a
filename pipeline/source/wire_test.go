package source

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"testing"

	"github.com/segmentio/kafka-go/compress"
)

// rec is a record to be put into a batch.
type rec struct {
	key, value []byte
	time       int64 // after the batch's
	headers    int
}

// batchSpec is a record batch to be made.
type batchSpec struct {
	base     int64
	last     int64 // last offset; by default that of the last record
	attrs    int16
	producer int64
	codec    compress.Compression
	records  []rec
	offsets  []int64 // of the records, after base; by default 0, 1, ...
}

const batchTime = 1_700_000_000_000

// encode writes a record batch of format 2, as Kafka's documentation has it.
func (s batchSpec) encode(t testing.TB) []byte {
	t.Helper()
	var payload []byte
	for i, r := range s.records {
		offset := int64(i)
		if s.offsets != nil {
			offset = s.offsets[i]
		}
		body := binary.AppendVarint([]byte{0}, r.time)
		body = binary.AppendVarint(body, offset)
		body = appendBytes(body, r.key)
		body = appendBytes(body, r.value)
		body = binary.AppendVarint(body, int64(r.headers))
		for h := range r.headers {
			body = appendBytes(body, fmt.Appendf(nil, "header-%d", h))
			body = appendBytes(body, []byte("x"))
		}
		payload = binary.AppendVarint(payload, int64(len(body)))
		payload = append(payload, body...)
	}
	if s.codec != compress.None {
		var packed bytes.Buffer
		w := s.codec.Codec().NewWriter(&packed)
		if _, err := w.Write(payload); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		payload = packed.Bytes()
	}
	last := s.last
	if last == 0 {
		last = s.base + int64(len(s.records)) - 1
	}
	be := binary.BigEndian
	b := be.AppendUint64(nil, uint64(s.base))
	b = be.AppendUint32(b, uint32(batchHead-batchPrefix+len(payload)))
	b = be.AppendUint32(b, 0)
	b = append(b, 2, 0, 0, 0, 0)
	b = be.AppendUint16(b, uint16(s.attrs)|uint16(s.codec))
	b = be.AppendUint32(b, uint32(last-s.base))
	b = be.AppendUint64(b, batchTime)
	b = be.AppendUint64(b, batchTime+1000)
	b = be.AppendUint64(b, uint64(s.producer))
	b = be.AppendUint16(b, 0)
	b = be.AppendUint32(b, 0)
	b = be.AppendUint32(b, uint32(len(s.records)))
	b = append(b, payload...)
	be.PutUint32(b[17:], crc32.Checksum(b[21:], castagnoli))
	return b
}

func appendBytes(dst, b []byte) []byte {
	if b == nil {
		return binary.AppendVarint(dst, -1)
	}
	return append(binary.AppendVarint(dst, int64(len(b))), b...)
}

// requestLine is a line of about 380 bytes as an HTTP API logs it.
func requestLine(i int) []byte {
	b := fmt.Appendf(nil, `{"ts":"2026-03-01T12:%02d:%02d.%03dZ","level":"info","logger":"http","msg":"request served","service":"orders-api",`+
		`"namespace":"prod","pod":"orders-api-7c9d%05x","http":{"method":"GET","path":"/api/orders/%d/items","status":%d,"bytes":%d,"user_agent":"shop-app/4.%d (ios)"},`+
		`"trace_id":"%032x","client_ip":"10.%d.%d.%d","duration_ms":%d.%03d,"upstream":"orders-db-primary"}`,
		i/60000%60, i/1000%60, i%1000, i*7919%9, i*31, 200+i%200/199*201, i*37%9000, i%10, i*2654435761, i%250, i*7%250, i*13%250, i%80, i*17%1000)
	return b
}
