package stamp

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

// TestReadAgain reads each text twice, of memory that held another one before.
func TestReadAgain(t *testing.T) {
	r, text := NewReader(nil), make([]byte, 32)
	for _, in := range []string{"2021-03-04T05:06:07Z", "2021-03-04T05:06:08Z", "2021-03-04T05:06:08 x", "nothing to be read", "04/Mar/2021:05:06:07 -0700]"} {
		clear(text)
		copy(text, in)
		r.Forget()
		fresh := NewReader(nil)
		want := fresh.Read(text)
		for range 2 {
			if got := r.Read(text); got != want {
				t.Errorf("%q: got %v, want %v", in, got, want)
			}
		}
		if got, want := r.Read(text[:19]), fresh.Read([]byte(in)[:min(len(in), 19)]); len(in) >= 19 && got != want {
			t.Errorf("%q, cut off: got %v, want %v", in, got, want)
		}
	}
}

// TestSame compares the quick way of reading stamps in quotes to Read.
func TestSame(t *testing.T) {
	r, taken := NewReader(nil), 0
	r.Read([]byte("2021-03-04T05:06:00Z"))
	for _, second := range []string{"00", "59", "60", "6x", "x6"} {
		for _, end := range []string{"Z", ".Z", ".1Z", ".12Z", ".123Z", ".12xZ", ".x23Z", ".1234Z", ".123456789Z", ".1234567891Z", ".123", ".123+01:00", "z"} {
			in := "2021-03-04T05:06:" + second + end
			ns, n := r.Same([]byte(in + `","level":"info"`))
			if n == 0 {
				continue
			}
			taken++
			if s := r.Read([]byte(in)); n != len(in)+1 || s.Len != len(in) || !s.Full || s.UnixNano != ns {
				t.Errorf("%q: got %d of %d bytes, want %v", in, ns, n, s)
			}
		}
	}
	if taken < 12 {
		t.Errorf("only %d were taken", taken)
	}
}

