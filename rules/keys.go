package rules

import (
	"fmt"
	"slices"
)

// Keys is what is known about a verifier's key cache with default settings. The zero
// value of a field means that it is unknown.
type Keys struct {
	Cached   Duration `yaml:"cached"`   // how long fetched keys are used
	Refetch  Refetch  `yaml:"refetch"`  // what makes it fetch anew
	Cooldown Duration `yaml:"cooldown"` // shortest time between two fetches for unknown kids
	Owner    Owner    `yaml:"owner"`    // whose memory holds the keys
	Remedy   string   `yaml:"remedy"`   // what makes it forget stale keys, in words
	Source   string   `yaml:"source"`   // where its code or documents say so
}

// Refetch is when a verifier fetches its keys again.
type Refetch string

// The ways to refetch.
const (
	RefetchUnknown  Refetch = ""            // not known
	RefetchOnKid    Refetch = "unknown_kid" // at once when a kid is unknown, at most once per cooldown
	RefetchByTime   Refetch = "interval"    // only when the cached keys are too old
	RefetchOnReload Refetch = "restart"     // only at a restart or reload
	RefetchEvery    Refetch = "always"      // keeps no keys
)

// UnmarshalText reads one of the ways.
func (r *Refetch) UnmarshalText(text []byte) error {
	return readEnum(r, text, RefetchOnKid, RefetchByTime, RefetchOnReload, RefetchEvery)
}

// Owner is whose memory the cached keys are in.
type Owner string

// The owners.
const (
	OwnerUnknown  Owner = ""
	OwnerProcess  Owner = "process"  // the service's own processes: one cache each
	OwnerProxy    Owner = "proxy"    // a sidecar or proxy beside or before the service
	OwnerMesh     Owner = "mesh"     // the control plane of a service mesh
	OwnerProvider Owner = "provider" // a cloud service: nothing of ours to restart
)

// UnmarshalText reads one of the owners.
func (o *Owner) UnmarshalText(text []byte) error {
	return readEnum(o, text, OwnerProcess, OwnerProxy, OwnerMesh, OwnerProvider)
}

func readEnum[T ~string](into *T, text []byte, known ...T) error {
	if !slices.Contains(known, T(text)) {
		return fmt.Errorf("%s is none of %v", quote(string(text)), known)
	}
	*into = T(text)
	return nil
}

// String describes the cache in half a sentence; "" if nothing is known.
func (k Keys) String() string {
	if k == (Keys{}) {
		return ""
	}
	text := map[Owner]string{
		OwnerProcess: "each process", OwnerProxy: "each proxy", OwnerMesh: "the mesh's control plane", OwnerProvider: "the provider",
	}[k.Owner]
	if text == "" {
		text = "it"
	}
	switch {
	case k.Refetch == RefetchEvery:
		return text + " keeps no keys"
	case k.Refetch == RefetchOnReload:
		return text + " keeps its keys until it is restarted"
	case k.Cached > 0:
		text += " keeps its keys for " + k.Cached.String()
	default:
		text += " keeps its keys"
	}
	switch {
	case k.Refetch == RefetchByTime:
		text += ", even if a kid is unknown"
	case k.Refetch == RefetchOnKid && k.Cooldown > 0:
		text += " and fetches them anew for an unknown kid, at most every " + k.Cooldown.String()
	case k.Refetch == RefetchOnKid:
		text += " and fetches them anew for an unknown kid"
	}
	return text
}

// keys notes what does not fit together in a verifier's `keys:`.
func (b *builder) keys(k *Keys, path ...any) {
	if !b.doc.has(under(path, "owner")...) {
		b.fault("keys need an owner", "say whose memory they are in: process, proxy, mesh or provider", path...)
	}
	if k.Remedy == "" {
		b.fault("keys need a remedy", "say what makes the verifier forget stale keys", path...)
	}
	switch {
	case k.Cooldown > 0 && k.Refetch != RefetchOnKid && k.Refetch != RefetchUnknown:
		b.fault("a cooldown is between fetches for unknown kids, which there are none of", "remove it, or write `refetch: unknown_kid`", under(path, "cooldown")...)
	case k.Cooldown > 0 && k.Cached > 0 && k.Cooldown > k.Cached:
		b.fault("the cooldown "+k.Cooldown.String()+" is longer than the "+k.Cached.String()+" that keys are used", "", under(path, "cooldown")...)
	case k.Cached > 0 && (k.Refetch == RefetchOnReload || k.Refetch == RefetchEvery):
		b.fault("keys that are fetched at `refetch: "+string(k.Refetch)+"` are not cached for a time", "remove one of the two", under(path, "cached")...)
	}
}
