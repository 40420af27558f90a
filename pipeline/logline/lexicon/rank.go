package lexicon

// Rank orders the places that a value may come from, best first. Within one layer of a
// line the better place wins, and the first among equals; between layers the inner one
// wins among equals. 0 is reserved for "set from the best place".
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

// RankTrace is the rank of a trace id, within its tier: it identifies a request if
// nothing better does.
const RankTrace Rank = 30

// RankDated is the rank of a timestamp whose zone is in a key beside it.
const RankDated Rank = 21

// RankNamespace is the rank of a namespace. Of pods and namespaces the outermost
// wins: collectors know better than what they collect.
const RankNamespace Rank = 2

// RankFile is the rank of a pod and namespace taken from a file's name: after fields
// that name them, before a machine.
const RankFile Rank = 20

// IsOwnStamp reports whether a timestamp from a place of rank r is the line's own, not
// that of its arrival somewhere.
func (r Rank) IsOwnStamp() bool { return r < 64*TierContext && r%64 < 20 }
