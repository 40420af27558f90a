package detector

// Series is the key that counts belong to.
type Series struct {
	Namespace string
	Service   string
}

// Sample is what one batch of records adds to one series and pod in one second of
// event time.
type Sample struct {
	Series Series
	Pod    string // "" where the records name none
	Second int64  // Unix seconds; the sample covers [Second, Second+1)
	Counts Counts
}
