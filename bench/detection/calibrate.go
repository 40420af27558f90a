package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// calibrateCommand measures what each constant of the detector trades: it builds
// this command anew with another value in the place of the constant, plays the
// same scenarios, and prints a line for each value. The value in the code is
// marked.
func calibrateCommand(args []string) error {
	flags := flag.NewFlagSet("calibrate", flag.ExitOnError)
	only := flags.String("constant", "", "the constant to vary, all known ones by default")
	values := flags.String("values", "", "its values, separated by blanks")
	pattern := flags.String("scenario", "*", "scenarios to play, a glob")
	seed := flags.Uint64("seed", 1, "first seed")
	seeds := flags.Int("seeds", 4, "seeds per scenario")
	if err := flags.Parse(args); err != nil {
		return err
	}
	todo := constants
	if *only != "" {
		todo = []constant{{*only, *values}}
		for _, c := range constants {
			if c.name == *only && *values == "" {
				todo[0].values = c.values
			}
		}
	}
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "calibrate")
	if err != nil {
		return fmt.Errorf("make workspace: %w", err)
	}
	play := []string{"run", "-detector", subject, "-scenario", *pattern, "-seed", strconv.FormatUint(*seed, 10), "-seeds", strconv.Itoa(*seeds)}
	for _, c := range todo {
		err = errors.Join(err, vary(root, dir, c.name, strings.Fields(c.values), play))
	}
	return errors.Join(err, os.RemoveAll(dir))
}

func moduleRoot() (string, error) {
	out, err := exec.CommandContext(context.Background(), "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("find module: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// vary prints one constant's lines.
func vary(root, dir, name string, values []string, play []string) error {
	file, text, err := findConstant(root, name)
	if err != nil {
		return err
	}
	current := text.value
	t := newTable(os.Stdout)
	fmt.Fprintf(t, "%s\tfalse/day: 401\tkid\tother\tcold\t401: found\tmedian\tp95\tkid: found\tmedian\tfirst: found\tmedian\t<=1.5f+15\tearly\tlate\textra\t\n", name)
	for _, value := range values {
		r, err := rebuilt(root, dir, file, text.with(value), play)
		if err != nil {
			return fmt.Errorf("try %s = %s: %w", name, value, err)
		}
		a, k, f := r.Totals[the401], r.Totals[theKid], r.Totals[first]
		mark := ""
		if value == current {
			mark = "* "
		}
		fmt.Fprintf(t, "%s%s\t%.3f\t%.3f\t%.3f\t%d\t%d/%d\t%s\t%s\t%d/%d\t%s\t%d/%d\t%s\t%.0f %%\t%d\t%d/%d\t%.3f\t\n",
			mark, value, a.PerDay, k.PerDay, f.PerDay, a.Cold+k.Cold+f.Cold, a.Found, a.Owed, orDash(a.Median), orDash(a.P95),
			k.Found, k.Owed, orDash(k.Median), f.Found, f.Owed, orDash(f.Median), 100*f.Within,
			a.Early+k.Early, a.Late+k.Late, a.Sure+k.Sure, a.Extra+k.Extra)
	}
	t.flush()
	fmt.Println()
	return nil
}

// definition is a constant's place in a file.
type definition struct{ before, value, after string }

func (d definition) with(value string) string { return d.before + value + d.after }

// findConstant returns the file of the detector that defines a constant.
func findConstant(root, name string) (string, definition, error) {
	files, err := filepath.Glob(filepath.Join(root, "detector", "*.go"))
	if err != nil {
		return "", definition{}, err
	}
	defined := regexp.MustCompile(`(?m)^(?:\s+|const )` + regexp.QuoteMeta(name) + `\s*=\s*(-?[0-9.]+)`)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return "", definition{}, fmt.Errorf("look for %s: %w", name, err)
		}
		if at := defined.FindSubmatchIndex(data); at != nil {
			return file, definition{string(data[:at[2]]), string(data[at[2]:at[3]]), string(data[at[3]:])}, nil
		}
	}
	return "", definition{}, fmt.Errorf("look for %s: the detector has no such constant", name)
}

// rebuilt runs this command, built with text in the place of a file.
func rebuilt(root, dir, file, text string, play []string) (*results, error) {
	changed, overlay, out := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "out.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {file: changed}})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.WriteFile(changed, []byte(text), 0o600), os.WriteFile(overlay, replace, 0o600)); err != nil {
		return nil, err
	}
	run := exec.CommandContext(context.Background(), "go", append([]string{"run", "-overlay", overlay, "./bench/detection"}, append(play, "-json", out)...)...)
	run.Dir = root
	if said, err := run.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	r := new(results)
	return r, json.Unmarshal(data, r)
}
