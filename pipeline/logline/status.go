package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// statusOf returns the HTTP status that text begins with, 0 if there is none: 401, 401.0,
// "401", "401 Unauthorized", "HTTP/1.1 401 Unauthorized".
func statusOf(text []byte) int {
	if len(text) < 3 || text[0] < '1' || text[0] > '5' || !scan.IsDigit(text[1]) || !scan.IsDigit(text[2]) {
		if len(text) > len(wrapped)+2 && string(text[:len(wrapped)]) == wrapped {
			return statusOf(text[len(wrapped):])
		}
		if version, rest, ok := bytes.Cut(text, space); ok && bytes.HasPrefix(version, answerStart) {
			return statusOf(rest)
		}
		return 0
	}
	if len(text) > 3 {
		if c := text[3]; c != ' ' && c != '.' || c == '.' && string(text[3:]) != ".0" {
			return 0
		}
	}
	return int(text[0]-'0')*100 + int(text[1]-'0')*10 + int(text[2]-'0')
}

// answerStart begins the first line of a response, if that is what was logged.
var answerStart = []byte("HTTP/")

var space = []byte(" ")

// wrapped precedes a number printed by protobuf, as in Gloo's access log.
const wrapped = "value:"
