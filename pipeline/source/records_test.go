package source

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"
	"github.com/segmentio/kafka-go/compress"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/authspike/authspike/pipeline"
)

var allCodecs = []compress.Compression{compress.None, compress.Gzip, compress.Snappy, compress.Lz4, compress.Zstd}

func newSplitter(lost map[loss]int64) *splitter {
	return &splitter{limit: 1 << 20, lost: func(why loss, n int64) { lost[why] += n }}
}

// splitAll splits all of set, as the reader does, and keeps copies.
func splitAll(t testing.TB, s *splitter, set []byte, from int64) (got []pipeline.Record, b pipeline.Batch, err error) {
	t.Helper()
	b = pipeline.Batch{Next: from, HighWatermark: 1 << 40}
	for len(set) > 0 && err == nil {
		b.Records = b.Records[:0]
		size := len(set)
		if set, err = s.split(set, &b); len(set) >= size {
			t.Fatal("no progress")
		}
		for _, r := range b.Records {
			r.Key, r.Value = bytes.Clone(r.Key), bytes.Clone(r.Value)
			got = append(got, r)
		}
	}
	return got, b, err
}

func TestSplitGivesWhatWasWritten(t *testing.T) {
	spec := batchSpec{base: 100, records: []rec{
		{value: []byte("first")},
		{key: []byte("k"), value: []byte("second"), time: 7, headers: 3},
		{value: nil, time: -5},
		{key: []byte{}, value: []byte{}},
		{value: bytes.Repeat([]byte("long "), 5000), time: 1 << 33},
	}}
	for _, codec := range allCodecs {
		spec.codec = codec
		lost := make(map[loss]int64)
		set := spec.encode(t)
		second := spec
		second.base = 105
		set = append(set, second.encode(t)...)
		got, b, err := splitAll(t, newSplitter(lost), set, 100)
		if err != nil || len(lost) > 0 || b.Next != 110 || len(got) != 10 {
			t.Fatalf("%s: %d records, next %d, lost %v, %v", codec, len(got), b.Next, lost, err)
		}
		for i, r := range got {
			want := spec.records[i%5]
			if r.Offset != int64(100+i) || r.Time != batchTime+want.time || !equalBytes(r.Key, want.key) || !equalBytes(r.Value, want.value) {
				t.Errorf("%s: record %d is %d %d %q %.20q", codec, i, r.Offset, r.Time, r.Key, r.Value)
			}
		}
		if want := (pipeline.Position{LastOffset: 109, LastTime: got[9].Time, LastHash: xxhash.Sum64(got[9].Value)}); b.Resume != want {
			t.Errorf("%s: resume at %+v, want %+v", codec, b.Resume, want)
		}
	}
}

// equalBytes keeps apart null and empty.
func equalBytes(a, b []byte) bool { return bytes.Equal(a, b) && (a == nil) == (b == nil) }

func TestSplitSkipsWhatIsBeforeTheOffset(t *testing.T) {
	set := batchSpec{base: 10, records: []rec{{value: []byte("a")}, {value: []byte("b")}, {value: []byte("c")}}}.encode(t)
	got, b, _ := splitAll(t, newSplitter(nil), set, 12)
	if len(got) != 1 || string(got[0].Value) != "c" || b.Next != 13 {
		t.Errorf("got %v, next %d", got, b.Next)
	}
	got, b, _ = splitAll(t, newSplitter(nil), set, 13)
	if len(got) != 0 || b.Next != 13 {
		t.Errorf("behind the batch: got %v, next %d", got, b.Next)
	}
}

func TestSplitCoversOffsetsWithoutRecords(t *testing.T) {
	set := batchSpec{base: 10, last: 19, offsets: []int64{2, 5}, records: []rec{{value: []byte("a")}, {value: []byte("b")}}}.encode(t)
	set = append(set, batchSpec{base: 20, last: 29}.encode(t)...)
	got, b, err := splitAll(t, newSplitter(nil), set, 10)
	if err != nil || len(got) != 2 || got[0].Offset != 12 || got[1].Offset != 15 || b.Next != 30 || b.Resume.LastOffset != 15 {
		t.Errorf("got %v, batch %+v, %v", got, b, err)
	}
}

