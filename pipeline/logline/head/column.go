package head

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// quoted strips a timestamp in quotes and, after one, a level in quotes, the first
// columns of a table: "2006-01-02 15:04:05","WARN",...
func (h *Line) quoted() bool {
	end := bytes.IndexByte(h.Rest[1:min(len(h.Rest), maxColumn)], '"') + 1
	if end < 2 {
		return false
	}
	inside := h.Rest[1:end]
	if s := h.stamps.Read(inside); s.Len > 0 && s.Len == len(inside) && h.Stamp.Len == 0 {
		h.take(s)
	} else if level := severity.Parse(inside); level != severity.None && h.Stamp.Len > 0 && h.Level == severity.None {
		h.Level = level
	} else {
		return false
	}
	if h.Rest = h.Rest[end+1:]; len(h.Rest) > 0 && (h.Rest[0] == ',' || h.Rest[0] == ';') {
		h.Rest = h.Rest[1:]
	}
	return true
}

// comma strips a level between commas, in the column after a stamp: ",WARNING,api,...".
func (h *Line) comma() bool {
	n := scan.Letters(h.Rest[1:], 14)
	if n < 4 || 1+n >= len(h.Rest) || h.Rest[1+n] != ',' || h.Rest[1] > 'Z' {
		return false
	}
	level := severity.Parse(h.Rest[1 : 1+n])
	if level == severity.None {
		return false
	}
	h.Level, h.Rest = level, h.Rest[2+n:]
	return true
}

// columns strips columns between double colons, one of them a timestamp:
// "Main::INFO::2006-01-02 15:04:05,000::module::17::message".
func (h *Line) columns() bool {
	rest, s, level := h.Rest, h.Stamp, severity.None
	for i := 0; ; i++ {
		word, next, ok := bytes.Cut(rest[:min(len(rest), maxColumn)], doubleColon)
		if !ok || len(word) == 0 {
			break
		}
		if at := h.stamps.Read(word); at.Len == len(word) && s.Len == 0 {
			s = at
		} else if bytes.IndexByte(word, ' ') >= 0 {
			break
		} else if l := severity.Parse(word); l != severity.None && level == severity.None {
			level = l
		} else if i > 2 && s.Len == 0 {
			break
		}
		rest = rest[len(rest[:min(len(rest), maxColumn)])-len(next):]
	}
	if s.Len == 0 || len(rest) == 0 {
		return false
	}
	h.Stamp, h.Level, h.Rest, h.Fields = s, level, rest, 2
	return true
}

var doubleColon = []byte("::")

// program strips a program and its process id between level and message:
// "info vpxd[17] [sub=a] ...", "INFO api[17]: ...".
func (h *Line) program() bool {
	if h.Stamp.Len == 0 || h.App != nil || !scan.IsLetter(h.Rest[0]) {
		return false
	}
	n := scan.Name(h.Rest)
	if n < 2 || n+2 >= len(h.Rest) || h.Rest[n] != '[' {
		return false
	}
	end := n + 1 + scan.Digits(h.Rest[n+1:])
	if end > n+1 && end < len(h.Rest) && h.Rest[end] == ':' { // and a thread
		end += max(0, bytes.IndexByte(h.Rest[end:min(len(h.Rest), end+maxColumn)], ']'))
	}
	if end == n+1 || end+2 >= len(h.Rest) || h.Rest[end] != ']' || h.Rest[end+1] != ':' && string(h.Rest[end+1:end+3]) != " [" {
		return false
	}
	h.App, h.Rest, h.behindProgram = h.Rest[:n], h.Rest[end+1:], true
	return true
}

// processAndThread strips module, process and thread, which Django's verbose layout
// writes between level and message: "views 17 140676383893056 message".
func (h *Line) processAndThread() bool {
	if h.Stamp.Len == 0 {
		return false
	}
	word, rest := scan.Token(h.Rest)
	if len(rest) == 0 || !scan.IsDigit(rest[0]) {
		return false
	}
	process, rest := scan.Token(rest)
	thread, rest := scan.Token(rest)
	if len(rest) == 0 || len(word) != scan.Name(word) || len(thread) < minThread || scan.Digits(process) != len(process) || scan.Digits(thread) != len(thread) {
		return false
	}
	h.Rest = rest
	return true
}

// minThread is the least length of a number that is taken for a thread id.
const minThread = 9
