package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryConstantIsAccountedFor: each number that the detector's code names is
// measured by calibrate, or is known not to need that; and the other way round.
func TestEveryConstantIsAccountedFor(t *testing.T) {
	known := map[string]bool{}
	for _, c := range constants {
		if given[c.name] != "" {
			t.Errorf("%s is both measured and given", c.name)
		}
		if _, text, err := findConstant("../..", c.name); err != nil {
			t.Error(err)
		} else if !strings.Contains(" "+c.values+" ", " "+text.value+" ") {
			t.Errorf("%s is %s, which is none of the values that are tried: %s", c.name, text.value, c.values)
		}
		known[c.name] = true
	}
	for name := range given {
		known[name] = true
	}
	for name := range numbers(t) {
		if !known[name] {
			t.Errorf("%s is neither measured by calibrate nor given", name)
		}
		delete(known, name)
	}
	for name := range known {
		t.Errorf("the detector has no constant %s", name)
	}
}

// numbers returns the names of the detector's constants that are numbers.
func numbers(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../../detector/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	found := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			d, ok := decl.(*ast.GenDecl)
			if !ok || d.Tok != token.CONST {
				continue
			}
			for _, spec := range d.Specs {
				v := spec.(*ast.ValueSpec)
				for i, value := range v.Values {
					if v.Names[i].IsExported() || v.Type != nil || !isNumber(value) {
						continue
					}
					found[v.Names[i].Name] = true
				}
			}
		}
	}
	return found
}

func isNumber(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.INT || e.Kind == token.FLOAT
	case *ast.BinaryExpr:
		return isNumber(e.X) && isNumber(e.Y)
	}
	return false
}
