package lexicon

import "strings"

// spelling lists the folded key paths that have one meaning, best first among equal
// ranks. Nested and dotted keys are the same: http.status is also
// {"http":{"status":...}}.
type spelling struct {
	field Field
	rank  Rank
	mark  Mark
	paths string
}

// spellings is the table for all structured lines. If two paths mean the same field, the
// lower rank wins; among equal ranks, the first.
var spellings = []spelling{
	// The stamp of the line itself, then of its arrival somewhere, then parts of the event.
	{Time, 4, 0, "requestreceivedtimestamp"},
	{Time, 8, 0, "time ts timestamp datetime asctime t logtime logtimestamp eventtime timestampms timemillis msec timeunixnano " +
		"requesttimeepoch published t.$date time.$date ts.$date timestamp.$date t.$date.$numberlong time.$date.$numberlong " +
		"ts.$date.$numberlong timestamp.$date.$numberlong timelocal requesttime instant.epochsecond timestamp.seconds " +
		"timestampseconds time.seconds edgestarttimestamp reqtimesec eventtv record.time.timestamp time.timestamp " +
		"record.time.repr proxy.timestamp"},
	{Time, 8, MarkCLEF, "@t"},
	{Time, 10, 0, "date date.$date date.$date.$numberlong"}, // of something else, where there are others
	{Time, 12, 0, "@timestamp dt at now isodate risodate sisodate syslog.timestamp timeiso8601 timens tsns epoch epochtime occurredat when start httpmessage.start " +
		"transaction.timestamp commonproperties.starttime"},
	{Time, 14, 0, "starttime startutc startedat createdat created"},
	{Time, 16, MarkJournald, "sourcerealtimetimestamp realtimetimestamp"},
	{Time, RankDated, 0, "datetime.date"}, // a zone of its own may follow
	{Time, 20, 0, "result.time stagetimestamp observedtimeunixnano observedtimestamp receivetimestamp event.created timegenerated " +
		"receivedat ingestiontime"},

	{Level, 4, MarkLager, "loglevel"}, // a number of lager, where it is one
	{Level, 4, 0, "level severity log.level levelname l errorseverity record.level.name level.name lev sev lvl @level @l " +
		"severitytext logseverity log.syslog.severity.name loglevelname levelstr priorityname syslogseverity"},
	{Severity, 20, 0, "severitynumber logseveritynumber"},
	{Level, 24, 0, "priority s messagetype syslog.severity"},

	{Status, 4, 0, "status statuscode httpstatus httpstatuscode httpresponsestatuscode responsestatus responsestatuscode responsecode " +
		"responsehttpstatus respstatus respstatuscode " +
		"response.status response.statuscode response.httpstatus response.code resp.status resp.statuscode resp.code res.status res.statuscode res.code " +
		"http.status http.statuscode http.response.status http.response.statuscode http.res.statuscode http.responsecode " +
		"http.response.code httprequest.status httpresponse.status httpresponse.statuscode " +
		"downstreamstatus elbstatuscode lbstatuscode scstatus accessstatus httpcode respcode requeststatus finalstatus request.status request.statuscode " +
		"req.res.statuscode http.status.code returncode edgeresponsestatus proxy.statuscode " +
		"httprequest.response.statuscode http.statuscode resstatuscode resstatus responsehttpstatuscode responsecodesent " +
		"response.responsecode.value flow.l7.http.code l7.http.code"},
	{Status, 4, MarkGraphQL, "httpinfo.status detail.httpinfo.status"}, // of Hasura
	{Status, 6, 0, "responsestatus.code"},                              // of Kubernetes' audit log, whose best stamp may follow
	{Status, 20, 0, "status.code response.status.code res.status.code details.error.payload.status details.error.status error.payload.status"},
	{WeakStatus, 8, 0, "code clientstatus error.status error.statuscode err.status err.statuscode error.code err.code result resultcode " +
		"exception.status error.httpstatuscode"},

	{Method, 4, 0, "method httpmethod requestmethod reqmethod httprequestmethod req.method request.method http.method http.request.method " +
		"httprequest.requestmethod httprequest.method csmethod verb requestverb http.req.method clientrequestmethod httpinfo.method " +
		"proxy.method flow.l7.http.method l7.http.method span.method span.http.method span.http.request.method"},

	{Path, 4, 0, "path uri url requesturi requesturl requestpath reqpath requri requrl httppath httpurl httptarget urlpath pathname " +
		"requesteduri urioriginal url.path url.original http.url http.path http.target http.request.path http.uri " +
		"req.url req.path req.originalurl req.uri request.uri request.path request.url request.requesturi csuristem httprequest.requesturl " +
		"httprequest.path originalurl requestedurl requestedpath requestpathinfo pathinfo http.request.uri http.req.url httprequest.url " +
		"clientrequesturi clientrequestpath httpinfo.url proxy.path flow.l7.http.url l7.http.url xenvoyoriginpath xenvoyoriginalpath http.urldetails.path span.uri " +
		"span.path span.http.target span.http.url span.url.path http.url.path request.url.path http.request.url.path"},
	{Path, RankRoute, 0, "http.route route routekey endpoint resourcepath url.full url.pathname"},

	{Request, 8, 0, "request requestline req httprequest requestraw"},

	{Request, 24, 0, "resource operation operationname resourcename transaction transaction.name spanname span.name handler"},

	{Message, 4, MarkLog, "log"},
	{Message, 6, 0, "logevent.message message msg @message @m renderedmessage logmessage logmsg messagetext textpayload text " +
		"displaymessage logentry m eventmessage"},
	{Message, 6, markGELF, "shortmessage"},
	{Message, 12, 0, "event"},
	{Message, 20, 0, "body body.stringvalue responsestatus.message @mt messagetemplate fullmessage formattedmessage resultdescription"},
	{Message, 30, 0, "content description event.original data.description line raw result.raw payload data database64 kinesis.data awslogs.data"},

	{Service, RankServiceField, 0, "service service.name servicename svc resource.service.name resource.attributes.service.name springappname spring.application.name " +
		"servicecontext.service"},
	{Service, RankServiceField + 4, 0, "resource.labels.servicename resource.labels.functionname resource.labels.moduleid resource.labels.jobname"},
	{Service, RankServiceApp, 0, "app appname application applicationname app.name application.name dd.service microservice"},
	{Service, RankServiceApp + 4, 0, "projectname fly.app.name scriptname approlename cloudrolename"},
	{Service, RankServiceName, 0, "name"},
	{Service, RankServiceName + 2, 0, "apiname"},
	{Service, RankServiceTag, 0, "program progname ident programname syslog.appname syslogprogram log.syslog.appname tagname"},
	{Program, RankServiceTag, 0, "syslogtag"},
	{Service, RankServiceLabel, 0, "kubernetes.labels.app.kubernetes.io/name kubernetes.labels.appkubernetesio/name " +
		"kubernetes.podlabels.app.kubernetes.io/name " +
		"labels.app.kubernetes.io/name labels.k8spod/appkubernetesio/name k8s.labels.app.kubernetes.io/name k8s.pod.labels.app.kubernetes.io/name"},
	{Service, RankServiceLabel + 2, 0, "kubernetes.labels.app kubernetes.podlabels.app labels.app k8s.labels.app k8s.pod.labels.app " +
		"kubernetes.labels.k8sapp kubernetes.podlabels.k8sapp labels.k8sapp " +
		"kubernetes.labels.service kubernetes.podlabels.service kubernetes.labels.name kubernetes.labels.run kubernetes.podlabels.name " +
		"labels.servicename labels.k8spod/app labels.k8spod/k8sapp"},
	{Service, RankServiceLabel + 6, 0, "kubernetes.deployment.name k8s.deployment.name resource.attributes.k8s.deployment.name kubernetes.statefulset.name k8s.statefulset.name " +
		"kubernetes.daemonset.name k8s.daemonset.name " +
		"container.labels.comdockercomposeservice label.com.docker.compose.service attrs.com.docker.compose.service " +
		"container.labels.comdockerswarmservicename label.com.docker.swarm.service.name attrs.com.docker.swarm.service.name " +
		"docker.container.labels.comdockercomposeservice composeservice composeservicename swarmservice"},
	{Service, RankServiceContainer, markContainer, "containername container container.name docker.container.name attrs.tag " +
		"labels.container labels.containername labels.k8scontainername"},
	{Service, RankServiceContainer, markKubernetes, "kubernetes.containername kubernetes.container.name k8s.containername " +
		"k8s.container.name resource.labels.containername"},
	// Docker's own, where it writes what containers say to the journal.
	{Service, RankServiceContainer + 2, MarkJournald, "syslogidentifier"},
	{Unit, RankServiceContainer + 6, MarkJournald, "systemdunit"},

	{Pod, RankPodName, markKubernetes, "kubernetes.podname kubernetes.pod.name k8s.podname k8s.pod.name resource.labels.podname resource.k8s.pod.name"},
	{Pod, RankPodName, 0, "resource.attributes.k8s.pod.name pod knative.dev/pod podname pod.name labels.pod labels.podname labels.k8spodname"},
	{Pod, RankPodHost, 0, "hostname log.syslog.hostname node.name syslog.hostname sysloghostname sysloghost server.hostname logsource " +
		"sourcehost fromhost machine computer host.name host.hostname machinename computername nodename resource.host.name " +
		"cloudroleinstance approleinstance resource.attributes.host.name"},
	{Pod, RankPodHost + 4, 0, "kubernetes.host kubernetes.nodename kubernetes.node.name kubernetes.podnodename beat.hostname " +
		"agent.hostname host.id agent.name beat.name resource.service.instance.id service.instance.id service.node.name"},
	{Nano, 60, 0, "instant.nanoofsecond timestamp.nanos timestampnanos time.nanos"},
	{LogGroup, RankServiceContainer + 20, markCloudWatch, "loggroup"},
	{File, 60, 0, "file log.file.path filename filepath tag source logpath logfilepath"},
	{Host, RankPodHost, 0, "host result.host"},

	{Namespace, RankNamespace, markKubernetes, "kubernetes.namespacename kubernetes.namespace kubernetes.podnamespace " +
		"kubernetes.namespace.name k8s.namespacename k8s.namespace.name k8s.namespace resource.labels.namespacename " +
		"resource.k8s.namespace.name"},
	{Namespace, RankNamespace, 0, "namespace namespacename labels.namespace labels.k8snamespacename podnamespace orchestrator.namespace k8snamespace kubenamespace resource.attributes.k8s.namespace.name"},

	{RequestID, 10, MarkOrdinal, "reqid"}, // first in the lines of Nextcloud and ownCloud
	{RequestID, 10, 0, "requestid xrequestid request.id req.id http.request.id httprequestid awsrequestid rid requestuuid xrequestid " +
		"headers.xrequestid request.headers.xrequestid"},
	{RequestID, RankTrace, 0, "correlationid correlation.id xcorrelationid traceid trace.id trace otelid dd.traceid"},

	{Kid, 10, 0, "kid jwt.kid token.kid header.kid jwtkid keyid jwt.header.kid tokenkid auth.kid authn.kid error.kid details.kid data.kid " +
		"context.kid fields.kid attributes.kid token.header.kid"},

	{Error, 10, 0, "error err error.message err.message err.msg error.msg error.description errormessage errormsg errordescription " +
		"exception exception.message exceptionmessage exc excinfo reason cause " +
		"error.name err.name error.type err.type error.code err.code error.reason error.cause error.stacktrace err.stack error.stack stack " +
		"stacktrace failurereason failure detail details responsecodedetails errors authorizer.error " +
		"authorizer.message error.inner thrown thrown.message @x debug hint responsestatus.reason operation.error.error " +
		"operation.error.code internal outcome.reason " +
		"error.errordescription error.detail error.details error.title errorreason errorcause errors.message rejectreason denyreason " +
		"deniedreason authfailurereason authenticationfailurereason authfailure autherror authnerror jwterror tokenerror authstatus " +
		"jwtstatus jwtmessage tokenmessage authmessage " +
		"statusdetails statusreason failreason subreason title wwwauthenticate headers.wwwauthenticate response.headers.wwwauthenticate " +
		"res.headers.wwwauthenticate responseheaders.wwwauthenticate http.response.headers.wwwauthenticate respheaders.wwwauthenticate " +
		"fault fault.faultstring fault.detail.errorcode fault.message fault.description faultstring lasterror.message lasterror.reason " +
		"lasterror.source integrationerrormessage authorizererror validationerrorstring " +
		"exception.type exception.class exceptionclass errorclass errortype errorname error.class error.kind errorkind error.errors"},

	{Batch, 4, MarkRecords, "records"},
	{Batch, 4, markCloudWatch, "logevents"},
	{Batch, 4, MarkOTLP, "resourcelogs"},
	{Batch, 4, markLoki, "streams"},
	{Batch, 4, MarkOTLP, "scopelogs instrumentationlibrarylogs logrecords"},
	{Batch, 4, markLokiValues, "values"},
	{Batch, 20, 0, "logs events entries messages lines items batch logentries"},
	{Attributes, 4, 0, "attributes body.kvlistvalue.values"},
	{Attributes, 4, MarkResource, "resource.attributes"},

	{Stream, 0, MarkStream, "stream"},
	{Tag, 0, 0, "logtag p"},
	{Partial, 0, 0, "partialmessage containerpartialmessage partial"},
	{Last, 0, 0, "partiallast containerpartiallast"},
	{Hint, 0, markFluentd, "docker.containerid"},
	{Hint, 0, markFilebeat, "@metadata.beat beat.name agent.type"},
	{Hint, 0, markLogstash, "@version"},
	{Hint, 0, markSplunk, "sourcetype result.sourcetype"},
	{Hint, 0, markDatadog, "ddsource"},
	{Labels, 0, markDatadog, "ddtags"},
	{Labels, 0, 0, "labels"}, // in a text, as Loki takes them
	{Zone, 0, 0, "datetime.timezone"},
	{Hint, 0, markCloudEvents, "specversion"},
	{Hint, 0, markGCP, "insertid logname"},
	{Hint, 0, 0, "logevent.status"}, // of what Log4j's map is about
}

