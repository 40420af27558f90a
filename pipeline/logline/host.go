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
