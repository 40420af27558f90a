// Package source reads records from Kafka and from files, with their offsets, as
// pipeline.Batch values.
//
// Kafka reads every partition of its topics in one instance: one goroutine and one
// pipeline.Sink per partition, no consumer group. Batches are exact: those of one
// partition cover its offsets without gap or overlap, and whatever cannot be
// delivered (deleted by retention, unreadable, replaced) is reported in the batch
// that follows, counted by a bounded reason and logged.
//
// # The data path
//
// kafka-go has three ways to fetch (Reader, Client.Fetch, Conn.ReadBatch); all
// copy each record at least once, and only the slower ones provide its time, its key
// and whether its batch is a control batch. This package uses kafka-go's protocol
// package for every request, on connections of its own: the response to a fetch is
// read into one buffer, and the record batches in it are verified (CRC-32C) and split
// in place. Records point into that buffer. This costs less than the fastest of the
// three and leaves nothing out; BenchmarkFetch has the figures.
//
// # What it refuses to do
//
// It never reads a compacted topic (offsets and counts would not mean records),
// never creates a topic, and never skips lost records silently. It does not hide
// records of aborted transactions unless KafkaOptions.ReadCommitted is set.
package source
