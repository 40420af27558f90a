package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childFlags is the variable of the environment that makes the test binary run
// the application instead of the tests.
const childFlags = "AUTHSPIKE_TEST_CHILD"

func TestMain(m *testing.M) {
	if text := os.Getenv(childFlags); text != "" {
		os.Exit(child(text))
	}
	os.Exit(m.Run())
}

// child runs the application and prints its address on stdout.
func child(text string) int {
	var file childFile
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	err := Run(ctx, Options{
		ConfigFile: file.Config, Flags: file.Flags, Stderr: os.Stderr,
		Listening: func(a net.Addr) { fmt.Println(a) },
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

type childFile struct {
	Config string
	Flags  Flags
}

// spawn starts a child and returns it with what its port tells.
func spawn(t *testing.T, file childFile) (*exec.Cmd, *running) {
	t.Helper()
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	log := &safeBuffer{}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childFlags+"="+string(text))
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
		if t.Failed() {
			t.Log(log)
		}
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("child said no address: %v\n%s", err, log)
	}
	return cmd, &running{t: t, url: "http://" + strings.TrimSpace(address), log: log}
}

// TestKill kills a child process at random moments while a log with an incident
// grows. In the end each record is counted once, and the alert fired once and was
// resolved once.
func TestKill(t *testing.T) {
	const topic, partitions = "logs", 3
	c := broker(t, topic, partitions)
	p := newProducer(t, c, topic)
	am := newAlertmanager(t)
	file := childFile{Config: write(t, "authspike.yaml", "checkpoint: {every: 1s}\nalerting: {resend: 1s}\n"), Flags: flags(t, c, topic, am)}
	file.Flags.LogLevel = "warn"

	now := time.Now().Unix()
	r := rand.New(rand.NewPCG(uint64(now), 0))
	t.Logf("seed %d", now)
	var lines []string
	for _, act := range []struct {
		lines []string
		lives int
		sent  bool // the last life sees the alert sent
	}{
		{traffic(now-3600, now-60, 20, 500), 3, false},
		{traffic(now-60, now, 20, 5), 2, true},
		{traffic(now, now+150, 20, 500), 3, false},
	} {
		lines = append(lines, act.lines...)
		for life := range act.lives {
			cmd, _ := spawn(t, file)
			written := make(chan struct{})
			go func() {
				defer close(written)
				for part := range slices.Chunk(act.lines[life*len(act.lines)/act.lives:(life+1)*len(act.lines)/act.lives], 500) {
					p.write(partitions, part)
				}
			}()
			if act.sent && life == act.lives-1 {
				eventually(t, "the alert", func() bool { return len(am.states("UnauthorizedRateSpike")) > 0 })
			} else {
				moment := time.NewTimer(time.Duration(r.IntN(700)) * time.Millisecond)
				<-moment.C
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // its error says that it was killed
			<-written
		}
	}
	cmd, last := spawn(t, file)
	requests, refused := uint64(len(lines)), uint64(0)
	for _, line := range lines {
		if strings.Contains(line, `"status":401`) {
			refused++
		}
	}
	eventually(t, "all records", func() bool { return last.totals("api")["requests"] >= requests })
	if got := last.totals("api"); got["requests"] != requests || got["unauthorized"] != refused {
		t.Errorf("counted %v, want %d requests and %d unauthorized", got, requests, refused)
	}
	eventually(t, "the resolve", func() bool { return slices.Contains(am.states("UnauthorizedRateSpike"), false) })
	if states := am.states("UnauthorizedRateSpike"); !slices.Equal(states, []bool{true, false}) {
		t.Errorf("states %v, want one firing and one resolve", states)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("graceful stop: %v", err)
	}
}
