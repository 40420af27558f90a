package logline

// A textFormat reads lines that are not JSON. A wrapper passes on the line inside it
// (Decoder.inner); the others fill the entry.
type textFormat struct {
	name string // Entry.Format, or what stands in Entry.Wrappers
	// starts holds the bytes that such a line may begin with, ranges as in "0-9A-Z[".
	starts string
	// read fills e from line and reports whether line is of this format. If it is not,
	// e must be unchanged, after looking at only a few bytes: every line of any format
	// with the same start is tried here.
	read func(d *Decoder, line []byte, e *Entry) bool
	// request says that such a line is always a request: the format is also tried on
	// the message of a structured line.
	request bool
}

// formatIndex holds, per first byte, the formats to try, in the order of textFormats.
type formatIndex [256][]*textFormat

func indexFormats(all []textFormat) *formatIndex {
	at := new(formatIndex)
	for i := range all {
		f := &all[i]
		s := f.starts
		for j := 0; j < len(s); j++ {
			lo, hi := s[j], s[j]
			if j+2 < len(s) && s[j+1] == '-' {
				hi = s[j+2]
				j += 2
			}
			for c := int(lo); c <= int(hi); c++ {
				at[c] = append(at[c], f)
			}
		}
	}
	return at
}

// textFormats lists the text formats in the order they are tried: wrappers and
// strict grammars first, loose ones last.
var textFormats = []textFormat{
	{name: "haproxy", starts: "[0-9a-f:-", read: readHAProxy, request: true},
	{name: formatAccess, starts: "0-9a-zA-Z[:*_-", read: readAccess, request: true},
	{name: "syslog", starts: "<0-9", read: readSyslog},
	{name: "cri", starts: "0-9", read: readCRI},
	{name: "fluentd", starts: "0-9", read: readFluentd},
	{name: "heroku", starts: "0-9", read: readHeroku},
	{name: "cloudfoundry", starts: "0-9", read: readCloudFoundry},
	{name: "elb", starts: "0-9hgw", read: readELB, request: true},
	{name: "w3c", starts: "0-9", read: readW3C, request: true},
	{name: "table", starts: "0-9", read: readTable, request: true},
	{name: "knox", starts: "0-9", read: readKnox},
	{name: "uwsgi", starts: "[{", read: readUWSGI, request: true},
	{name: "squid", starts: "0-9", read: readSquid, request: true},
	{name: "bunny", starts: "A-Z-", read: readBunny, request: true},
	{name: "azurestorage", starts: "0-9", read: readAzureStorage, request: true},
	{name: "cef", starts: "CL", read: readCEF},
	{name: "redis", starts: "0-9[", read: readRedis},
	{name: "weblogic", starts: "#", read: readWebLogic},
	{name: "odl", starts: "[", read: readODL},
	{name: "kubectl", starts: "[", read: readKubectl},
	{name: "compose", starts: "a-zA-Z0-9[", read: readCompose},
	{name: "stern", starts: "a-z", read: readStern},
	{name: "syslog", starts: "A-Z0-9", read: readSyslogFile},
	{name: "klog", starts: "IWEFD", read: readKlog},
	{name: "ltsv", starts: "a-zA-Z_", read: readLTSV},
	{name: "logfmt", starts: "a-zA-Z_@[", read: readLogfmt},
	{name: formatAccess, starts: "0-9", read: readBareAccess, request: true},
	{name: "text", starts: "\x01-\xff", read: readText},
	{name: "request", starts: "\x01-\xff", read: readRequestText, request: true},
}
