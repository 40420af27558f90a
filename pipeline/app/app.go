// Package app is authspike as a whole: it reads the configuration, makes what it
// says, and runs it. Run tails Kafka, Replay reads files; both use the same
// workers and the same evaluator.
//
// Invariant: a configuration is used completely or not at all. A reload that is
// refused changes nothing, and one that is taken starts from the checkpoint of
// the run that it ends, so that no record is counted twice or skipped.
//
// It refuses to decide anything about alerts, offsets or counts: that is in the
// packages that it connects.
package app
