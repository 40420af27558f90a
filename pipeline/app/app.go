// Package app is authspike as a whole: it reads the configuration, wires up what it
// asks for, and runs it. Run tails Kafka, Replay reads files; both use the same
// workers and the same evaluator.
//
// Invariant: a configuration is used completely or not at all. A refused reload
// changes nothing, and an accepted one starts from the checkpoint of the run that it
// replaces, so that no record is counted twice or skipped.
//
// It refuses to decide anything about alerts, offsets or counts: that is up to the
// packages it connects.
package app