func TestSplitAppendTime(t *testing.T) {
	set := batchSpec{attrs: attrAppendTime, records: []rec{{value: []byte("a"), time: 5}}}.encode(t)
	if got, _, _ := splitAll(t, newSplitter(nil), set, 0); len(got) != 1 || got[0].Time != batchTime+1000 {
		t.Errorf("got %v", got)
	}
}

func TestSplitEndsWithinABatch(t *testing.T) {
	whole := batchSpec{base: 0, records: []rec{{value: []byte("a")}}}.encode(t)
	set := append(slices.Clone(whole), batchSpec{base: 1, records: []rec{{value: []byte("b")}}}.encode(t)...)
	for n := len(whole); n < len(set); n++ {
		got, b, err := splitAll(t, newSplitter(nil), set[:n], 0)
		if err != nil || len(got) != 1 || b.Next != 1 {
			t.Fatalf("%d bytes of %d: %d records, next %d, %v", n, len(set), len(got), b.Next, err)
		}
	}
}

func TestSplitTransactions(t *testing.T) {
	data := func(base, producer int64) []byte {
		return batchSpec{base: base, producer: producer, attrs: attrTransactional, records: []rec{{value: []byte{byte(base)}}}}.encode(t)
	}
	end := func(base, producer int64) []byte {
		return batchSpec{base: base, producer: producer, attrs: attrTransactional | attrControl, records: []rec{{key: []byte{0, 0, 0, 0}, value: []byte{0, 0, 0, 0, 0, 0}}}}.encode(t)
	}
	set := slices.Concat(
		data(0, 7),                       // aborted
		data(1, 8),                       // committed
		end(2, 7), data(3, 7), end(4, 8), // the next one of 7: aborted too
		end(5, 7), data(6, 7), end(7, 7), // and its third: committed
	)
	for name, c := range map[string]struct {
		aborted []abortedProducer
		want    []byte
	}{
		"read uncommitted": {nil, []byte{0, 1, 3, 6}},
		"read committed":   {[]abortedProducer{{7, 0}, {7, 3}}, []byte{1, 6}},
	} {
		s := newSplitter(nil)
		s.aborted = c.aborted
		got, b, err := splitAll(t, s, set, 0)
		var values []byte
		for _, r := range got {
			values = append(values, r.Value...)
		}
		if err != nil || !bytes.Equal(values, c.want) || b.Control != 4 || b.Next != 8 {
			t.Errorf("%s: got %v, batch %+v, %v", name, values, b, err)
		}
	}
}

func TestSplitBadBatches(t *testing.T) {
	good := batchSpec{base: 3, records: []rec{{value: []byte("good")}}}.encode(t)
	three := []rec{{value: []byte("a")}, {value: []byte("b")}, {value: []byte("c")}}
	resum := func(b []byte) []byte {
		binary.BigEndian.PutUint32(b[17:], crc32.Checksum(b[21:], castagnoli))
		return b
	}
	changed := func(change func(b []byte) []byte) []byte { return change(batchSpec{records: three}.encode(t)) }
	for name, c := range map[string]struct {
		bad     []byte
		why     loss
		lost    int64
		records int // with the good one
	}{
		"checksum":     {changed(func(b []byte) []byte { b[70] ^= 1; return b }), lossCorrupt, 3, 1},
		"old format":   {changed(func(b []byte) []byte { b[16] = 1; return b }), lossFormat, 1, 1},
		"new format":   {changed(func(b []byte) []byte { b[16] = 3; return b }), lossCorrupt, 1, 1},
		"bad codec":    {changed(func(b []byte) []byte { b[22] |= 7; return resum(b) }), lossCodec, 3, 1},
		"not packed":   {changed(func(b []byte) []byte { b[22] |= byte(compress.Zstd); return resum(b) }), lossCodec, 3, 1},
		"length":       {changed(func(b []byte) []byte { b[batchHead] = 0x7e; return resum(b) }), lossMalformed, 3, 1},
		"third length": {changed(func(b []byte) []byte { b[len(b)-8] = 0; return resum(b) }), lossMalformed, 1, 3},
		"too many":     {changed(func(b []byte) []byte { b[60] = 5; return resum(b) }), lossMalformed, 2, 4},
		"bomb": {batchSpec{codec: compress.Zstd, records: []rec{{}, {}, {value: make([]byte, 2<<20)}}}.encode(t),
			lossTooLarge, 3, 1},
	} {
		lost := make(map[loss]int64)
		s := newSplitter(lost)
		set := slices.Concat(c.bad, good)
		if _, b, err := splitAll(t, s, set, 0); c.why == lossCorrupt && (!errors.Is(err, errCorrupt) || b.Next != 0 || b.Lost != 0) {
			t.Errorf("%s: strict: batch %+v, %v", name, b, err)
		}
		clear(lost)
		s.lenient = true
		got, b, err := splitAll(t, s, set, 0)
		if err != nil || len(got) != c.records || lost[c.why] != c.lost || b.Lost != c.lost || b.Next != 4 {
			t.Errorf("%s: %d records, lost %v, batch %+v, %v", name, len(got), lost, b, err)
		}
	}
}

