package rules

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Document is a decoded YAML document that still knows the position of everything.
type Document struct {
	file string
	root *yaml.Node // nil for an empty document
}

// Decode decodes the YAML document in data into the value that into points to, and
// returns every fault at once, sorted by position. The document is never nil, so that
// semantic faults can be added with its Fault method.
//
// Fields are named by their yaml tags (`name`, `-` and `,inline` are supported); a field
// whose key is absent or null keeps its value, so set defaults beforehand. Types decode
// themselves as encoding.TextUnmarshaler or by one of the two UnmarshalYAML methods of
// YAML libraries; what a type decodes through `UnmarshalYAML(func(any) error) error` is
// treated as strictly as the rest. Whole numbers are never accepted for a time.Duration,
// which is written like a Duration.
//
// The file name is used only in faults. Values appear in faults too, shortened: a secret
// belongs in a field of a string type, which is never quoted.
func Decode(file string, data []byte, into any) (*Document, Faults) {
	doc := &Document{file: file}
	if f, bad := encodingFault(file, data); bad {
		return doc, Faults{f}
	}
	d := decoder{file: file}
	stream := yaml.NewDecoder(bytes.NewReader(data))
	for n := 0; ; n++ {
		node := new(yaml.Node)
		if err := stream.Decode(node); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			d.faults = append(d.faults, syntaxFault(file, data, err))
			break
		}
		switch {
		case len(node.Content) == 0:
		case n == 0:
			doc.root = node.Content[0]
			d.value(doc.root, reflect.ValueOf(into).Elem(), "")
		default:
			d.fault(node.Content[0], "a second document in one file", "keep one document a file and remove the `---`")
		}
	}
	d.faults.Sort()
	return doc, d.faults
}

// Fault returns a fault at the node that path leads to: strings are keys, integers are
// positions in a list. If the path ends early, as it does for a missing key, the fault is
// at the last node that exists.
func (d *Document) Fault(what, remedy string, path ...any) Fault {
	f := Fault{File: d.file, What: what, Remedy: remedy}
	node := d.root
	for _, step := range path {
		next := child(resolve(node), step)
		if next == nil {
			break
		}
		node = next
	}
	if node != nil {
		f.Line, f.Column = node.Line, node.Column
	}
	return f
}

// has reports whether path leads to a node.
func (d *Document) has(path ...any) bool {
	node := d.root
	for _, step := range path {
		node = child(resolve(node), step)
	}
	return node != nil
}

func child(node *yaml.Node, step any) *yaml.Node {
	if node == nil {
		return nil
	}
	switch step := step.(type) {
	case string:
		if node.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(node.Content); i += 2 {
				if node.Content[i].Value == step {
					return node.Content[i+1]
				}
			}
		}
	case int:
		if node.Kind == yaml.SequenceNode && step >= 0 && step < len(node.Content) {
			return node.Content[step]
		}
	default:
		panic(fmt.Sprintf("rules: a path has strings and integers, not %T", step))
	}
	return nil
}

func resolve(node *yaml.Node) *yaml.Node {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

// maxAliased bounds how many nodes are read through aliases, to stop documents that
// explode when read.
const maxAliased = 10_000

// errReported tells a type's UnmarshalYAML that what it asked for could not be decoded;
// the faults have been recorded already.
var errReported = errors.New("faults reported")

// decoder reads nodes into values and collects what is wrong.
type decoder struct {
	file    string
	faults  Faults
	aliased int // nodes read through aliases
	within  int // aliases that the current node is read through
	fields  map[reflect.Type]map[string][]int
}

// shorthand is a struct that may be written as one of its fields alone.
type shorthand interface {
	alone() any // returns a pointer to that field
}

func (d *decoder) fault(node *yaml.Node, what, remedy string) {
	d.faults = append(d.faults, Fault{File: d.file, Line: node.Line, Column: node.Column, What: what, Remedy: remedy})
}

// value decodes node into v. The path is the readable name of the place, "" at the top.
func (d *decoder) value(node *yaml.Node, v reflect.Value, path string) {
	if node.Kind == yaml.AliasNode {
		d.within++
		defer func() { d.within-- }()
		node = resolve(node)
	}
	if d.within > 0 {
		if d.aliased++; d.aliased > maxAliased {
			if d.aliased == maxAliased+1 {
				d.fault(node, "too much is read through aliases", "write the values out")
			}
			return
		}
	}
	if node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" {
		return
	}
	if d.custom(node, v, path) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		d.value(node, v.Elem(), path)
	case reflect.Struct:
		d.structure(node, v, path)
	case reflect.Map:
		d.mapping(node, v, path)
	case reflect.Slice:
		d.list(node, v, path)
	default:
		d.scalar(node, v, path)
	}
}

// custom decodes node by v's own method, if it has one.
func (d *decoder) custom(node *yaml.Node, v reflect.Value, path string) bool {
	if v.Kind() == reflect.Pointer || !v.CanAddr() {
		return false
	}
	var err error
	switch own := v.Addr().Interface().(type) {
	case yaml.Unmarshaler:
		err = own.UnmarshalYAML(node)
	case interface{ UnmarshalYAML(func(any) error) error }:
		err = own.UnmarshalYAML(func(into any) error {
			before := len(d.faults)
			d.value(node, reflect.ValueOf(into).Elem(), path)
			if len(d.faults) > before {
				return errReported
			}
			return nil
		})
	case *time.Duration:
		return d.text(node, (*Duration)(own), path)
	case encoding.TextUnmarshaler:
		return d.text(node, own, path)
	case shorthand:
		if node.Kind == yaml.MappingNode {
			return false
		}
		d.value(node, reflect.ValueOf(own.alone()).Elem(), path)
		return true
	default:
		return false
	}
	if err != nil && !errors.Is(err, errReported) {
		d.fault(node, label(path)+strings.TrimPrefix(err.Error(), "yaml: "), "")
	}
	return true
}

