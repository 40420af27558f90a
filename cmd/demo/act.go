package main

import (
	"context"
	"fmt"
	"time"
)

// act is one phase of the demo.
type act int

// The acts, in order.
const (
	reading  act = iota // authspike reads the history
	calm                // traffic is normal
	incident            // the key is rotated, two pods do not know the new one
	recovery            // the pods are restarted
	staying             // the play is over, traffic goes on
)

const (
	readingBound  = 60 * time.Second
	calmFor       = 4 * time.Second
	incidentFor   = 25 * time.Second
	incidentBound = 60 * time.Second
	recoveryBound = 150 * time.Second
)

// next moves on to the next act when it is time, and reports whether the demo is over.
func (s *stage) next(ctx context.Context, now time.Time) (over bool, err error) {
	if s.turn.IsZero() {
		s.turn = now
	}
	age := now.Sub(s.turn)
	switch s.act {
	case reading:
		if s.ready(ctx) {
			s.story.ready(now, age)
			s.begin(calm, now)
		} else if age > readingBound {
			return false, fmt.Errorf("authspike is not ready after %v", readingBound)
		}
	case calm:
		if age >= calmFor {
			s.traffic.rotated = now
			s.story.rotation(now)
			s.begin(incident, now)
		}
	case incident:
		s.story.onset(s.traffic.firstRefused)
		if age >= incidentFor && s.story.fired() {
			s.traffic.restart = now
			s.story.restart(now, s.traffic)
			s.begin(recovery, now)
		} else if age > incidentBound {
			return false, fmt.Errorf("%w: %s within %v", errPromise, s.story.missing(true), incidentBound)
		}
	case recovery:
		if s.story.resolved() {
			s.story.summary()
			s.begin(staying, now)
			if s.opts.stay {
				s.story.stays(s.url)
			}
		} else if age > recoveryBound {
			return false, fmt.Errorf("%w: %s within %v after the restart", errPromise, s.story.missing(false), recoveryBound)
		}
	}
	return s.act == staying && !s.opts.stay, nil
}

func (s *stage) begin(a act, now time.Time) { s.act, s.turn = a, now }
