// Demo plays, in about a minute, the incident that authspike is made for: an hour
// of history in an embedded Kafka broker, then a key rotation that some pods do
// not notice, alerts, a rolling restart, and the recovery.
//
// Invariant: authspike runs in it as in `authspike run`, by the same function; only
// broker, traffic and Alertmanager are fake. It ends with an error if an expected alert
// does not fire or does not resolve.
//
// It refuses to reach anything beyond loopback and to leave a file behind.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	o := options{out: os.Stdout, log: os.Stderr, history: time.Hour}
	flag.BoolVar(&o.stay, "stay", false, "stay up after the end, with normal traffic")
	flag.BoolVar(&o.verbose, "verbose", false, "show the log of authspike")
	flag.StringVar(&o.listen, "listen", "127.0.0.1:0", "`host:port` of status page and metrics; port 0 is any free one")
	flag.Parse()
	if err := playUntilSignal(o); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func playUntilSignal(o options) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return play(ctx, o)
}
