package rules

import (
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// describe returns what a node is, in words.
func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if node.Value == "" {
		return "nothing"
	}
	return quote(node.Value)
}

// quote quotes a text from a file, shortened to what fits in a message.
func quote(text string) string {
	const most = 40
	if len(text) > most {
		cut := most
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "..."
	}
	return strconv.Quote(text)
}

// join returns the readable path of a key below path.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// label returns the place that a message is about, as a prefix of the message.
func label(path string) string {
	if path == "" {
		return ""
	}
	return path + ": "
}

// in names the place within a message.
func in(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}
