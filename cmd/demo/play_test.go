package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// stopper ends the play when the story has come to a text.
type stopper struct {
	bytes.Buffer
	at   string
	stop context.CancelFunc
}

func (s *stopper) Write(p []byte) (int, error) {
	n, err := s.Buffer.Write(p)
	if strings.Contains(s.String(), s.at) {
		s.stop()
	}
	return n, err
}

// TestStop: a play that is stopped at any of its stations ends without an error
// and leaves no file.
func TestStop(t *testing.T) {
	for _, at := range []string{"authspike demo", "the history", "authspike starts", "knows what is normal"} {
		t.Run(at, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("TMPDIR", dir)
			ctx, stop := context.WithCancel(t.Context())
			out := &stopper{at: at, stop: stop}
			var log bytes.Buffer
			if err := play(ctx, options{out: out, log: &log, listen: "127.0.0.1:0", history: 2 * time.Minute}); err != nil {
				t.Errorf("ends with %v\n%s", err, &log)
			}
			if !strings.Contains(out.String(), at) || strings.Contains(out.String(), "KEY ROTATION") {
				t.Errorf("the story is\n%s", out)
			}
			left, err := os.ReadDir(dir)
			if err != nil || len(left) != 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// TestBadAddress: an address that cannot be had is an error.
func TestBadAddress(t *testing.T) {
	var out, log bytes.Buffer
	if err := play(t.Context(), options{out: &out, log: &log, listen: "127.0.0.1:99999", history: time.Second}); err == nil {
		t.Error("no error")
	}
}

// TestStory: only what came at its time counts as promised.
func TestStory(t *testing.T) {
	var out bytes.Buffer
	s := newStory(&out)
	post := func(name string, second int, firing bool) {
		p := posted{Labels: map[string]string{"alertname": name, "service": victim}, at: start.Add(time.Duration(second) * time.Second)}
		p.EndsAt = p.at
		if firing {
			p.EndsAt = p.at.Add(time.Minute)
		}
		s.received(&p)
	}
	post(promised[0], 0, true) // before the onset
	s.rotation(start.Add(time.Second))
	s.onset(start.Add(2 * time.Second))
	post(promised[0], 3, true)
	post(promised[0], 4, false) // before the restart
	if got, want := s.missing(true), "UnauthorizedRateSpike did not fire"; got != want {
		t.Errorf("missing %q, want %q", got, want)
	}
	post(promised[1], 5, true)
	s.restart(start.Add(6*time.Second), &traffic{})
	post(promised[1], 40, false)
	if got, want := s.missing(false), "KidMismatchBurst did not resolve"; !s.fired() || s.resolved() || got != want {
		t.Errorf("missing %q, want %q", got, want)
	}
	post(promised[0], 41, false)
	if !s.resolved() || s.others != 2 {
		t.Errorf("resolved %v and %d others, want true and 2", s.resolved(), s.others)
	}
	s.summary()
	for _, want := range []string{"+2.0 s  ALERT KidMismatchBurst", "1.0 s after the onset", "34.0 s after the restart"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
}

// TestPromise: alerts that do not come, or do not resolve, end the play with an error.
func TestPromise(t *testing.T) {
	for _, c := range []struct {
		act   act
		bound time.Duration
		want  string
	}{{incident, incidentBound, "KidMismatchBurst did not fire"}, {recovery, recoveryBound, "KidMismatchBurst did not resolve"}} {
		var out bytes.Buffer
		s := newStage(nil, options{out: &out})
		s.traffic = newTraffic(start)
		s.begin(c.act, start)
		if over, err := s.next(t.Context(), start.Add(c.bound)); over || err != nil {
			t.Errorf("at the bound: %v, %v", over, err)
		}
		_, err := s.next(t.Context(), start.Add(c.bound+tick))
		if !errors.Is(err, errPromise) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("after the bound: %v, want %q", err, c.want)
		}
	}
}
