package stamp

import "github.com/authspike/authspike/pipeline/logline/scan"

// zone reads the zone at the beginning of b: Z, an offset, or a zone word, each after at
// most one space, and followed by an optional region name in brackets. It returns seconds
// east of Greenwich and the bytes read, 0 if there is no zone.
func zone(b []byte) (offset int64, n int) {
	i := 0
	if len(b) > 0 && b[0] == ' ' {
		i = 1
	}
	if i >= len(b) {
		return 0, 0
	}
	switch ch := b[i]; {
	case ch == 'Z' || ch == 'z':
		if i+1 < len(b) && scan.IsWord(b[i+1]) {
			return 0, 0
		}
		n = i + 1
	case ch == '+' || ch == '-':
		var m int
		if offset, m = zoneOffset(b[i:], i == 0); m == 0 {
			return 0, 0
		}
		n = i + m
		if word, k := zoneWord(b[n:], ' '); k > 0 && word == offset {
			n += k // 2006-01-02 15:04:05 +0000 UTC
		}
	case ch >= 'A' && ch <= 'Z':
		var m int
		if offset, m = zoneWord(b[i:], 0); m == 0 {
			return 0, 0
		}
		n = i + m
		if more, k := zoneOffset(b[n:], true); k > 0 {
			offset, n = offset+more, n+k // GMT+0100
		}
	default:
		return 0, 0
	}
	return offset, n + zoneRegion(b[n:])
}

// zoneOffset reads +07:00, +0700 and, if short, +07.
func zoneOffset(b []byte, short bool) (offset int64, n int) {
	if len(b) < 3 || b[0] != '+' && b[0] != '-' {
		return 0, 0
	}
	hours, minutes := digits2(b[1:]), 0
	if uint(hours) > 18 {
		return 0, 0
	}
	n = 3
	switch rest := b[3:]; {
	case len(rest) >= 3 && rest[0] == ':' && rest[1]-'0' <= 5 && rest[2]-'0' <= 9:
		minutes, n = digits2(rest[1:]), 6
	case len(rest) >= 2 && rest[0]-'0' <= 5 && rest[1]-'0' <= 9:
		minutes, n = digits2(rest), 5
	case !short:
		return 0, 0
	}
	if n < len(b) && scan.IsWord(b[n]) {
		return 0, 0
	}
	offset = int64(hours*60+minutes) * 60
	if b[0] == '-' {
		offset = -offset
	}
	return offset, n
}

// zoneWord reads a zone's abbreviation, after the byte lead unless that is 0. Ambiguous
// words have the meaning that is most common in logs.
func zoneWord(b []byte, lead byte) (offset int64, n int) {
	i := 0
	if lead != 0 {
		if len(b) == 0 || b[0] != lead {
			return 0, 0
		}
		i = 1
	}
	end := i
	for end < len(b) && end < i+6 && b[end] >= 'A' && b[end] <= 'Z' {
		end++
	}
	if end < len(b) && scan.IsWord(b[end]) || end-i < 3 || end-i > 4 {
		return 0, 0
	}
	minutes, ok := zoneMinutes(b[i:end])
	if !ok {
		return 0, 0
	}
	return int64(minutes) * 60, end
}

func zoneMinutes(word []byte) (minutes int, ok bool) {
	switch string(word) {
	case "UTC", "GMT", "WET":
		return 0, true
	case "CET", "BST", "WEST", "MEZ":
		return 60, true
	case "CEST", "EET", "SAST", "MESZ":
		return 120, true
	case "EEST", "MSK", "TRT":
		return 180, true
	case "IST":
		return 330, true
	case "ICT", "WIB":
		return 420, true
	case "SGT", "HKT", "AWST", "PHT":
		return 480, true
	case "JST", "KST":
		return 540, true
	case "AEST":
		return 600, true
	case "AEDT":
		return 660, true
	case "NZST":
		return 720, true
	case "NZDT":
		return 780, true
	case "BRT":
		return -180, true
	case "EDT":
		return -240, true
	case "EST", "CDT":
		return -300, true
	case "CST", "MDT":
		return -360, true
	case "MST", "PDT":
		return -420, true
	case "PST", "AKDT":
		return -480, true
	case "AKST":
		return -540, true
	case "HST":
		return -600, true
	}
	return 0, false
}

// zoneRegion returns the length of a region after an offset, such as
// [Europe/Berlin] or " (Central European Time)".
func zoneRegion(b []byte) int {
	if len(b) >= 5 && b[0] == '[' {
		slash := false
		for i := 1; i < len(b) && i < 40; i++ {
			switch ch := b[i]; {
			case ch == '/':
				slash = true
			case ch == ']':
				if slash || string(b[:i+1]) == "[UTC]" || string(b[:i+1]) == "[GMT]" {
					return i + 1
				}
				return 0
			case !scan.IsWord(ch) && ch != '-' && ch != '+':
				return 0
			}
		}
	}
	if len(b) >= 5 && b[0] == ' ' && b[1] == '(' && b[2] >= 'A' && b[2] <= 'Z' {
		for i := 2; i < len(b) && i < 48; i++ {
			switch ch := b[i]; {
			case ch == ')':
				return i + 1
			case ch != ' ' && !scan.IsLetter(ch):
				return 0
			}
		}
	}
	return 0
}