func (d *decoder) text(node *yaml.Node, into encoding.TextUnmarshaler, path string) bool {
	if node.Kind != yaml.ScalarNode {
		d.fault(node, label(path)+"want a text, got "+describe(node), "")
	} else if err := into.UnmarshalText([]byte(node.Value)); err != nil {
		d.fault(node, label(path)+err.Error(), "")
	}
	return true
}

func (d *decoder) structure(node *yaml.Node, v reflect.Value, path string) {
	fields := d.fieldsOf(v.Type())
	d.pairs(node, path, func(key, value *yaml.Node) {
		field, ok := fields[key.Value]
		if !ok {
			remedy := suggest(key.Value, fields, "keys")
			if strings.Contains(key.Value, " ") {
				remedy = "quote it if it is a text with a colon; " + remedy
			}
			d.fault(key, fmt.Sprintf("unknown key %s%s", quote(key.Value), in(path)), remedy)
			return
		}
		d.value(value, v.FieldByIndex(field), join(path, key.Value))
	})
}

func (d *decoder) mapping(node *yaml.Node, v reflect.Value, path string) {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	d.pairs(node, path, func(key, value *yaml.Node) {
		k := reflect.New(v.Type().Key()).Elem()
		e := reflect.New(v.Type().Elem()).Elem()
		before := len(d.faults)
		d.value(key, k, join(path, key.Value))
		known := len(d.faults) == before
		d.value(value, e, join(path, key.Value))
		if known { // with the faults of a part, what else is wrong with the value can still be told
			v.SetMapIndex(k, e)
		}
	})
}

// pairs calls each for the keys and values of a mapping, and reports repeated keys.
func (d *decoder) pairs(node *yaml.Node, path string, each func(key, value *yaml.Node)) {
	if node.Kind != yaml.MappingNode {
		d.fault(node, label(path)+"want a mapping of keys to values, got "+describe(node), "")
		return
	}
	lines := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := resolve(node.Content[i])
		if key.Kind != yaml.ScalarNode {
			d.fault(key, "a key"+in(path)+" is "+describe(key), "write a text as the key")
			continue
		}
		if line, ok := lines[key.Value]; ok {
			d.fault(node.Content[i], fmt.Sprintf("key %s%s stands twice", quote(key.Value), in(path)), fmt.Sprintf("it stands in line %d too; remove one", line))
			continue
		}
		lines[key.Value] = node.Content[i].Line
		each(key, node.Content[i+1])
	}
}

func (d *decoder) list(node *yaml.Node, v reflect.Value, path string) {
	if node.Kind != yaml.SequenceNode {
		d.fault(node, label(path)+"want a list, got "+describe(node), "write [a, b], or one `- a` a line")
		return
	}
	list := reflect.MakeSlice(v.Type(), len(node.Content), len(node.Content))
	for i, item := range node.Content {
		d.value(item, list.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
	v.Set(list)
}

func (d *decoder) scalar(node *yaml.Node, v reflect.Value, path string) {
	var want string
	switch v.Kind() {
	case reflect.String:
		if node.Kind == yaml.ScalarNode {
			v.SetString(node.Value)
			return
		}
		want = "a text"
	case reflect.Bool:
		want = "true or false"
	case reflect.Float64, reflect.Float32:
		want = "a number"
	case reflect.Interface:
		want = "a value"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		want = "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		want = "a whole number, 0 or more"
	default:
		panic(fmt.Sprintf("rules: cannot decode into %s", v.Type()))
	}
	// The library converts, and refuses what is out of range. It would accept a float
	// that happens to be whole (1e3, 2.0) for an integer.
	whole := strings.HasPrefix(want, "a whole number")
	if (whole && node.ShortTag() != "!!int") || node.Decode(v.Addr().Interface()) != nil {
		d.fault(node, label(path)+"want "+want+", got "+describe(node), "")
	}
}

// fieldsOf returns where a struct has its fields, by their keys.
func (d *decoder) fieldsOf(t reflect.Type) map[string][]int {
	fields, ok := d.fields[t]
	if !ok {
		fields = map[string][]int{}
		addFields(fields, t, nil)
		if d.fields == nil {
			d.fields = map[reflect.Type]map[string][]int{}
		}
		d.fields[t] = fields
	}
	return fields
}

// addFields notes the fields of a struct that lies at a place of an outer one, those of
// inline structs too.
func addFields(fields map[string][]int, t reflect.Type, place []int) {
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() {
			continue
		}
		at := append(slices.Clone(place), i)
		name, flags, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case name == "-":
		case strings.Contains(flags, "inline"):
			addFields(fields, field.Type, at)
		case name == "":
			fields[strings.ToLower(field.Name)] = at
		default:
			fields[name] = at
		}
	}
}
