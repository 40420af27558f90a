package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/authspike/authspike/pipeline/app"
)

func newTestCommand() *cobra.Command {
	var config string
	cmd := &cobra.Command{
		Use:   "test FILE...",
		Short: "Run unit tests for rules",
		Long: `Test runs rule tests from YAML files: traffic, as rates or as log lines, and the
alerts that must or must not fire at given times. It prints one line per test and,
for a failed one, what was expected and what happened instead. The rules are those
that a file names, or else the configured ones, or else the built-in ones.`,
		Example: `  authspike test rules/examples/*.yaml`,
		Args:    atLeastOne("file"),
		RunE: func(cmd *cobra.Command, files []string) error {
			good := true
			for _, file := range files {
				passed, err := app.Test(app.TestOptions{ConfigFile: config, File: file, Out: cmd.OutOrStdout()})
				if err != nil {
					fmt.Fprintln(cmd.ErrOrStderr(), err)
				}
				good = good && passed
			}
			if !good {
				return errSaid
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "configuration `file`; its Kafka, Alertmanager and port are not used")
	return cmd
}
