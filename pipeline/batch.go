package pipeline

// Partition names one ordered log: a Kafka partition, or a file.
type Partition struct {
	Topic string // the topic, or the file's name
	ID    int32
}

// Break says that a batch does not continue where the one before it ended.
type Break uint8

// The breaks.
const (
	NoBreak   Break = iota
	Retention       // the log's start moved past the wanted offset: Lost records are gone
	Truncated       // the log ends before the wanted offset
	Recreated       // the record before the wanted offset is not the one that was read there
)

// Record is one Kafka message, or one line of a file.
type Record struct {
	Offset int64
	Time   int64  // Unix milliseconds as Kafka stored it; 0 where it is unknown or not read
	Key    []byte // nil where it is absent or not read
	Value  []byte // nil for a null value
}

// Batch is what one fetch of one partition brought. The source owns it: records
// and the bytes that they point to hold until the Sink returns.
type Batch struct {
	Partition     Partition
	From, Next    int64 // the offsets it covers, [From, Next), whether or not each holds a record
	HighWatermark int64 // the partition's end offset at the time of the fetch; Next == HighWatermark is the head
	Records       []Record
	Control       int   // control records of transactions among the offsets, not delivered
	Break         Break // how From follows the batch before it
	Lost          int64 // records between the wanted offset and From, with Break == Retention
	End           bool  // nothing will follow: the end of a file
}

// Position is where reading of a partition starts, and how to recognise that the
// log is still the one that was read before.
type Position struct {
	Offset   int64  // the first offset to read
	LastHash uint64 // xxhash of the value of record Offset-1; 0 where nothing was read yet
	LastTime int64  // Unix milliseconds of record Offset-1 as Kafka stored it; 0 where it is not known
}
