// Command detection measures how soon, how surely and how calmly detectors
// speak about simulated services, whose truth is known: authspike's detector,
// the rules people write today, the tests of the literature, and the floor
// below which nobody can be.
//
//	go run ./bench/detection               # all scenarios, a table
//	go run ./bench/detection list          # the scenarios
//	go run ./bench/detection lines         # one scenario as log lines, with its truth
//	go run ./bench/detection judge         # scores what replay said about such lines
//	go run ./bench/detection curve         # delay against false alarms
//
// A seed and a scenario's name determine every sample. What is scored is only
// ever what the detectors said at the time: nothing of theirs is looked into.
package main

import (
	"fmt"
	"os"
)

func main() {
	command, args := "run", os.Args[1:]
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		command, args = args[0], args[1:]
	}
	commands := map[string]func([]string) error{
		"run":   runCommand,
		"list":  listCommand,
		"lines": linesCommand,
		"judge": judgeCommand,
		"curve": curveCommand,
	}
	do, ok := commands[command]
	if !ok {
		fmt.Fprintf(os.Stderr, "detection: no command is called %q\n", command)
		os.Exit(2)
	}
	if err := do(args); err != nil {
		fmt.Fprintln(os.Stderr, "detection:", err)
		os.Exit(1)
	}
}

func listCommand([]string) error {
	for _, c := range catalogue {
		fmt.Printf("%-18s %s\n", c.name, c.about)
	}
	return nil
}
