package signature

import "github.com/authspike/authspike/rules"

// block is how many bytes of a text are looked at together. A set of them is a
// number, whose lowest bit is for the first one.
const block = 64

// ahead are the bytes of a block, and as many behind them as tell whether a pattern
// begins at its last one.
type ahead [block + 8]byte

// edge is what a block says of the first bytes of the next one.
type edge struct {
	alnum     uint64 // the first byte, if a letter or digit stands before it
	capital   uint64 // the first byte, if a capital does
	backslash uint64 // the first byte, if a backslash does
	escape    uint64 // the first byte, if \n, \r or \t does
}

// kinds says of each byte what wordStarts asks. Each bit is the first of sixteen, so that
// what is said of sixteen bytes fits into a number.
var kinds = func() (of [256]uint64) {
	for b := range of {
		switch b := byte(b); {
		case b == 'n', b == 'r', b == 't':
			of[b] = isAlnum | isSmall
		case b >= 'a' && b <= 'z':
			of[b] = isAlnum | isSmall | isOther
		case b >= 'A' && b <= 'Z':
			of[b] = isAlnum | isCapital | isOther
		case b >= '0' && b <= '9':
			of[b] = isAlnum | isOther
		case b == '\\':
			of[b] = isCapital
		case rules.Fold(b) != 0:
			of[b] = isOther
		}
	}
	return of
}()

const (
	isAlnum   = 1 << (16 * iota)
	isCapital // without isAlnum: a backslash
	isSmall
	isOther // counts, and is none of n, r and t, which a backslash makes an escape
)

// wordStarts returns at which bytes of the block words start, as rules.WordStart
// says, apart from bytes that do not count.
func (a *ahead) wordStarts(before *edge) uint64 {
	var alnum, capital, small, other uint64
	for i := 0; i < block; i += 16 {
		b := (*[16]byte)(a[i:])
		k0 := kinds[b[0]] | (kinds[b[1]]|(kinds[b[2]]|kinds[b[3]]<<1)<<1)<<1
		k1 := kinds[b[4]] | (kinds[b[5]]|(kinds[b[6]]|kinds[b[7]]<<1)<<1)<<1
		k2 := kinds[b[8]] | (kinds[b[9]]|(kinds[b[10]]|kinds[b[11]]<<1)<<1)<<1
		k3 := kinds[b[12]] | (kinds[b[13]]|(kinds[b[14]]|kinds[b[15]]<<1)<<1)<<1
		k := k0 | k1<<4 | k2<<8 | k3<<12
		alnum = alnum>>16 | k<<48
		capital = capital>>16 | k>>16<<48
		small = small>>16 | k>>32<<48
		other = other>>16 | k>>48<<48
	}
	backslash := capital &^ alnum
	capital &= alnum
	next := kinds[a[block]] >> 32 << 63
	hump := capital & (^(capital<<1 | before.capital) | small>>1 | next)
	escape := (backslash<<1 | before.backslash) & alnum &^ other
	goesOn := alnum & (alnum<<1 | before.alnum) &^ hump &^ (escape<<1 | before.escape)
	*before = edge{alnum >> 63, capital >> 63, backslash >> 63, escape >> 63}
	return (alnum | other) &^ goesOn
}
