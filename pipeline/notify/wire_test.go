package notify

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authspike/authspike/detector"
)

func TestActivity(t *testing.T) {
	now := time.Unix(1000, 500)
	for _, c := range []struct {
		name         string
		alert        detector.Alert
		starts, ends time.Time
	}{
		{"firing", detector.Alert{StartsAt: 900}, time.Unix(900, 0), now.Add(4 * time.Minute)},
		{"firing, event time ahead of our clock", detector.Alert{StartsAt: 1100}, now, now.Add(4 * time.Minute)},
		{"resolved", detector.Alert{StartsAt: 900, EndsAt: 950, State: detector.Resolved}, time.Unix(900, 0), time.Unix(950, 0)},
		{"resolved, end ahead of our clock", detector.Alert{StartsAt: 900, EndsAt: 1100, State: detector.Resolved}, time.Unix(900, 0), now},
		{"resolved, all ahead of our clock", detector.Alert{StartsAt: 1100, EndsAt: 1200, State: detector.Resolved}, now, now},
		{"resolved before it started", detector.Alert{StartsAt: 900, EndsAt: 800, State: detector.Resolved}, time.Unix(900, 0), time.Unix(900, 0)},
		{"resolved without an end", detector.Alert{StartsAt: 900, State: detector.Resolved}, time.Unix(900, 0), time.Unix(900, 0)},
	} {
		starts, ends := activity(&c.alert, now, 4*time.Minute)
		if !starts.Equal(c.starts) || !ends.Equal(c.ends) {
			t.Errorf("%s: %v to %v, want %v to %v", c.name, starts, ends, c.starts, c.ends)
		}
	}
}

// No alert may be sent that an Alertmanager refuses, or takes for the other state.
func TestActivityHoldsForAnyTimes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		now := time.Unix(r.Int64N(1000), r.Int64N(1e9))
		a := detector.Alert{StartsAt: r.Int64N(1000), EndsAt: r.Int64N(1000), State: detector.State(r.IntN(2))}
		starts, ends := activity(&a, now, time.Minute)
		if ends.Before(starts) || starts.After(now) || ends.After(now) != (a.State == detector.Firing) {
			t.Fatalf("%+v at %v: %v to %v", a, now, starts, ends)
		}
	}
}

func TestWireForm(t *testing.T) {
	c := encoder{external: "https://spike.example/authspike/", lasting: 4 * time.Minute, labels: []detector.Label{
		{Name: "cluster", Value: "eu-1"}, {Name: "severity", Value: "page"}, {Name: "empty", Value: ""},
	}}
	a := firing("api/v2", 1_700_000_000)
	a.Labels = append(a.Labels, detector.Label{Name: "team"}) // an empty value is no label
	a.Annotations = []detector.Label{{Name: "summary", Value: "broken \xff \"text\""}}
	body, err := c.body([]*entry{{alert: a}}, time.Unix(1_700_000_100, 0))
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"labels":{"alertname":"KidMismatchBurst","cluster":"eu-1","namespace":"prod","service":"api/v2","severity":"info"},` +
		`"annotations":{"summary":"broken � \"text\""},"startsAt":"2023-11-14T22:13:20Z","endsAt":"2023-11-14T22:19:00Z",` +
		`"generatorURL":"https://spike.example/authspike/series/prod/api%2Fv2?time=1700000000"}]`
	if diff := cmp.Diff(want, string(body)); diff != "" {
		t.Error(diff)
	}
	if empty, err := c.body(nil, time.Now()); err != nil || string(empty) != "[]" {
		t.Errorf("no alerts are %s (%v), want []", empty, err)
	}
}

func TestGeneratorURL(t *testing.T) {
	for _, c := range []struct {
		namespace, service string
		starts             int64
		want               string
	}{
		{"prod", "api", 1_700_000_000, "http://x/series/prod/api?time=1700000000"},
		{"", "api", 5, "http://x/series/-/api?time=5"},
		{"", "", 5, "http://x/"},
		{"a b", "c?d#e", 0, "http://x/series/a%20b/c%3Fd%23e"},
	} {
		a := detector.Alert{StartsAt: c.starts, Labels: []detector.Label{{Name: "namespace", Value: c.namespace}, {Name: "service", Value: c.service}}}
		if got := GeneratorURL("http://x", &a); got != c.want {
			t.Errorf("%q/%q: %s, want %s", c.namespace, c.service, got, c.want)
		}
	}
}

// The ledger against a map and a slice that do the same slowly.
func TestLedgerAgainstNaive(t *testing.T) {
	const capacity = 8
	r := rand.New(rand.NewPCG(3, 4))
	l := newLedger(capacity)
	type naive struct {
		key  string
		want want
	}
	var slow []naive // oldest change first
	find := func(key string) int {
		for i := range slow {
			if slow[i].key == key {
				return i
			}
		}
		return -1
	}
	for range 5_000 {
		switch r.IntN(4) {
		case 0, 1:
			a := firing(string(rune('a'+r.IntN(12))), 0)
			key := keyOf(&a)
			dropped := l.put(key, &a)
			want := 0
			if i := find(key); i >= 0 {
				slow = append(slow[:i], slow[i+1:]...)
			} else if len(slow) == capacity {
				slow, want = slow[1:], 1
			}
			slow = append(slow, naive{key, wantChange})
			if dropped != want {
				t.Fatalf("put dropped %d, want %d", dropped, want)
			}
		case 2:
			l.tick()
			for i := range slow {
				slow[i].want = max(slow[i].want, wantResend)
			}
		case 3:
			if batch := l.next(nil); len(batch) > 0 {
				it := batch[r.IntN(len(batch))]
				l.taken(it)
				slow[find(it.key)].want = wantNothing
			}
		}
		var got, want []string
		for _, it := range l.next(nil) {
			got = append(got, it.key)
		}
		for _, w := range []int{int(wantChange), int(wantResend)} {
			for _, n := range slow {
				if int(n.want) == w {
					want = append(want, n.key)
				}
			}
		}
		if !slices.Equal(want, got) {
			t.Fatalf("next is %q, want %q", got, want)
		}
	}
}

func FuzzWire(f *testing.F) {
	f.Add("api", "tokens are refused", int64(0), int64(5), true)
	f.Add("\xff\x00", "\u2028</script>", int64(-1), int64(1)<<40, false)
	f.Fuzz(func(t *testing.T, service, summary string, starts, ends int64, over bool) {
		// JSON knows years of four digits only, and no clock shows others.
		const last = 250_000_000_000
		a := firing(service, starts%last)
		a.Annotations[0].Value = summary
		if a.EndsAt = ends % last; over {
			a.State = detector.Resolved
		}
		if a.StartsAt < 0 || a.EndsAt < 0 {
			return
		}
		c := encoder{external: "http://x", lasting: time.Minute}
		body, err := c.body([]*entry{{alert: a}}, time.Unix(1_700_000_000, 0))
		if err != nil {
			t.Fatal(err)
		}
		var back []wireAlert
		if err := json.Unmarshal(body, &back); err != nil || len(back) != 1 {
			t.Fatalf("%s: %v", body, err)
		}
	})
}
