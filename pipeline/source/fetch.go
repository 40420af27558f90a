package source

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/fetch"
)

// fetchVersion is the only version of Fetch that is used: the newest one that
// identifies topics by name and not by id. Kafka 2.3 and later support it.
const fetchVersion = 11

// answerHead bounds the bytes before the records in the response to a fetch.
const answerHead = 64 << 10

// answer is the response to a fetch of one partition.
type answer struct {
	code          int16
	highWatermark int64
	logStart      int64
	preferred     int32             // broker that is closer to us and should be asked instead; -1: none
	aborted       []abortedProducer // transactions among the records that were aborted
	records       []byte            // record batches, the last one perhaps cut off; borrowed until the next fetch
	cut           int               // bytes of records that were not kept, as the answer was larger than allowed
	size          int               // bytes of the whole answer
	asOf          time.Time         // when it came
}

type abortedProducer struct{ id, from int64 }

// ask is one fetch request.
type ask struct {
	topic     string
	partition int32
	epoch     int32 // leader epoch as the metadata gave it; -1: unknown
	offset    int64
	maxBytes  int
	minBytes  int
	wait      time.Duration
	rack      string
}

// fetch requests records and reads the response into buf, which grows as needed up
// to limit bytes and is returned. Of a response beyond the limit only the beginning
// is kept. The response's error code is left to the caller.
func (c *conn) fetch(a ask, buf []byte, limit int) (answer, []byte, error) {
	if span := c.versions[protocol.Fetch]; span.min > fetchVersion || span.max < fetchVersion {
		return answer{}, buf, failf(reasonProtocol, "broker %s speaks Fetch %d to %d, %d is needed (Kafka 2.3 or later)", c.addr, span.min, span.max, fetchVersion)
	}
	err := c.send(fetchVersion, &fetch.Request{
		ReplicaID: -1, MaxWaitTime: int32(a.wait.Milliseconds()), MinBytes: int32(a.minBytes), MaxBytes: int32(a.maxBytes),
		IsolationLevel: c.isolation, SessionEpoch: -1, RackID: a.rack,
		Topics: []fetch.RequestTopic{{Topic: a.topic, Partitions: []fetch.RequestPartition{{
			Partition: a.partition, CurrentLeaderEpoch: a.epoch, FetchOffset: a.offset, LogStartOffset: -1, PartitionMaxBytes: int32(a.maxBytes),
		}}}},
	}, a.wait)
	if err != nil {
		return answer{}, buf, err
	}
	buf = slices.Grow(buf[:0], answerHead)
	n, err := io.ReadAtLeast(c.Conn, buf[:answerHead], 8)
	if err != nil {
		return answer{}, buf, fmt.Errorf("read Fetch: %w", err)
	}
	asOf := time.Now()
	size, err := c.checkHead(buf[:8], 1<<31-1)
	if err != nil {
		return answer{}, buf, err
	}
	total := size + 4
	keep := min(total, limit+answerHead)
	buf = slices.Grow(buf[:n], keep-n)[:keep]
	if _, err := io.ReadFull(c.Conn, buf[n:]); err != nil {
		return answer{}, buf, fmt.Errorf("read Fetch: %w", err)
	}
	if _, err := io.CopyN(io.Discard, c.Conn, int64(total-keep)); err != nil {
		return answer{}, buf, fmt.Errorf("read Fetch: %w", err)
	}
	ans, err := parseAnswer(buf[8:], total-keep)
	if err != nil {
		return answer{}, buf, failf(reasonProtocol, "decode Fetch: %w", err)
	}
	ans.size, ans.asOf = total, asOf
	return ans, buf, nil
}

var errShortAnswer = errors.New("the answer ends too early")

// parseAnswer parses the body of a response whose last `cut` bytes are missing.
func parseAnswer(b []byte, cut int) (answer, error) {
	ans := answer{preferred: -1, highWatermark: -1, logStart: -1, cut: cut}
	r := wire{b: b}
	r.skip(4) // throttle time: the broker holds the next answer back by itself
	if ans.code = r.int16(); ans.code != 0 {
		return ans, nil
	}
	r.skip(4) // session
	if topics := r.int32(); topics != 1 {
		return ans, fmt.Errorf("%d topics instead of 1", topics)
	}
	r.skip(int(r.int16()))
	if partitions := r.int32(); partitions != 1 {
		return ans, fmt.Errorf("%d partitions instead of 1", partitions)
	}
	r.skip(4)
	ans.code = r.int16()
	ans.highWatermark = r.int64()
	r.skip(8) // last stable offset
	ans.logStart = r.int64()
	for n := r.int32(); n > 0 && !r.short; n-- {
		ans.aborted = append(ans.aborted, abortedProducer{id: r.int64(), from: r.int64()})
	}
	ans.preferred = r.int32()
	size := r.int32()
	if r.short {
		return ans, errShortAnswer
	}
	if size > 0 {
		if int(size) != len(r.b)+cut {
			return ans, fmt.Errorf("%d bytes of records announced, %d sent", size, len(r.b)+cut)
		}
		ans.records = r.b
	}
	return ans, nil
}

// wire reads big-endian numbers from a slice; if that ends too early it returns zeros
// and sets short.
type wire struct {
	b     []byte
	short bool
}

func (r *wire) skip(n int) {
	if n < 0 || n > len(r.b) {
		r.b, r.short = nil, true
		return
	}
	r.b = r.b[n:]
}

func (r *wire) take(n int) []byte {
	if n > len(r.b) {
		r.b, r.short = nil, true
		return nil
	}
	head := r.b[:n]
	r.b = r.b[n:]
	return head
}

func (r *wire) int16() int16 {
	if b := r.take(2); b != nil {
		return int16(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (r *wire) int32() int32 {
	if b := r.take(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

func (r *wire) int64() int64 {
	if b := r.take(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}
