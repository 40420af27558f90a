package logline

import (
	"bytes"
	"time"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// setZone applies a zone to the stamp next to it, as written by PHP:
// {"date":"2006-01-02 15:04:05.000000","timezone_type":3,"timezone":"Europe/Berlin"}.
func (d *Decoder) setZone(zone []byte, e *Entry) {
	l := &d.layer
	if l.have[lexicon.Time] == 0 || (255-lexicon.Rank(l.have[lexicon.Time]))%64 != lexicon.RankDated {
		return
	}
	var s stamp.Time
	if loc := d.region(zone); loc != nil {
		r := stamp.NewReader(loc)
		s = r.Read(l.halves.date)
	} else {
		start := len(d.scratch)
		d.scratch = append(append(append(d.scratch, l.halves.date...), ' '), zone...)
		s = d.stamps.Read(d.scratch[start:])
	}
	if s.Full {
		e.setTime(s.UnixNano)
	}
}

// maxRegions bounds the number of region names that are cached.
const maxRegions = 64

// region returns the zone named after a region, nil if it is unknown.
func (d *Decoder) region(name []byte) *time.Location {
	if d.regionOf == nil || bytes.IndexByte(name, '/') <= 0 || len(name) > maxZone {
		return nil
	}
	loc, ok := d.regions[string(name)]
	if !ok {
		if len(d.regions) == maxRegions || d.regions == nil {
			d.regions = map[string]*time.Location{}
		}
		loc, _ = d.regionOf(string(name)) // nil with an error
		d.regions[string(name)] = loc
	}
	return loc
}

// maxZone is the maximum length of a zone's name.
const maxZone = 40
