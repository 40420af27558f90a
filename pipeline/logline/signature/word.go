package signature

import (
	"encoding/binary"
	"math/bits"
)

// block is how many bytes of a text are looked at together. A set of them is a
// number, whose lowest bit is for the first one.
const block = 64

// ahead are the bytes of a block, and as many behind them as tell whether a pattern
// begins at its last one.
type ahead [block + 8]byte

// edge is what a block says of the first bytes of the next one.
type edge struct {
	alnum   uint64 // the first byte, if a letter or digit stands before it
	capital uint64 // the first byte, if a capital does
	escaped uint64 // the bytes that stand behind the escapes \n, \r and \t
}

// wordStarts returns at which bytes of the block words start, as rules.WordStart
// says, apart from bytes that do not count. It reads eight bytes at a time: most are
// within words, and testing one after the other took half of the time of a match.
func (a *ahead) wordStarts(before *edge) uint64 {
	const (
		each = 0x01_01_01_01_01_01_01_01 // times a byte: eight of it
		high = 0x80 * each
	)
	var alnum, capital, small, visible, backslash uint64
	for i := 0; i < block; i += 8 {
		eight := binary.LittleEndian.Uint64(a[i:])
		// Adding to seven bits sets the highest one of bytes from some value on.
		seven := eight &^ high
		ascii := ^eight & high
		folded := seven | ('a'-'A')*each
		letters := (folded + (0x80-'a')*each) &^ (folded + (0x7f-'z')*each) & ascii
		digits := (seven + (0x80-'0')*each) &^ (seven + (0x7f-'9')*each) & ascii
		capitals := letters &^ (eight << 2) // the bit 'a'-'A', which they lack, is the third highest
		alnum = gather(alnum, letters|digits)
		capital = gather(capital, capitals)
		small = gather(small, letters^capitals)
		visible = gather(visible, (seven+(0x80-'!')*each)&ascii)
		backslash = gather(backslash, ascii&^((seven^'\\'*each)+0x7f*each))
	}
	next := uint64(0)
	if b := a[block]; b >= 'a' && b <= 'z' {
		next = 1 << (block - 1)
	}
	hump := capital & (^(capital<<1 | before.capital) | small>>1 | next)
	goesOn := alnum & (alnum<<1 | before.alnum) &^ hump &^ before.escaped
	*before = edge{alnum >> (block - 1), capital >> (block - 1), 0}
	for ; backslash != 0; backslash &= backslash - 1 {
		at := uint(bits.TrailingZeros64(backslash))
		if b := a[at+1]; b == 'n' || b == 'r' || b == 't' {
			goesOn &^= 1 << (at + 2)
			before.escaped |= 1 << (at + 2 - block) // none where the place is in this block
		}
	}
	return visible &^ goesOn
}

// gather puts those of eight bytes whose highest bits are set, all other bits being
// zero, behind a set, whose first eight it drops. Multiplying moves the bits into the
// highest byte, in their order.
func gather(set, eight uint64) uint64 {
	return set>>8 | eight*(0x01_02_04_08_10_20_40_80>>7)&(0xff<<56)
}
