package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// readSyslog strips the headers of RFC 5424 and RFC 3164, with or without an octet count.
func readSyslog(d *Decoder, line []byte, e *Entry) bool {
	if scan.IsDigit(line[0]) { // "83 <40>1 ..."
		n := scan.Digits(line)
		if n > 7 || n+1 >= len(line) || line[n] != ' ' || line[n+1] != '<' {
			return false
		}
		line = line[n+1:]
	}
	n := scan.Digits(line[1:]) + 1
	if n == 1 || n > 4 || n+1 >= len(line) || line[n] != '>' {
		return false
	}
	pri := scan.Number(line[1:n])
	if pri > 191 {
		return false
	}
	line = line[n+1:]
	e.Level = severity.Syslog(pri & 7)
	if scan.IsDigit(line[0]) && len(line) > 2 && line[1] == ' ' {
		d.syslog5424(line[2:], e)
	} else {
		d.syslog3164(line, e)
	}
	return true
}

// syslog5424 reads what follows the version: stamp, host, application, process,
// message id, structured data, message.
func (d *Decoder) syslog5424(line []byte, e *Entry) {
	var field [5][]byte
	for i := range field {
		field[i], line = scan.Token(line)
	}
	if s := d.stamps.Read(field[0]); s.Full {
		e.setTime(s.UnixNano)
	} else if ns, ok := stamp.Epoch(field[0]); ok {
		e.setTime(ns) // Meraki's
	}
	e.setPod(field[1], lexicon.RankPodHost)
	e.setService(field[2], lexicon.RankServiceTag)
	rest := skipStructuredData(line)
	d.namesInData(line[:len(line)-len(rest)], e)
	d.unwrapSyslog(rest, e)
}

// bare5424 reads a line of RFC 5424 without priority and version, as daemons write it to
// files, from the host on. It is recognized by its structured data.
func (d *Decoder) bare5424(host, line []byte, e *Entry) bool {
	app, rest := scan.Token(line)
	process, rest := scan.Token(rest)
	if scan.Digits(process) != len(process) && scan.UnlessDash(process) != nil {
		return false
	}
	id, data := scan.Token(rest)
	if len(id) == 0 || len(data) < 2 || data[0] != '[' && data[0] != '-' || id[0] == '[' || !naming.IsHost(host) {
		return false
	}
	end := len(data) - len(skipStructuredData(data))
	if data[0] == '[' && bytes.IndexByte(data[:end], '@') < 0 || data[0] == '-' && (data[1] != ' ' || scan.UnlessDash(id) != nil) || end == 0 {
		return false
	}
	if i := bytes.Index(data[:end], levelData); i >= 0 {
		word, _, _ := bytes.Cut(data[i+len(levelData):end], quoteMark)
		e.Level = severity.Parse(word)
	}
	e.setPod(host, lexicon.RankPodHost)
	e.setService(app, lexicon.RankServiceTag)
	d.namesInData(data[:end], e)
	d.unwrapSyslog(data[end:], e)
	return true
}

var (
	levelData = []byte(` level="`)
	quoteMark = []byte(`"`)
)

// unwrapSyslog reads the line after a syslog header.
func (d *Decoder) unwrapSyslog(line []byte, e *Entry) {
	line = d.colours(bytes.TrimPrefix(line, ceeMark))
	if level := partLevel(line); level != severity.None {
		e.Level = level
	}
	if e.wrap("syslog") {
		d.inner(d.skipHeader(line), e)
	}
}