func TestRead(t *testing.T) {
	tests := []struct{ in, want, rest string }{
		{"2021-03-04T05:06:07Z", "2021-03-04T05:06:07Z", ""},
		{"2021-03-04T05:06:07.123456789Z x", "2021-03-04T05:06:07.123456789Z", " x"},
		{"2021-03-04t05:06:07.5z", "2021-03-04T05:06:07.5Z", ""},
		{"2021:03:04-05:06:07: a", "2021-03-04T05:06:07Z", ": a"},
		{"Mar-04-21 05:06:07 [a]", "2021-03-04T05:06:07Z", " [a]"},
		{"mar 4, 2021 5:06:07 PM a.B warn", "2021-03-04T17:06:07Z", " a.B warn"},
		{"210304/050607.123, [a]", "2021-03-04T05:06:07.123Z", ", [a]"},
		{"2021-03-04 05:06:07,123 - app", "2021-03-04T05:06:07.123Z", " - app"},
		{"2021-03-04 05:06:07.123 +0200 CEST m=+0.1", "2021-03-04T03:06:07.123Z", " m=+0.1"},
		{"2021-03-04 05:06:07 +0000 UTC", "2021-03-04T05:06:07Z", ""},
		{"2021-03-04 05:06:07-05 x", "2021-03-04T10:06:07Z", " x"},
		{"2021-03-04 05:06:07 CET] x", "2021-03-04T04:06:07Z", "] x"},
		{"2021-03-04T05:06:07.123+01:00[Europe/Paris] x", "2021-03-04T04:06:07.123Z", " x"},
		{"2021-03-04T05:06:07Z[INFO]", "2021-03-04T05:06:07Z", "[INFO]"},
		{"2021-03-04 05:06:07 INFO x", "2021-03-04T05:06:07Z", " INFO x"},
		{"2021-03-04 05:06:07:123 x", "2021-03-04T05:06:07.123Z", " x"},
		{"2021-03-04 05:06 x", "2021-03-04T05:06:00Z", " x"},
		{"2021-03-04][05:06:07][x", "2021-03-04T05:06:07Z", "][x"},
		{"2021-03-04\t05:06:07\tx", "2021-03-04T05:06:07Z", "\tx"},
		{"2021-03-04-05:06:07", "2021-03-04T05:06:07Z", ""},
		{"2021-03-04 05:06:07.123 PM INFO", "2021-03-04T17:06:07.123Z", " INFO"},
		{"2021-03-04 12:06:07 AM", "2021-03-04T00:06:07Z", ""},
		{"2021-03-04 05:06:07 am I", "2021-03-04T05:06:07Z", " I"},
		{"Thu 2021-03-04 05:06:07 UTC host", "2021-03-04T05:06:07Z", " host"},
		{"3/4/21 5:06:07:123 UTC] x", "2021-03-04T05:06:07.123Z", "] x"},
		{"2021/03/04 05:06:07 main.go:1", "2021-03-04T05:06:07Z", " main.go:1"},
		{"2021/03/04 05:06:07.123456 main.go:1", "2021-03-04T05:06:07.123456Z", " main.go:1"},
		{"2021/03/04 - 05:06:07 |", "2021-03-04T05:06:07Z", " |"},
		{"2021.03.04 05:06:07", "2021-03-04T05:06:07Z", ""},
		{"04/Mar/2021:05:06:07 -0700]", "2021-03-04T12:06:07Z", "]"},
		{"04/Mar/2021:05:06:07.250 +0000", "2021-03-04T05:06:07.25Z", ""},
		{"04/Mar/2021 05:06:07]", "2021-03-04T05:06:07Z", "]"},
		{"4/Mar/2021:05:06:07 +0100", "2021-03-04T04:06:07Z", ""},
		{"04-Mar-2021 05:06:07.123 SEVERE", "2021-03-04T05:06:07.123Z", " SEVERE"},
		{"04 Mar 2021 05:06:07,5", "2021-03-04T05:06:07.5Z", ""},
		{"04 Mar 2021, 05:06:07", "2021-03-04T05:06:07Z", ""},
		{"2021-Mar-04 05:06:07", "2021-03-04T05:06:07Z", ""},
		{"Mar 4, 2021 5:06:07 PM org.x", "2021-03-04T17:06:07Z", " org.x"},
		{"Mar 4, 2021 @ 05:06:07.123", "2021-03-04T05:06:07.123Z", ""},
		{"March 4, 2021 12:06:07 AM", "2021-03-04T00:06:07Z", ""},
		{"Mar  4 2021 05:06:07 host", "2021-03-04T05:06:07Z", " host"},
		{"Mar  4 05:06:07 host", "", " host"},
		{"Mar  4 05:06:07.123 UTC: %SYS", "", ": %SYS"},
		{"Mar  4 05:06:07 EST host", "", " EST host"},
		{"Mar 04 05:06:07 2021 [x]", "2021-03-04T05:06:07Z", " [x]"},
		{"Thu Mar  4 05:06:07 2021", "2021-03-04T05:06:07Z", ""},
		{"Thu Mar 04 05:06:07.123456 2021]", "2021-03-04T05:06:07.123456Z", "]"},
		{"Thu Mar  4 05:06:07 CET 2021", "2021-03-04T04:06:07Z", ""},
		{"Thu Mar 04 05:06:07 -0700 2021", "2021-03-04T12:06:07Z", ""},
		{"Thu, 04 Mar 2021 05:06:07 GMT", "2021-03-04T05:06:07Z", ""},
		{"Thu, 4 Mar 2021 05:06:07 +0530", "2021-03-03T23:36:07Z", ""},
		{"Thursday, 04-Mar-21 05:06:07 UTC", "2021-03-04T05:06:07Z", ""},
		{"Thu Mar 04 2021 05:06:07 GMT+0100 (Central European Standard Time) x", "2021-03-04T04:06:07Z", " x"},
		{"03/04/2021, 5:06:07 PM     LOG", "2021-03-04T17:06:07Z", "     LOG"},
		{"3/4/2021 05:06:07", "2021-03-04T05:06:07Z", ""},
		{"04/03/2021 05:06:07 :: a", "2021-03-04T05:06:07Z", " :: a"},
		{"04/03/2021 05:06:07 : a", "2021-04-03T05:06:07Z", " : a"},
		{"24/03/2021 05:06:07", "2021-03-24T05:06:07Z", ""},
		{"04.03.2021 05:06:07", "2021-03-04T05:06:07Z", ""},
		{"04-03-2021 05:06:07", "2021-03-04T05:06:07Z", ""},
		{"21/03/04 05:06:07 INFO", "2021-03-04T05:06:07Z", " INFO"},
		{"03/04 05:06:07.123 x", "", " x"},
		{"20210304T050607.123Z", "2021-03-04T05:06:07.123Z", ""},
		{"20210304 05:06:07", "2021-03-04T05:06:07Z", ""},
		{"20210304-050607", "2021-03-04T05:06:07Z", ""},
		{"20210304050607", "2021-03-04T05:06:07Z", ""},
		{"210304 050607 148 INFO", "2021-03-04T05:06:07Z", " 148 INFO"},
		{"2021-03-04-05.06.07.123456+060 I27204F655", "2021-03-04T04:06:07.123456Z", " I27204F655"},
		{"2021-03-04-05.06.07.123456-300 E9", "2021-03-04T10:06:07.123456Z", " E9"},
		{"2021-03-04-05.06.07.123456 RAS", "2021-03-04T05:06:07.123456Z", " RAS"},
		{"2021-03-04 05.06.07 INFO", "2021-03-04T05:06:07Z", " INFO"},
		{"@4000000060406ac907bfa480 x", "2021-03-04T05:06:07.13Z", " x"},
		{"05:06:07.123 [main]", "", " [main]"},
		{"5:06PM INF x", "", " INF x"},
		{"2021-03-04T05:06:60Z", "2021-03-04T05:07:00Z", ""},
		{"2020-02-29 00:00:00", "2020-02-29T00:00:00Z", ""},
		{"0001-01-01T00:00:00Z", "", ""},
		{"9999-12-31T23:59:59Z", "", ""},
	}
	var r Reader
	for _, tt := range tests {
		for range 2 { // the second time from memory
			s := r.Read([]byte(tt.in))
			if s.Len == 0 {
				t.Errorf("Read(%q): no stamp", tt.in)
				continue
			}
			got := ""
			if s.Full {
				got = time.Unix(0, s.UnixNano).UTC().Format(time.RFC3339Nano)
			}
			if got != tt.want || tt.in[s.Len:] != tt.rest {
				t.Errorf("Read(%q) = %q, rest %q; want %q, rest %q", tt.in, got, tt.in[s.Len:], tt.want, tt.rest)
			}
		}
	}
}

