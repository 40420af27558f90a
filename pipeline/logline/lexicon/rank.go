package lexicon

// Rank orders the places that a value may come from, best first. Within one
// layer of a line the better place wins and of equals the first; between layers
// the inner one wins among equals. 0 is left to "set from the best place".
type Rank uint8

// The places that name a service.
const (
	RankServiceField     Rank = 10 // service, service.name, serviceName
	RankServiceApp       Rank = 30 // app, application, app_name
	RankServiceName      Rank = 50 // name, logger, source of a logger that names programs
	RankServiceTag       Rank = 70 // the tag of a syslog line, a compose or Heroku prefix
	RankServiceLabel     Rank = 90 // a Kubernetes label: app.kubernetes.io/name, app, k8s-app
	RankServiceContainer Rank = 110
)

// The places that name a pod.
const (
	RankPodName Rank = 2  // a pod
	RankPodHost Rank = 50 // the machine; never the HTTP Host
)

// RankRoute is the rank of a path that is called a route or an endpoint.
const RankRoute Rank = 12

// RankTrace is the rank of the id of a trace, within its tier: it names a request
// where nothing better does.
const RankTrace Rank = 30

// RankDated is the rank of a stamp whose zone stands beside it.
const RankDated Rank = 21

// RankNamespace is the rank of a namespace. Of pods and namespaces the outermost
// wins: collectors know better than what they collect.
const RankNamespace Rank = 2

// RankFile is the rank of a pod and namespace that stand in a file's name: behind
// what names them, before a machine.
const RankFile Rank = 20

// IsOwnStamp reports whether a stamp from a place of rank r is the line's own, not
// that of its arrival somewhere.
func (r Rank) IsOwnStamp() bool { return r < 64*TierContext && r%64 < 20 }
