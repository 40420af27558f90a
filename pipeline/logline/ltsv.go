package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/pair"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// readLTSV reads labelled tab-separated values:
//
//	time:04/Mar/2021:05:06:07 +0000<tab>method:GET<tab>uri:/<tab>status:401
func readLTSV(d *Decoder, line []byte, e *Entry) bool {
	tab := bytes.IndexByte(line[:min(len(line), 256)], '\t')
	if tab < 0 || labelEnd(line[:tab]) == 0 || labelEnd(line[tab+1:]) == 0 {
		return false
	}
	d.begin(e)
	for rest := line; len(rest) > 0; {
		var member []byte
		member, rest, _ = bytes.Cut(rest, tabMark)
		n := labelEnd(member)
		if n == 0 {
			continue
		}
		value := member[n+1:]
		if len(value) > 2 && value[0] == '[' && value[len(value)-1] == ']' {
			value = value[1 : len(value)-1] // Apache's stamp
		}
		d.pair(pair.Pair{Key: member[:n], Value: scan.UnlessDash(value)}, e)
	}
	d.end(e, "ltsv")
	return true
}

var tabMark = []byte("\t")

// labelEnd returns the length of the label that b begins with, 0 where there is
// no colon behind one.
func labelEnd(b []byte) int {
	n := 0
	for n < len(b) && n < pair.MaxName && (scan.IsWord(b[n]) || b[n] == '-' || b[n] == '.') {
		n++
	}
	if n == len(b) || b[n] != ':' || n == 0 || scan.IsDigit(b[0]) {
		return 0
	}
	return n
}
