//go:build race

package main

// underRace: the guard plays too much for the race detector, and what it plays
// has no goroutine but those of the runner, which the other tests cover.
const underRace = true