func TestDecompressIsBounded(t *testing.T) {
	plain := []byte(strings.Repeat("0123456789", 1000))
	for _, codec := range allCodecs[1:] {
		var packed bytes.Buffer
		w := codec.Codec().NewWriter(&packed)
		w.Write(plain)
		w.Close()
		out, err := decompress(int(codec), []byte("before"), packed.Bytes(), len(plain))
		if err != nil || string(out) != "before"+string(plain) {
			t.Errorf("%s: %d bytes, %v", codec, len(out), err)
		}
		if out, err = decompress(int(codec), []byte("before"), packed.Bytes(), len(plain)-1); !errors.Is(err, errTooLarge) || string(out) != "before" {
			t.Errorf("%s: %q, %v", codec, out, err)
		}
	}
}

// FuzzSplit: whatever a batch holds behind a right checksum, the splitter stays
// within it, covers its offsets, and agrees with the plain reader of the embedded
// broker wherever that can read it.
func FuzzSplit(f *testing.F) {
	for _, codec := range allCodecs {
		spec := batchSpec{base: 5, codec: codec, records: []rec{{key: []byte("k"), value: []byte("v"), time: 3, headers: 1}, {}}}
		f.Add(spec.encode(f), int64(5))
		f.Add(append(spec.encode(f), spec.encode(f)...), int64(6))
	}
	f.Fuzz(func(t *testing.T, set []byte, from int64) {
		from &= 1<<40 - 1
		if len(set) >= batchHead {
			size := batchPrefix + int(binary.BigEndian.Uint32(set[8:]))
			if size >= batchHead && size <= len(set) {
				binary.BigEndian.PutUint32(set[17:], crc32.Checksum(set[21:size], castagnoli))
			}
		}
		lost := make(map[loss]int64)
		s := newSplitter(lost)
		s.lenient = true
		got, b, err := splitAll(t, s, slices.Clone(set), from)
		if err != nil || b.Next < from {
			t.Fatalf("next %d after %d, %v", b.Next, from, err)
		}
		for _, r := range got {
			if r.Offset < from || r.Offset >= b.Next {
				t.Fatalf("record %d is not within %d and %d", r.Offset, from, b.Next)
			}
		}
		var raw kmsg.RecordBatch
		if raw.ReadFrom(set) != nil || raw.Magic != 2 || len(set) != batchPrefix+int(raw.Length) || len(lost) > 0 || raw.Attributes&attrControl != 0 {
			return
		}
		want, ok := plainRecords(raw)
		if !ok {
			return
		}
		want = slices.DeleteFunc(want, func(r kmsg.Record) bool { return raw.FirstOffset+int64(r.OffsetDelta) < from })
		if raw.FirstOffset+int64(raw.LastOffsetDelta) < from {
			want = nil
		}
		if len(want) != len(got) {
			t.Fatalf("%d records, the embedded broker reads %d", len(got), len(want))
		}
		for i, r := range got {
			if !bytes.Equal(r.Value, want[i].Value) || !bytes.Equal(r.Key, want[i].Key) {
				t.Fatalf("record %d is %q %q, the embedded broker reads %q %q", i, r.Key, r.Value, want[i].Key, want[i].Value)
			}
		}
	})
}

// plainRecords is the embedded broker's reader, which panics on some bad input.
func plainRecords(raw kmsg.RecordBatch) (records []kmsg.Record, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	records, err := kfake.BatchRecords(raw)
	return records, err == nil
}
