package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/authspike/authspike/detector"
)

// refusals are what the services' verifier logs, by reason.
var refusals = [detector.NumSignals]string{
	detector.KidMismatch:      `token refused: kid mismatch, no key in the cached key set has kid \"%s\"`,
	detector.SignatureInvalid: `token refused: signature verification failed`,
	detector.JWKSUnavailable:  `token refused: could not fetch JWKS: connection timed out`,
	detector.TokenExpired:     `token refused: jwt expired`,
	detector.TokenNotYetValid: `token refused: jwt not active`,
	detector.ClaimsInvalid:    `token refused: jwt audience invalid`,
	detector.TokenMalformed:   `token refused: jwt malformed`,
	detector.TokenMissing:     `token refused: no authorization token was found`,
}

var paths = [...]string{"/api/orders", "/api/orders/17", "/api/cart", "/api/users/me", "/api/search"}

// linesCommand prints a scenario as JSON lines in the order of their arrival.
func linesCommand(args []string) error {
	flags := flag.NewFlagSet("lines", flag.ExitOnError)
	name := flags.String("scenario", "rotation", "the scenario")
	seed := flags.Uint64("seed", 1, "its seed")
	most := flags.Float64("rate", 20, "at most so many requests per second and service")
	truthFile := flags.String("truth", "", "write what is known about the scenario to this file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	sc, err := build(*name, *seed)
	if err != nil {
		return err
	}
	sc.slow(*most)
	if err := sc.print(os.Stdout); err != nil {
		return err
	}
	if *truthFile == "" {
		return nil
	}
	return writeTruth(*truthFile, sc.truth())
}

// slow bounds the traffic of each service, in requests per second.
func (sc *scenario) slow(most float64) {
	for _, s := range sc.services {
		s.rate = min(s.rate, most)
	}
}

// print plays the scenario and prints it as JSON lines in the order of their
// arrival.
func (sc *scenario) print(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	p := printer{w: out, r: newSource(sc.seed, sc.name+"/lines")}
	var err error
	sc.play(func(_ int64, arrived []detector.Sample) {
		if err == nil {
			err = p.print(arrived)
		}
	})
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("print lines: %w", err)
	}
	return nil
}

func writeTruth(file string, t truth) error {
	data, err := json.MarshalIndent(t, "", " ")
	if err != nil {
		return fmt.Errorf("encode truth: %w", err)
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}

// printer turns samples into log lines.
type printer struct {
	w     io.Writer
	r     source
	lines []line
	buf   []byte
}

// line is one line to be printed: a request if status is set, a refusal otherwise.
type line struct {
	sample *detector.Sample
	nanos  int64 // of event time
	status int
	reason detector.Signal
}

// print prints what arrived together, each second in the order of its events.
func (p *printer) print(arrived []detector.Sample) error {
	p.lines = p.lines[:0]
	for i := range arrived {
		s := &arrived[i]
		refused := min(s.Counts[detector.Unauthorized], s.Counts[detector.Requests])
		p.add(s, s.Counts[detector.Requests]-refused, 200, detector.NoSignal)
		p.add(s, refused, 401, detector.NoSignal)
		for g := detector.FirstFailure; g <= detector.LastFailure; g++ {
			p.add(s, s.Counts[g], 0, g)
		}
	}
	slices.SortStableFunc(p.lines, func(a, b line) int { return int(a.nanos - b.nanos) })
	for i := range p.lines {
		p.buf = p.render(p.buf[:0], &p.lines[i])
		if _, err := p.w.Write(p.buf); err != nil {
			return err
		}
	}
	return nil
}

func (p *printer) add(s *detector.Sample, n uint32, status int, reason detector.Signal) {
	for range n {
		p.lines = append(p.lines, line{s, s.Second*int64(time.Second) + p.r.Int64N(1000)*int64(time.Millisecond), status, reason})
	}
}

// render appends the line's text to b and returns it.
func (p *printer) render(b []byte, l *line) []byte {
	b = append(b, `{"time":"`...)
	b = time.Unix(0, l.nanos).UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z07:00")
	b = append(b, `","namespace":"`...)
	b = append(b, l.sample.Series.Namespace...)
	b = append(b, `","service":"`...)
	b = append(b, l.sample.Series.Service...)
	if l.sample.Pod != "" {
		b = append(b, `","pod":"`...)
		b = append(b, l.sample.Pod...)
	}
	if l.status != 0 {
		b = append(b, `","level":"info","method":"GET","path":"`...)
		b = append(b, paths[p.r.IntN(len(paths))]...)
		b = append(b, `","status":`...)
		b = strconv.AppendInt(b, int64(l.status), 10)
		b = append(b, `,"msg":"request completed"}`...)
	} else {
		b = append(b, `","level":"warn","logger":"auth","msg":"`...)
		if l.reason == detector.KidMismatch {
			b = fmt.Appendf(b, refusals[l.reason], "2026-01-b")
		} else {
			b = append(b, refusals[l.reason]...)
		}
		b = append(b, `"}`...)
	}
	return append(b, '\n')
}
