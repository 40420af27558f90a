package source

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
)

// benchBroker is the variable that makes the test binary an endless broker, whose
// one record batch is compressed by the codec in it.
const benchBroker = "AUTHSPIKE_BENCH_BROKER"

func TestMain(m *testing.M) {
	if codec := os.Getenv(benchBroker); codec != "" {
		if err := serveEndless(codec); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if left := leftGoroutines(); code == 0 && len(left) > 0 {
		fmt.Fprintf(os.Stderr, "%d goroutines of this package did not end, the first:\n%s\n", len(left), left[0])
		code = 1
	}
	os.Exit(code)
}

// leftGoroutines gives the stacks of goroutines that run this package's code.
func leftGoroutines() (left []string) {
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for _, s := range strings.Split(string(stacks), "\n\n")[1:] {
		if strings.Contains(s, "pipeline/source.(*") {
			left = append(left, s)
		}
	}
	return left
}
