package signature

// beginnings says where two bytes of a text lead in the trie: enough to see of most
// words that no pattern begins with them. The second byte may be one that does not count.
type beginnings struct {
	row    [256]uint16 // of the first byte: where the cells of second ones begin
	column [256]uint8  // of the second
	cells  [letters * letters]cell
}

const (
	nothing  cell = 0           // no pattern begins so
	fromRoot cell = ends | only // one may: only a walk from the root tells
)

// of returns where two bytes lead.
func (s *beginnings) of(first, second byte) cell {
	return s.cells[(s.row[first]+uint16(s.column[second]))%uint16(len(s.cells))]
}

// begin fills the beginnings with those of folded texts.
func (t *trie) begin(texts []string) {
	s := &t.beginnings
	for b, letter := range t.letter {
		s.column[b] = letter % letters // that of skipped is the one of terminal, which no byte has
		s.row[b] = uint16(s.column[b]) * letters
	}
	for _, text := range texts {
		row := s.cells[s.row[text[0]]:][:letters]
		c := t.cells[t.root+uint32(t.letter[text[0]])]
		switch {
		case len(text) == 1:
			for column := range row {
				row[column] = fromRoot
			}
		case c&ends != 0: // as said by the text of one letter
		default:
			row[skipped%letters] = c
			row[s.column[text[1]]] = t.cells[c.next()+uint32(t.letter[text[1]])]
		}
	}
}
