package pipeline

import "context"

// Partition names one ordered log: a Kafka partition, or a file.
type Partition struct {
	Topic string // the topic, or the file's name
	ID    int32
}

// Break is the way in which a batch does not continue where the previous one ended.
type Break uint8

// The breaks.
const (
	NoBreak   Break = iota
	Retention       // the log's start moved past the wanted offset: Lost records are gone
	Truncated       // the log ends before the wanted offset
	Recreated       // the last record that was read is no longer in the log, or is another one
)

// String returns the break as it appears in logs and labels.
func (b Break) String() string {
	switch b {
	case Retention:
		return "retention"
	case Truncated:
		return "truncated"
	case Recreated:
		return "recreated"
	default:
		return "none"
	}
}

// Record is one Kafka message, or one line of a file.
type Record struct {
	Offset int64
	Time   int64  // Unix milliseconds as Kafka stored it; 0 for a line of a file
	Key    []byte // nil where it is absent
	Value  []byte // nil for a null value
	// Headers are as Kafka encodes them, nil if there are none; package header
	// decodes them on demand.
	Headers []byte
}

// Batch is the result of one fetch of one partition. The source owns it: the
// batch, its records and the bytes they point to are valid until the Sink returns.
type Batch struct {
	Partition     Partition
	From, Next    int64 // the offsets it covers, [From, Next), whether or not each holds a record
	HighWatermark int64 // the partition's end offset at AsOf; Next == HighWatermark is the head
	AsOf          int64 // Unix milliseconds of this machine at which, or later, HighWatermark was the end; 0 for a file
	Records       []Record
	Control       int      // control records of transactions among the offsets, not delivered
	Break         Break    // how From follows the batch before it
	Lost          int64    // records among or before the offsets that will never be delivered: gone by retention, or unreadable
	End           bool     // nothing will follow: the end of a file, or the partition was deleted
	Resume        Position // where to go on after this batch: what a checkpoint that includes it has to keep
}

// Position is where reading of a partition starts, and how to recognize that the
// log is still the one that was read before. A position whose LastTime is 0 is
// not verified.
type Position struct {
	Offset     int64  // the first offset to read
	LastOffset int64  // the last record that was read, before Offset; not always Offset-1
	LastHash   uint64 // xxhash of that record's value
	LastTime   int64  // Unix milliseconds of that record as Kafka stored it; 0 where nothing was read yet
}

// Sink takes the batches of one partition, in order, from one goroutine. An
// error stops the source.
type Sink interface {
	Consume(ctx context.Context, b *Batch) error
}
