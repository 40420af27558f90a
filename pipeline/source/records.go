package source

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/authspike/authspike/pipeline"
)

// The layout of a record batch, message format 2 (Kafka 0.11 and later):
//
//	 0 base offset           int64
//	 8 length after here     int32
//	12 leader epoch          int32
//	16 format                int8
//	17 CRC-32C of the rest   uint32
//	21 attributes            int16
//	23 last offset delta     int32
//	27 base time             int64
//	35 newest time           int64
//	43 producer id           int64
//	51 producer epoch        int16
//	53 base sequence         int32
//	57 number of records     int32
//	61 records, compressed or not
const (
	batchHead    = 61
	batchPrefix  = 12 // what the length does not count
	batchMinimum = 17 // enough to see the format

	attrCodec         = 0x07
	attrAppendTime    = 0x08
	attrTransactional = 0x10
	attrControl       = 0x20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// loss is why records cannot be delivered: the label of a metric.
type loss string

// The losses.
const (
	lossRetention loss = "retention"   // deleted before they were read
	lossCorrupt   loss = "corrupt"     // wrong checksum, twice
	lossTooLarge  loss = "too_large"   // a batch above BatchBytes
	lossFormat    loss = "old_format"  // written before Kafka 0.11
	lossMalformed loss = "malformed"   // a batch that does not hold what it says
	lossCodec     loss = "undecodable" // does not decompress, or by an unknown codec
)

var losses = []loss{lossRetention, lossCorrupt, lossTooLarge, lossFormat, lossMalformed, lossCodec}

// errCorrupt is returned for a batch with a wrong checksum. Fetching again may help.
var errCorrupt = errors.New("a batch of records fails its checksum")

// splitter splits record batches into records, in place. It serves one partition and
// keeps a buffer for decompressed data.
type splitter struct {
	limit   int               // bytes of a batch after decompression
	lenient bool              // count corrupt batches as lost instead of returning errCorrupt
	aborted []abortedProducer // transactions to hide, as the broker named them with the answer
	plain   []byte            // what was decompressed since the last call
	use     usage             // of plain
	lost    func(why loss, records int64)
}

// batchInfo is the head of a record batch.
type batchInfo struct {
	base, next int64 // the offsets it covers, [base, next)
	size       int   // bytes, with the head
	attrs      int16
	baseTime   int64
	newest     int64
	producer   int64
	records    int32
}

// flushBytes is how many bytes are decompressed before the records are passed on.
const flushBytes = 512 << 10

// split appends the records at the front of set to b, until set ends or flushBytes
// have been decompressed, and updates b.Next, b.Control, b.Lost and b.Resume. It
// returns the rest of set: nothing, or whole batches and a part of one. Records point
// into set or into the splitter's buffer and are valid until the next call.
//
// A batch that cannot be read is counted as lost. For a batch with a wrong checksum
// split returns errCorrupt instead, with b covering what came before it, unless the
// splitter is lenient.
func (s *splitter) split(set []byte, b *pipeline.Batch) (rest []byte, err error) {
	s.plain = s.use.fit(s.plain, len(s.plain))[:0]
	for len(s.plain) < flushBytes {
		info, why, whole := readHead(set)
		if !whole {
			return nil, nil
		}
		body := set[:info.size]
		if why == "" && crc32.Checksum(body[21:], castagnoli) != binary.BigEndian.Uint32(body[17:]) {
			why = lossCorrupt
		}
		if why == lossCorrupt {
			if !s.lenient {
				return nil, errCorrupt
			}
			info.next = max(b.Next+1, min(info.next, b.HighWatermark)) // its head may lie
		}
		set = set[info.size:]
		if info.next <= b.Next {
			continue
		}
		switch {
		case why != "":
			s.lose(b, why, info.next-max(info.base, b.Next))
		case info.attrs&attrControl != 0:
			b.Control += int(info.records)
			s.endTransaction(info)
		case info.attrs&attrTransactional != 0 && s.transaction(info) >= 0:
			// Aborted: nothing of it is delivered.
		default:
			s.deliver(body, info, b)
		}
		b.Next = info.next
	}
	return set, nil
}

// readHead reads the head of the first batch in set. whole is false if set ends
// within the batch: brokers cut off the last batch when the response is full.
func readHead(set []byte) (info batchInfo, why loss, whole bool) {
	if len(set) < batchMinimum {
		return info, "", false
	}
	info.base = int64(binary.BigEndian.Uint64(set))
	info.size = batchPrefix + int(int32(binary.BigEndian.Uint32(set[8:])))
	if info.size < batchMinimum {
		info.size, info.next = len(set), info.base+1
		return info, lossCorrupt, true
	}
	if info.size > len(set) {
		return info, "", false
	}
	if set[16] < 2 {
		info.next = info.base + 1
		return info, lossFormat, true
	}
	if set[16] > 2 || info.size < batchHead {
		info.next = info.base + 1
		return info, lossCorrupt, true
	}
	info.fill(set)
	if info.next <= info.base {
		info.next = info.base + 1
		return info, lossCorrupt, true
	}
	return info, "", true
}

func (i *batchInfo) fill(head []byte) {
	i.base = int64(binary.BigEndian.Uint64(head))
	i.attrs = int16(binary.BigEndian.Uint16(head[21:]))
	i.next = i.base + int64(int32(binary.BigEndian.Uint32(head[23:]))) + 1
	i.baseTime = int64(binary.BigEndian.Uint64(head[27:]))
	i.newest = int64(binary.BigEndian.Uint64(head[35:]))
	i.producer = int64(binary.BigEndian.Uint64(head[43:]))
	i.records = int32(binary.BigEndian.Uint32(head[57:]))
}

func (s *splitter) lose(b *pipeline.Batch, why loss, records int64) {
	b.Lost += records
	s.lost(why, records)
}

// transaction returns the index in s.aborted of the transaction that a batch belongs
// to, or -1 if it was not aborted.
func (s *splitter) transaction(info batchInfo) int {
	return slices.IndexFunc(s.aborted, func(a abortedProducer) bool {
		return a.id == info.producer && a.from <= info.base
	})
}

// endTransaction handles a control batch: what its producer writes after it belongs
// to the next transaction.
func (s *splitter) endTransaction(info batchInfo) {
	if i := s.transaction(info); i >= 0 {
		s.aborted = slices.Delete(s.aborted, i, i+1)
	}
}

// deliver appends the records of one batch from b.Next on.
func (s *splitter) deliver(body []byte, info batchInfo, b *pipeline.Batch) {
	payload := body[batchHead:]
	if codec := int(info.attrs & attrCodec); codec != 0 {
		var err error
		start := len(s.plain)
		if s.plain, err = decompress(codec, s.plain, payload, s.limit); err != nil {
			why := lossCodec
			if errors.Is(err, errTooLarge) {
				why = lossTooLarge
			}
			s.lose(b, why, info.next-max(info.base, b.Next))
			return
		}
		payload = s.plain[start:]
	}
	records, ok := b.Records, true
	had := len(records)
	seen := int32(0)
	for ; seen < info.records && ok; seen++ {
		var rec pipeline.Record
		rec, payload, ok = nextRecord(payload)
		rec.Offset += info.base
		if ok = ok && rec.Offset >= info.base && rec.Offset < info.next; !ok {
			break
		}
		if rec.Offset < b.Next {
			continue // a batch may begin before the offset that was asked for
		}
		if rec.Time += info.baseTime; info.attrs&attrAppendTime != 0 {
			rec.Time = info.newest
		}
		records = append(records, rec)
	}
	b.Records = records
	if !ok {
		s.lose(b, lossMalformed, int64(info.records-seen))
	}
	if len(records) > had {
		last := &records[len(records)-1]
		b.Resume.LastOffset, b.Resume.LastTime, b.Resume.LastHash = last.Offset, last.Time, xxhash.Sum64(last.Value)
	}
}

// nextRecord reads the record at the front of b; its offset and time are relative to
// those of its batch.
func nextRecord(b []byte) (rec pipeline.Record, rest []byte, ok bool) {
	size, n := binary.Varint(b)
	if n <= 0 || size < 1 || size > int64(len(b)-n) {
		return rec, nil, false
	}
	b, rest = b[n:n+int(size)], b[n+int(size):]
	b = b[1:] // attributes: none are defined
	if rec.Time, n = binary.Varint(b); n <= 0 {
		return rec, nil, false
	}
	b = b[n:]
	if rec.Offset, n = binary.Varint(b); n <= 0 {
		return rec, nil, false
	}
	if rec.Key, b, ok = nextBytes(b[n:]); !ok {
		return rec, nil, false
	}
	if rec.Value, b, ok = nextBytes(b); len(b) > 1 {
		rec.Headers = b
	}
	return rec, rest, ok
}

// nextBytes reads a length-prefixed slice; a length of -1 means null.
func nextBytes(b []byte) (value, rest []byte, ok bool) {
	size, n := binary.Varint(b)
	if n <= 0 || size > int64(len(b)-n) {
		return nil, nil, false
	}
	if size < 0 {
		return nil, b[n:], true
	}
	return b[n : n+int(size) : n+int(size)], b[n+int(size):], true
}
