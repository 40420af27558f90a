package logline

// textFormats lists the text formats in the order they are tried: wrappers and
// strict grammars first, loose ones last.
var textFormats = []textFormat{
	{name: "haproxy", starts: "[0-9a-f:-", read: readHAProxy, request: true},
	{name: formatAccess, starts: "0-9a-zA-Z[:*_-", read: readAccess, request: true},
	{name: "syslog", starts: "<0-9", read: readSyslog},
	{name: "cri", starts: "0-9", read: readCRI},
	{name: "heroku", starts: "0-9", read: readHeroku},
	{name: "cloudfoundry", starts: "0-9", read: readCloudFoundry},
	{name: "elb", starts: "0-9hgw", read: readELB, request: true},
	{name: "w3c", starts: "0-9", read: readW3C, request: true},
	{name: "table", starts: "0-9", read: readTable, request: true},
	{name: "uwsgi", starts: "[", read: readUWSGI, request: true},
	{name: "squid", starts: "0-9", read: readSquid, request: true},
	{name: "cef", starts: "CL", read: readCEF},
	{name: "redis", starts: "0-9[", read: readRedis},
	{name: "weblogic", starts: "#", read: readWebLogic},
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