// Table holds the meanings by path, and every prefix that leads to one.
type Table struct {
	meanings map[string]Meaning
	prefixes map[string]bool   // "http.", "http.response."
	taps     map[string]uint16 // the paths that are mapped
	buf      []byte

	// OnKey is called with every key, and may change its meaning; OnObject with every
	// object that is looked into, by the tap of its key. Both are nil except for
	// explanations.
	OnKey    func(path string, m *Meaning)
	OnObject func(tap uint16)
}

// New returns a table in which the folded paths of taps have those numbers. host says
// that the host of a request is wanted.
func New(taps map[string]uint16, host bool) *Table {
	t := &Table{meanings: map[string]Meaning{}, prefixes: map[string]bool{}, taps: taps}
	for _, s := range spellings {
		for _, p := range strings.Fields(s.paths) {
			t.add(p, Meaning{Field: s.field, Rank: s.rank, Mark: s.mark})
		}
	}
	if host {
		for _, p := range strings.Fields(hostPaths) {
			t.add(p, Meaning{Field: HTTPHost, Rank: 60})
		}
	}
	for path := range taps {
		t.leadTo(path)
	}
	return t
}

// add gives path a meaning unless it has one.
func (t *Table) add(path string, m Meaning) {
	if _, ok := t.meanings[path]; !ok {
		t.meanings[path] = m
	}
	t.leadTo(path)
}

// leadTo registers the objects around path, so that they are looked into.
func (t *Table) leadTo(path string) {
	for i := range len(path) {
		if path[i] == '.' {
			t.prefixes[path[:i+1]] = true
		}
	}
}

// hostPaths are the keys that name the host which a request was for, beside those
// called host of a line that is a request. They mean something only where hosts are
// looked for.
const hostPaths = "http.host httphost requesthost request.host req.host http.request.host httprequest.host url.domain urldomain servername server.address serveraddress " +
	"vhost virtualhost xforwardedhost authority :authority requestauthority clientrequesthost cshost headers.host request.headers.host req.headers.host http.request.headers.host"
