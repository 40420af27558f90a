// Package pipeline runs the stages between a log and the alerts: one Worker per
// partition, which turns batches of records into deltas, and one Evaluator, which
// owns all state: the detector, the offsets, the frontier of event time and which
// alerts have been sent.
//
// Invariant: counts and offsets move together. A Delta says which offsets it
// covers; the evaluator applies it as a whole or not at all; the checkpoint
// holds both. Worker and Evaluator take the time as an argument and have no
// effects other than their results: Run, around them, has the goroutines, the clock
// and the order of start and stop, and Replay calls them one after the other.
//
// It refuses to know Kafka, Alertmanager or files: callers provide those as
// functions.
package pipeline
