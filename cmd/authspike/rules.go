package main

import (
	"github.com/spf13/cobra"

	"github.com/authspike/authspike/rules"
)

func newRulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "rules",
		Short:   "Print the built-in rules",
		Long:    `Rules prints the rules that apply if no rule_files are configured, as a starting point for your own.`,
		Example: `  authspike rules > rules.yaml`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(rules.DefaultYAML())
			return err
		},
	}
}
