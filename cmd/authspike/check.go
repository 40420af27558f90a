package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/authspike/authspike/pipeline/app"
)

func newCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE...",
		Short: "Report every fault in configuration, rule, catalogue and test files",
		Long: `Check reads files as authspike run would, and reports every fault with its position
and what to do about it. Whether a file is a configuration, rules, a catalogue or
tests is determined by its keys. Files that a configuration names are checked too.`,
		Example: `  authspike check authspike.yaml rules/*.yaml`,
		Args:    atLeastOne("file"),
		RunE: func(cmd *cobra.Command, files []string) error {
			good := true
			for _, file := range files {
				found, err := app.Check(file)
				if err != nil {
					good = false
					fmt.Fprintln(cmd.ErrOrStderr(), err)
					continue
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", file, found)
			}
			if !good {
				return errSaid
			}
			return nil
		},
	}
}
