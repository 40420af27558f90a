package detector

// Signal is something that a rule counts: requests, unauthorized requests, or one
// reason why a token was rejected (a failure).
type Signal uint8

// The signals. The zero value is no signal, so that a zero Failure in an entry
// means that the entry reports none.
const (
	NoSignal Signal = iota
	Requests
	Unauthorized
	KidMismatch
	SignatureInvalid
	JWKSUnavailable
	TokenExpired
	TokenNotYetValid
	ClaimsInvalid
	TokenMalformed
	TokenMissing
	NumSignals // the size of an array indexed by Signal
)

// FirstFailure and LastFailure bound the signals that are failures.
const (
	FirstFailure = KidMismatch
	LastFailure  = TokenMissing
)

var signalNames = [NumSignals]string{
	Requests:         "requests",
	Unauthorized:     "unauthorized",
	KidMismatch:      "kid_mismatch",
	SignatureInvalid: "signature_invalid",
	JWKSUnavailable:  "jwks_unavailable",
	TokenExpired:     "token_expired",
	TokenNotYetValid: "token_not_yet_valid",
	ClaimsInvalid:    "claims_invalid",
	TokenMalformed:   "token_malformed",
	TokenMissing:     "token_missing",
}

// String returns the signal's name as it appears in rule files, metrics and alerts,
// or "" for NoSignal.
func (s Signal) String() string {
	if s >= NumSignals {
		return ""
	}
	return signalNames[s]
}

// IsFailure reports whether s is a reason why a token was rejected.
func (s Signal) IsFailure() bool { return s >= FirstFailure && s <= LastFailure }

// ParseSignal returns the signal with the given name.
func ParseSignal(name string) (Signal, bool) {
	for s := Requests; s < NumSignals; s++ {
		if signalNames[s] == name {
			return s, true
		}
	}
	return NoSignal, false
}

// Counts holds one count per signal.
type Counts [NumSignals]uint32

// Add adds o to c, signal by signal.
func (c *Counts) Add(o *Counts) {
	for i := range c {
		c[i] += o[i]
	}
}
