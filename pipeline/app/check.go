package app

import (
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"

	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/pipeline/ruletest"
	"github.com/authspike/authspike/rules"
)

// Check reads a file as Run would, with all files that it names, and returns what it
// is. Its error holds every fault.
func Check(file string) (found string, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("check: %w", err)
	}
	switch kindOf(data) {
	case "rules":
		list, faults := rules.ParseRules(file, data)
		if err := faults.Err(); err != nil {
			return "", err
		}
		return fmt.Sprintf("%d rules, good", len(list)), nil
	case "catalogue":
		base := rules.DefaultCatalogue()
		catalogue, faults := base.Extend(file, data)
		if err := faults.Err(); err != nil {
			return "", err
		}
		if _, err := signature.Compile(catalogue); err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
		return fmt.Sprintf("catalogue with %d signatures, good", len(catalogue.Signatures)-len(base.Signatures)), nil
	case "tests":
		tests, faults := ruletest.Parse(file, data)
		if err := faults.Err(); err != nil {
			return "", err
		}
		return fmt.Sprintf("%d tests of rules, good: authspike test runs them", len(tests.Tests)), nil
	}
	l, err := load(file, Flags{})
	if err != nil {
		return "", err
	}
	if err := l.check(); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return fmt.Sprintf("configuration with %d rules, good", len(l.rules)), nil
}

// kindOf determines by its keys what a file is. A file that is not YAML is taken for a
// configuration, whose parser then reports why.
func kindOf(data []byte) string {
	var keys map[string]yaml.Node
	if yaml.Unmarshal(data, &keys) != nil {
		return "configuration"
	}
	for _, kind := range []struct{ key, name string }{{"rules", "rules"}, {"words", "catalogue"}, {"kid", "catalogue"}, {"groups", "catalogue"}, {"tests", "tests"}} {
		if _, ok := keys[kind.key]; ok {
			return kind.name
		}
	}
	return "configuration"
}