func TestReadNone(t *testing.T) {
	var r Reader
	for _, in := range []string{"", "1", "2021", "GET / HTTP/1.1 200 OK", "2021-13-04T05:06:07Z", "2021-02-29T05:06:07Z", "2021-03-04T25:06:07Z",
		"2021-03-04", "10.0.0.1:8080 x", "127.0.0.1 - - [x]", "1234567 foo bar", "Marvin 4 05:06:07", "Monday is fine", "May I ask 4",
		"10:20 x", "1:2:3:4:5:6:7:8", "04/Mar/2021:05:66:07 +0000", "12345678 is no day", "2021-03-04 10.20.30.40 GET", "210304 256007 x", "@4000000060406ac907bfa48024 x", "@400000006", "may 4 05:06:07", "MAY 1", "Mar-04-21", "mar 4 times", "2021-03-04T05:06:07Zulu", "2021-03-04T05:06:07.5abc"} {
		if s := r.Read([]byte(in)); s.Len != 0 {
			t.Errorf("Read(%q) read %q", in, in[:s.Len])
		}
	}
}

// TestReadAgainstStandardLibrary writes random times in the layouts that the
// Reader remembers and in others, in and out of order, and reads them with one
// Reader, with a new one and with package time.
func TestReadAgainstStandardLibrary(t *testing.T) {
	layouts := []string{time.RFC3339Nano, "2006-01-02T15:04:05.000Z07:00", "2006-01-02 15:04:05.000000-0700", "2006-01-02 15:04:05,000", "2006-01-02T15:04:05",
		"02/Jan/2006:15:04:05 -0700", "02/Jan/2006 15:04:05", "2006/01/02 15:04:05", time.RFC1123, time.RFC1123Z, time.ANSIC, time.RubyDate, time.RFC850,
		"02-Jan-2006 15:04:05.000", "20060102T150405Z0700", "Jan 2, 2006 3:04:05 PM", "2006-01-02_15:04:05.000"}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, loc := range []*time.Location{time.UTC, berlin} {
		kept := Reader{loc: loc}
		now := time.Date(2021, 3, 4, 5, 6, 7, 0, loc)
		for i := range 40_000 {
			layout := layouts[rnd.IntN(len(layouts))]
			if i%3 > 0 {
				layout = layouts[i%2*5]
			}
			switch rnd.IntN(10) {
			case 0:
				now = time.Unix(rnd.Int64N(4e9), rnd.Int64N(1e9)).In(loc)
			case 1:
				now = now.In(time.FixedZone("", (rnd.IntN(25)-12)*3600))
			case 2:
				now = now.In(loc)
			default:
				now = now.Add(time.Duration(rnd.Int64N(2e9)))
			}
			text := now.Format(layout)
			if layout == time.RFC850 || layout == time.RFC1123 {
				text = now.UTC().Format(layout)
			}
			want, err := time.ParseInLocation(layout, text, loc)
			if err != nil {
				t.Fatal(err)
			}
			fresh := Reader{loc: loc}
			line := []byte(text + "] x") // memory of whole stamps wants to see their end
			a, b := kept.Read(line), fresh.Read(line)
			if a != b {
				t.Fatalf("Read(%q) = %v with memory, %v without", text, a, b)
			}
			if layout == time.RFC850 && (now.UTC().Year() < 2000 || now.UTC().Year() > 2068) {
				continue // years of two digits mean another century there
			}
			if a.Len != len(text) || want.Unix() > 0 && a.UnixNano != want.UnixNano() {
				t.Fatalf("Read(%q) = %v (%v), want %v (%d)", text, a, time.Unix(0, a.UnixNano).UTC(), want, want.UnixNano())
			}
		}
	}
}