// colours returns line with real escape bytes for those that rsyslog writes as #033.
func (d *Decoder) colours(line []byte) []byte {
	if bytes.IndexByte(line, '#') < 0 || !bytes.Contains(line, rsyslogEscape) {
		return line
	}
	start := len(d.scratch)
	for {
		i := bytes.Index(line, rsyslogEscape)
		if i < 0 {
			break
		}
		d.scratch = append(append(d.scratch, line[:i]...), escape, '[')
		line = line[i+len(rsyslogEscape):]
	}
	d.scratch = append(d.scratch, line...)
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

var rsyslogEscape = []byte("#033[")

var ceeMark = []byte("@cee:")

// syslog3164 reads what follows the priority: stamp, host and tag, each of which
// may be missing.
func (d *Decoder) syslog3164(line []byte, e *Entry) {
	if n := scan.Digits(line); n > 0 && n+1 < len(line) && line[n] == ':' && line[n+1] == ' ' {
		line = line[n+2:] // a sequence number
	}
	if line = scan.SkipBlank(line); len(line) > 0 && (line[0] == '*' || line[0] == '.') {
		line = line[1:] // a device whose clock is not set
	}
	stamped := false
	if s := d.stamps.Read(line); s.Len > 0 {
		if s.Full {
			e.setTime(s.UnixNano)
		}
		line, stamped = scan.SkipBlank(bytes.TrimPrefix(line[s.Len:], colonMark)), true
	}
	if tag, rest := syslogTag(line); rest != nil {
		e.setService(tag, lexicon.RankServiceTag)
		d.unwrapSyslog(rest, e)
		return
	}
	host, rest := scan.Token(line)
	host = scan.UnlessDash(host)
	if level, program := facilityAndLevel(rest); level != severity.None {
		e.Level, rest = level, program
	}
	if tag, inner := syslogTag(rest); inner != nil && (host == nil || naming.IsHost(host)) {
		e.setPod(host, lexicon.RankPodHost)
		if scan.Digits(tag) < len(tag) { // a device's sequence number is none
			e.setService(tag, lexicon.RankServiceTag)
		}
		rest = inner
	} else if stamped && len(rest) > 0 && (namesMachine(host) || startsEvent(rest) && naming.IsHost(host)) {
		e.setPod(host, lexicon.RankPodHost) // and no tag
	} else {
		rest = line
	}
	d.unwrapSyslog(rest, e)
}

var comma = []byte(",")

// syslogTag reads "tag[pid]: " or "tag: " and returns the tag and what follows,
// nil where there is none.
func syslogTag(b []byte) (tag, rest []byte) {
	i := 0
	for i < len(b) && i < 64 && (scan.IsWord(b[i]) || b[i] == '-' || b[i] == '.' || b[i] == '/' || b[i] == '@' || i > 0 && (b[i] == '<' || b[i] == '>')) {
		i++
	}
	if i == 0 || i >= len(b) || b[0] == '/' {
		return nil, nil
	}
	tag = b[:i]
	if bytes.HasPrefix(b[i:], pamMark) {
		i += len(pamMark) // "sshd(pam_unix)[17]: "
	}
	if i < len(b) && b[i] == '[' {
		j := bytes.IndexByte(b[i:], ']')
		if j < 0 || j > 32 {
			return nil, nil
		}
		i += j + 1
	}
	if i < len(b) && b[i] == ':' && (i+1 == len(b) || b[i+1] == ' ' || b[i+1] == '{' || b[i+1] == '\t') {
		return tag, scan.SkipBlank(b[i+1:])
	}
	return nil, nil
}

// program returns the program in a syslog tag, which may be followed by a process id.
func program(text []byte) []byte {
	if tag, rest := syslogTag(text); rest != nil {
		return tag
	}
	return text
}

var pamMark = []byte("(pam_unix)")

// readSyslogFile strips what syslog daemons and journalctl write before a line in a file:
// stamp, host, tag. After a stamp with a year, which applications write too, the tag must
// have a process id.
func readSyslogFile(d *Decoder, line []byte, e *Entry) bool {
	s := d.stamps.Read(line)
	if s.Len == 0 || s.Len >= len(line) || line[s.Len] != ' ' {
		return false
	}
	host, rest := scan.Token(scan.SkipBlank(line[s.Len:]))
	if s.Full && line[len("2006-01-02")] == 'T' && d.bare5424(host, rest, e) {
		e.setTime(s.UnixNano)
		return true
	}
	level := severity.None
	if !s.Full {
		if tag := bytes.TrimSuffix(host, colonMark); len(tag) < len(host) && scan.IsLetter(line[0]) && e.Service == nil && naming.IsService(tag) && tag[0] >= 'a' && severity.Parse(tag) == severity.None {
			e.setService(tag, lexicon.RankServiceTag) // and no machine: "su: ..."
			d.unwrapSyslog(rest, e)
			return true
		}
		if level, rest = facilityAndLevel(rest); len(host) > 0 && host[0] == '<' {
			if level, _ = facilityAndLevel(bytes.Trim(host, "<>")); level != severity.None { // <auth.info>, of FreeBSD and NetScaler
				host, rest = scan.Token(scan.SkipBlank(rest))
			}
		}
		host, _, _ = bytes.Cut(host, comma) // UniFi's name, address and version
	}
	tag, inner := syslogTag(rest)
	host = scan.UnlessDash(host)
	if inner == nil && !s.Full && scan.IsLetter(line[0]) && len(rest) > 0 && (namesMachine(host) || level != severity.None && request.IsAddress(host) || startsEvent(rest) && naming.IsHost(host)) {
		if level != severity.None {
			e.Level = level
		}
		e.setPod(host, lexicon.RankPodHost)
		d.unwrapSyslog(rest, e)
		return true
	}
	if inner == nil || host != nil && !naming.IsHost(host) || severity.Parse(tag) != severity.None || (s.Full || !scan.IsLetter(line[0])) && !hasPID(rest[len(tag):]) && !isRsyslogStamp(line[:s.Len], tag) && (!isStructured(inner) || !namesMachine(host)) {
		return false
	}
	if s.Full {
		e.setTime(s.UnixNano)
	}
	if level != severity.None {
		e.Level = level
	}
	e.setPod(host, lexicon.RankPodHost)
	if scan.Digits(tag) < len(tag) { // a device's sequence number is none
		e.setService(tag, lexicon.RankServiceTag)
	}
	d.unwrapSyslog(inner, e)
	return true
}

// facilityAndLevel strips a leading "auth.info ", as written by BusyBox, and "notice "
// before a program and its process id, as written by F5.
func facilityAndLevel(b []byte) (level severity.Level, rest []byte) {
	word, rest := scan.Token(b)
	if level = severity.Parse(word); level != severity.None {
		if tag, _ := syslogTag(rest); tag != nil && hasPID(rest[len(tag):]) && word[0] >= 'a' {
			return level, rest
		}
		return severity.None, b
	}
	facility, name, ok := bytes.Cut(word, []byte("."))
	if !ok || !isFacility(facility) {
		return severity.None, b
	}
	if level = severity.Parse(name); level == severity.None {
		return severity.None, b
	}
	return level, rest
}

// isFacility reports whether word is a facility's name in syslog.conf(5).
func isFacility(word []byte) bool {
	switch string(word) {
	case "kern", "user", "mail", "daemon", "auth", "authpriv", "syslog", "lpr", "news", "uucp", "cron", "ftp":
		return true
	}
	digit, ok := bytes.CutPrefix(word, []byte("local"))
	return ok && len(digit) == 1 && digit[0] >= '0' && digit[0] <= '7'
}

// namesMachine reports whether a word before a line without a tag is the machine's name
// rather than the first word of the line.
func namesMachine(word []byte) bool {
	return len(word) > 1 && naming.IsHost(word) && scan.IsLetter(word[0]) && bytes.IndexByte(word, ':') < 0 &&
		(bytes.ContainsAny(word[:len(word)-1], ".-") || bytes.ContainsAny(word, "0123456789"))
}

// hasPID reports whether b begins with a number in brackets.
func hasPID(b []byte) bool {
	if len(b) < 3 || b[0] != '[' {
		return false
	}
	n := scan.Digits(b[1:])
	return n > 0 && n+1 < len(b) && b[n+1] == ']'
}
