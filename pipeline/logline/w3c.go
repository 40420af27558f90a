package logline

import "bytes"

// readW3C reads the W3C logs of IIS and CloudFront: date and time, then columns
// whose order the line itself does not tell. The method and the path beside it
// are found by their form, the status by what stands around it.
func readW3C(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 40 || line[4] != '-' || line[10] != ' ' && line[10] != '\t' || bytes.IndexByte(line, '"') >= 0 {
		return false
	}
	s := d.clock.read(line)
	if s.n != 19 || line[19] != ' ' && line[19] != '\t' {
		return false
	}
	var method, target, site, machine []byte
	rest := skipBlank(line[s.n:])
	for i := range 7 {
		var word []byte
		if word, rest = token(rest); len(word) == 0 || len(word) != wordEnd(word) || word[len(word)-1] == ':' || parseLevel(word) != LevelNone {
			return false
		}
		if i == 0 {
			site = word
		} else if i == 1 {
			machine = word
		}
		if i > 0 && isKnownMethod(word) {
			method = word
			break
		}
	}
	if method == nil || len(rest) == 0 {
		return false
	}
	status := 0
	if rest[0] == '/' {
		target, rest = token(rest)
		status = w3cStatus(rest)
	} else { // CloudFront has the host between
		_, rest = token(rest)
		target, rest = token(rest)
		word, _ := token(rest)
		status = wholeStatus(word)
	}
	if len(target) == 0 || target[0] != '/' || status == 0 {
		return false
	}
	e.setTime(s.ns)
	e.setTarget(method, target)
	if bytes.HasPrefix(site, []byte("W3SVC")) && !isAddress(machine) && !isKnownMethod(machine) {
		e.setPod(machine, rankPodHost)
	}
	e.Status, e.Format = status, "w3c"
	return true
}

// w3cStatus finds the status among the columns behind the path. It is followed by
// substatus and Windows status where these are logged; else it is the last
// column of its form that is no port.
func w3cStatus(b []byte) int {
	status, candidate, run := 0, 0, 0
	for len(b) > 0 {
		var word []byte
		word, b = token(b)
		n := digitRun(word)
		switch {
		case n != len(word):
			run, candidate = 0, 0
		case run > 0:
			if run++; run == 3 {
				return candidate
			}
		case wholeStatus(word) != 0:
			candidate, run = wholeStatus(word), 1
			if candidate != 443 {
				status = candidate
			}
		}
	}
	return status
}