func TestEpoch(t *testing.T) {
	tests := []struct {
		in   string
		want int64
	}{
		{"1600000000", 1600000000e9}, {"1600000000.5", 16000000005e8}, {"1600000000.123456789", 1600000000123456789}, {"1600000000123", 1600000000123e6},
		{"1600000000123.25", 160000000012325e4}, {"1600000000123456", 1600000000123456e3}, {"1600000000123456789", 1600000000123456789},
		{"1.6E9", 16e17}, {"1.600000001e+09", 1600000001e9}, {"1.600000000123e12", 1600000000123e6}, {"1600000000.12345678912345", 1600000000123456789},
		{"01600000000", 1600000000e9},
		{"", 0}, {"-", 0}, {"1", 0}, {"401", 0}, {"99999999", 0}, {"1600000000x", 0}, {"1600000000.", 0}, {"0.123456789012", 0}, {"-1600000000", 0},
		{"99999999999", 0}, {"99999999999999999999", 0}, {"16e99", 0}, {"9223372036854775807", 0}, {"1e", 0},
	}
	for _, tt := range tests {
		got, ok := Epoch([]byte(tt.in))
		if !ok {
			got = 0
		}
		if got != tt.want {
			t.Errorf("Epoch(%q) = %d, want %d", tt.in, got, tt.want)
		}
	}
	for _, s := range []int64{100000000, 946684800, 1234567890, 4102444800} {
		for unit, zeros := range map[int64]string{1e9: "", 1e6: "000", 1e3: "000000", 1: "000000000"} {
			if got, ok := Epoch([]byte(strconv.FormatInt(s, 10) + zeros)); !ok || got != s*1e9 {
				t.Errorf("Epoch of %d in units of %d ns = %d, %v", s, unit, got, ok)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"2021-03-04T05:06:07.123Z", "04/Mar/2021:05:06:07 -0700]", "Thu Mar  4 05:06:07 CET 2021", "Mar 4, 2021 5:06:07 PM", "20210304T050607Z",
		"1600000000.5", "1.6E9", "2021-03-04T05:06:07+01:00[Europe/Paris]", "3:04PM", "2021-03-04 05:06:07 +0000 UTC m=+1"} {
		f.Add([]byte(s), []byte("2021-03-04T05:06:08Z"))
	}
	f.Fuzz(func(t *testing.T, b, before []byte) {
		var fresh, kept Reader
		kept.Read(before)
		kept.Read(b)
		s := fresh.Read(b)
		if again := kept.Read(b); s != again {
			t.Fatalf("Read(%q) = %v, after others %v", b, s, again)
		}
		if s.Len < 0 || s.Len > len(b) {
			t.Fatalf("Read(%q) read %d bytes", b, s.Len)
		}
		Epoch(b)
	})
}

func BenchmarkRead(b *testing.B) {
	for _, in := range []string{"2021-03-04T05:06:07.123Z", "2021-03-04T05:06:07.123456789Z", "04/Mar/2021:05:06:07 -0700", "Thu Mar  4 05:06:07 2021", "Mar  4 05:06:07 host"} {
		text := []byte(in)
		b.Run(in, func(b *testing.B) {
			b.ReportAllocs()
			var r Reader
			for b.Loop() {
				if r.Read(text).Len == 0 {
					b.Fatal("no stamp")
				}
			}
		})
	}
	b.Run("time.Parse", func(b *testing.B) {
		for b.Loop() {
			if _, err := time.Parse(time.RFC3339Nano, "2021-03-04T05:06:07.123Z"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
