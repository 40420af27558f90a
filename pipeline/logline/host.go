package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// hostPaths are the keys that name the host which a request was for, beside those
// called host of a line that is a request. They mean something only where hosts are
// looked for.
const hostPaths = "http.host httphost requesthost request.host req.host http.request.host httprequest.host url.domain urldomain servername server.address serveraddress " +
	"vhost virtualhost xforwardedhost authority :authority requestauthority clientrequesthost cshost headers.host request.headers.host req.headers.host http.request.headers.host"

// setHost sets the host that a request was for, without its port.
func (e *Entry) setHost(host []byte) {
	if len(host) == 0 || e.Host != nil || len(host) == 1 && host[0] == '-' {
		return
	}
	if i := bytes.LastIndexByte(host, ':'); i > 0 && scan.Digits(host[i+1:]) == len(host)-i-1 {
		host = host[:i]
	}
	e.Host = host
}

// hostOf returns the host of a URL, nil for what has none.
func hostOf(target []byte) []byte {
	i := bytes.Index(target, schemeMark)
	if i <= 0 || i > 8 {
		return nil
	}
	host := target[i+len(schemeMark):]
	if j := bytes.IndexAny(host, "/?#"); j >= 0 {
		host = host[:j]
	}
	return host[bytes.LastIndexByte(host, '@')+1:]
}

// virtualHost returns the name that stands before the client's address at the
// beginning of an access log's line, nil where none does.
func virtualHost(head []byte) []byte {
	name, rest := scan.Token(head)
	next, _ := scan.Token(rest)
	if isAddress(name) || bytes.IndexByte(name, '.') <= 0 || !isAddress(next) {
		return nil
	}
	return name
}
