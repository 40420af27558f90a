package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// readCompose strips the container's name that compose and swarm write before a line:
//
//	api-1  | line
//	stack_api.1.q26m9l693een@node1    | line
//	0|api  | line
func readCompose(d *Decoder, line []byte, e *Entry) bool {
	bracket := 0
	if line[0] == '[' { // podman and others
		end := bytes.IndexByte(line[:min(len(line), 128)], ']')
		if end < 0 {
			return false
		}
		bracket, line = 1, line[1:]
	}
	if n := scan.Digits(line); bracket == 0 && n > 0 && n < 4 && n+1 < len(line) && line[n] == '|' && scan.IsLetter(line[n+1]) {
		line = line[n+1:] // pm2's number
	}
	i := 0
	for i < len(line) && i < 128 && (scan.IsLetter(line[i]) || scan.IsDigit(line[i]) || line[i] == '-' || line[i] == '_' || line[i] == '.' || line[i] == '@') {
		i++
	}
	if bracket > 0 && (i == len(line) || line[i] != ']') {
		return false
	}
	rest := scan.SkipBlank(line[i+bracket:])
	if i < 2 || len(rest) == len(line)-i-bracket || len(rest) == 0 || rest[0] != '|' || len(rest) > 1 && rest[1] != ' ' {
		return false
	}
	name := line[:i]
	padded := len(line)-i-bracket-len(rest) >= 4
	if !padded && !bytes.ContainsAny(name, "abcdefghijklmnopqrstuvwxyz") || request.IsKnownMethod(name) || severity.Parse(name) != severity.None || d.stamps.Read(line).Len > 0 {
		return false
	}
	if len(rest) == 1 {
		rest = nil
	} else {
		rest = rest[2:]
	}
	if task, node, ok := bytes.Cut(name, []byte("@")); ok {
		e.setPod(node, lexicon.RankPodHost)
		name, _, _ = bytes.Cut(task, []byte("."))
	}
	e.setService(name, lexicon.RankServiceTag)
	if e.wrap("compose") {
		d.inner(rest, e)
	}
	return true
}
