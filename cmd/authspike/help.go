package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// plainHelp lists the flags of a command and its subcommands the way people write
// them: boolean flags have no value.
func plainHelp(root *cobra.Command) {
	cobra.AddTemplateFunc("flagUsages", flagUsages)
	text := root.UsageTemplate()
	for _, set := range []string{".LocalFlags", ".InheritedFlags"} {
		text = strings.ReplaceAll(text, "{{"+set+".FlagUsages", "{{flagUsages "+set)
	}
	root.SetUsageTemplate(text)
}

// flagUsages returns a line for each flag that is shown.
func flagUsages(set *pflag.FlagSet) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		short, value, about := "    ", "", f.Usage
		if f.Shorthand != "" {
			short = "-" + f.Shorthand + ", "
		}
		if f.Value.Type() != "bool" {
			name, usage := pflag.UnquoteUsage(f)
			value, about = " "+name, usage
		}
		fmt.Fprintf(w, "  %s--%s%s\t%s%s\n", short, f.Name, value, about, defaultOf(f))
	})
	_ = w.Flush() // into memory
	return b.String()
}

func defaultOf(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "false", "0", "0s", "[]":
		return ""
	}
	text := f.DefValue
	if f.Value.Type() == "duration" {
		text = strings.TrimSuffix(text, "0s") // 10m, not 10m0s
	}
	return " (default " + text + ")"
}
