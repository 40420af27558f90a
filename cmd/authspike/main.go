// Command authspike tails authentication logs from Kafka and alerts through
// Alertmanager when tokens begin to be rejected, and why.
//
// The exit code is 0 on success, 1 on failure and 2 on wrong usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/authspike/authspike/pipeline/app"
)

func main() {
	os.Exit(execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// The exit codes.
const (
	exitGood   = 0
	exitFailed = 1
	exitUsage  = 2
)

// usageError is an error in the command line.
type usageError struct{ error }

// Unwrap returns the error.
func (e usageError) Unwrap() error { return e.error }

// execute runs the command line and returns the exit code.
func execute(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitGood
	case errors.As(err, &usage), errors.Is(err, app.ErrNoSource), errors.Is(err, app.ErrNoTopics):
		fmt.Fprintf(stderr, "authspike: %v\n", err)
		return exitUsage
	case errors.Is(err, errSaid):
		return exitFailed
	case strings.Contains(err.Error(), "\n"): // a list of faults, each with its place
		fmt.Fprintln(stderr, err)
		return exitFailed
	default:
		fmt.Fprintf(stderr, "authspike: %v\n", err)
		return exitFailed
	}
}

// errSaid ends a command whose output already says what is wrong.
var errSaid = errors.New("faults were reported")

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "authspike",
		Short: "Alerts seconds after tokens begin to be rejected, and says why",
		Long: `authspike tails HTTP access logs and token-verifier logs from Kafka, counts 401s
and the reasons why tokens are rejected, compares the counts with what is normal,
and sends alerts to Alertmanager and metrics to Prometheus.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w (see %s --help)", err, cmd.CommandPath())}
	})
	root.AddCommand(newRunCommand(), newReplayCommand(), newDecodeCommand(), newCheckCommand(), newTestCommand(), newRulesCommand(), newVersionCommand())
	usageArgs(root)
	plainHelp(root)
	return root
}

// filesOrStdin describes the files that a command reads.
const filesOrStdin = "file, or - for standard input"

// atLeastOne requires at least one argument.
func atLeastOne(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return errors.New("name at least one " + what)
		}
		return nil
	}
}

// usageArgs turns argument errors of a command and its subcommands into usage errors.
func usageArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usageError{fmt.Errorf("%w (see %s --help)", err, cmd.CommandPath())}
			}
			return nil
		}
	}
	for _, below := range cmd.Commands() {
		usageArgs(below)
	}
}
