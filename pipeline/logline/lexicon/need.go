package lexicon

// Need is a set of the values that counting a request requires.
type Need uint8

// The needs.
const (
	needTime Need = 1 << iota
	NeedStatus
	needMethod
	needPath
	needService
	NeedPod
	NeedNamespace
	NeedAll // set where all of the line is read
	Needs   = NeedAll - 1
)

// settledBy returns what a value of field f at rank r settles: nothing that follows it
// in the line changes it once the status is settled too.
func (f Field) settledBy(r Rank) Need {
	switch {
	case f == Time && r.IsOwnStamp():
		return needTime
	case f == Status && r == 64*TierLine+4:
		return NeedStatus
	case f == Method && r%64 == 4 && r < 64*TierContext:
		return needMethod
	case f == Path && r%64 == 4 && r < 64*TierContext:
		return needPath
	case f == Service && r <= RankServiceField:
		return needService
	case f == Pod && r <= RankPodName:
		return NeedPod
	case f == Namespace && r <= RankNamespace:
		return NeedNamespace
	}
	return 0
}

// NamespaceWord is part of every key that names a namespace, or of one around it.
var NamespaceWord = []byte("amespace")
