package logline

import "bytes"

// readCRI takes off what containerd and CRI-O put before a line:
//
//	stamp stdout|stderr F|P line
//
// Older versions leave the F out. Of a partial line (P) what there is counts.
func readCRI(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 27 || line[4] != '-' {
		return false
	}
	i := bytes.IndexByte(line[:min(len(line), 64)], ' ')
	if i < 20 || len(line) < i+8 || string(line[i:i+4]) != " std" {
		return false
	}
	if stream := string(line[i+4 : i+8]); stream != "out " && stream != "err " {
		return false
	}
	s := d.clock.read(line)
	if s.n != i {
		return false
	}
	rest := line[i+8:]
	if len(rest) >= 2 && (rest[0] == 'F' || rest[0] == 'P') && (rest[1] == ' ' || rest[1] == ':') {
		if j := bytes.IndexByte(rest, ' '); j > 0 {
			rest = rest[j+1:]
		}
	}
	if s.full {
		e.setTime(s.ns)
	}
	if e.wrap("cri") {
		d.inner(rest, e)
	}
	return true
}

// readCompose takes off the container's name that compose and swarm put before a line:
//
//	api-1  | line
//	stack_api.1.q26m9l693een@node1    | line
func readCompose(d *Decoder, line []byte, e *Entry) bool {
	i := 0
	for i < len(line) && i < 128 && (line[i] >= 'a' && line[i] <= 'z' || isDigit(line[i]) || line[i] == '-' || line[i] == '_' || line[i] == '.' || line[i] == '@') {
		i++
	}
	rest := skipBlank(line[i:])
	if i < 2 || len(rest) == len(line)-i || len(rest) == 0 || rest[0] != '|' || len(rest) > 1 && rest[1] != ' ' {
		return false
	}
	name := line[:i]
	if !isLetter(name[0]) && !bytes.ContainsAny(name, "abcdefghijklmnopqrstuvwxyz") || parseLevel(name) != LevelNone || d.clock.read(line).n > 0 {
		return false
	}
	if len(rest) == 1 {
		rest = nil
	} else {
		rest = rest[2:]
	}
	if task, node, ok := bytes.Cut(name, []byte("@")); ok {
		e.setPod(node, rankPodHost)
		name, _, _ = bytes.Cut(task, []byte("."))
	}
	e.setService(name, rankServiceTag)
	if e.wrap("compose") {
		d.inner(rest, e)
	}
	return true
}

// readKubectl takes off what kubectl logs --prefix puts before a line:
//
//	[pod/api-7d4b9c6f5d-x2x9z/api] line
func readKubectl(d *Decoder, line []byte, e *Entry) bool {
	rest, ok := bytes.CutPrefix(line, kubectlMark)
	if !ok {
		return false
	}
	i := bytes.IndexByte(rest, ']')
	if i < 0 {
		return false
	}
	pod, container, ok := bytes.Cut(rest[:i], []byte("/"))
	if !ok {
		return false
	}
	e.setPod(pod, rankPodName)
	e.setService(container, rankServiceContainer)
	if e.wrap("kubectl") {
		d.inner(skipBlank(rest[i+1:]), e)
	}
	return true
}

var kubectlMark = []byte("[pod/")

// readStern takes off what stern puts before a line: pod and container.
func readStern(d *Decoder, line []byte, e *Entry) bool {
	pod, rest := token(line)
	if !isReplicaName(pod) {
		return false
	}
	container, rest := token(rest)
	if len(container) == 0 || len(rest) == 0 || !bytes.HasPrefix(pod, container[:min(3, len(container))]) && !isHostName(container) {
		return false
	}
	e.setPod(pod, rankPodName)
	e.setService(container, rankServiceContainer)
	if e.wrap("stern") {
		d.inner(rest, e)
	}
	return true
}

// isReplicaName reports whether b is the name of a pod of a Kubernetes
// Deployment: a name, the hash of the template and a suffix.
func isReplicaName(b []byte) bool {
	i := bytes.LastIndexByte(b, '-')
	if i < 0 || len(b)-i != 6 {
		return false
	}
	j := bytes.LastIndexByte(b[:i], '-')
	return j > 0 && i-j >= 8 && i-j <= 11 && isSafeHash(b[j+1:i]) && isSafeHash(b[i+1:])
}

// isSafeHash reports whether b has the letters that Kubernetes encodes hashes
// with: no vowels and none that look like another.
func isSafeHash(b []byte) bool {
	for _, ch := range b {
		if !isDigit(ch) && (ch < 'b' || ch > 'z') || bytes.IndexByte([]byte("eioualy"), ch) >= 0 && ch != 'l' && ch != 'y' {
			return false
		}
	}
	return true
}

// readHeroku takes off what Heroku puts before a line of a drain or of its CLI:
//
//	stamp heroku[router]: line
//	stamp app[web.1]: line
func readHeroku(d *Decoder, line []byte, e *Entry) bool {
	s, rest := d.leadingStamp(line)
	if s.n == 0 {
		return false
	}
	app := bytes.HasPrefix(rest, []byte("app["))
	if !app && !bytes.HasPrefix(rest, []byte("heroku[")) {
		return false
	}
	i := bytes.Index(rest[:min(len(rest), 80)], []byte("]:"))
	if i < 0 {
		return false
	}
	if s.full {
		e.setTime(s.ns)
	}
	if app {
		e.setPod(rest[4:i], rankPodName)
	}
	if e.wrap("heroku") {
		d.inner(skipBlank(rest[i+2:]), e)
	}
	return true
}

// readCloudFoundry takes off what Cloud Foundry's loggregator puts before a line:
//
//	stamp [APP/PROC/WEB/0] OUT line
func readCloudFoundry(d *Decoder, line []byte, e *Entry) bool {
	s, rest := d.leadingStamp(line)
	if s.n == 0 || len(rest) == 0 || rest[0] != '[' {
		return false
	}
	i := bytes.IndexByte(rest[:min(len(rest), 80)], ']')
	if i < 0 || bytes.IndexByte(rest[:i], '/') < 0 {
		return false
	}
	stream, inner := token(skipBlank(rest[i+1:]))
	if name := string(stream); name != "OUT" && name != "ERR" {
		return false
	}
	if s.full {
		e.setTime(s.ns)
	}
	if e.wrap("cloudfoundry") {
		d.inner(inner, e)
	}
	return true
}

// leadingStamp reads a stamp of RFC 3339 that line begins with, and returns what
// follows it and a blank.
func (d *Decoder) leadingStamp(line []byte) (stamp, []byte) {
	if len(line) < 24 || line[4] != '-' || line[10] != 'T' {
		return stamp{}, nil
	}
	s := d.clock.read(line)
	if s.n == 0 || s.n >= len(line) || line[s.n] != ' ' {
		return stamp{}, nil
	}
	return s, skipBlank(line[s.n:])
}
