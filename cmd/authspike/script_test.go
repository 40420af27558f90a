package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"authspike": func() { os.Exit(execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"traffic": traffic, "pack": pack},
	})
}

// traffic FILE SECONDS NTH [SECONDS NTH]... writes the log of a service with 20
// requests a second, from noon on; of each stretch every NTH is refused.
func traffic(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 || len(args)%2 == 0 {
		ts.Fatalf("usage: traffic FILE SECONDS NTH [SECONDS NTH]...")
	}
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		ts.Check(err)
		return n
	}
	var log strings.Builder
	at := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for stretch := args[1:]; len(stretch) > 0; stretch = stretch[2:] {
		nth := number(stretch[1])
		for i := range number(stretch[0]) * 20 {
			status := 200
			if i%nth == nth-1 {
				status = 401
			}
			fmt.Fprintf(&log, `{"time":%q,"namespace":"prod","service":"api","pod":"api-%d","path":"/orders","status":%d}`+"\n", at.Format(time.RFC3339Nano), i%3, status)
			at = at.Add(50 * time.Millisecond)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(log.String()), 0o600))
}

// pack FILE writes FILE.gz, compressed.
func pack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: pack FILE")
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".gz"), packed.Bytes(), 0o600))
}
