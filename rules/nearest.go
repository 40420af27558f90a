package rules

// Nearest returns the name that text is most likely a misspelling of, if one is
// near enough.
func Nearest(text string, names []string) (name string, ok bool) { return nearest(text, names) }
