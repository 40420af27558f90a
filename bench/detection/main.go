// Command detection measures how soon, how surely and how calmly detectors
// speak about simulated services, whose truth is known: authspike's detector,
// the rules people write today, the tests of the literature, and the floor
// below which nobody can be.
//
//	go run ./bench/detection               # all scenarios, a table
//	go run ./bench/detection list          # the scenarios
//	go run ./bench/detection lines         # one scenario as log lines, with its truth
//	go run ./bench/detection judge         # scores what `replay --output jsonl` said about such lines
//	go run ./bench/detection curve         # delay against false alarms
//	go run ./bench/detection calibrate     # what each constant of the detector trades
//
// A seed and a scenario's name determine every sample. What is scored is only
// ever what the detectors said at the time: nothing of theirs is looked into.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"
)

func main() {
	log.SetFlags(0)
	if err := dispatch(os.Args[1:]); err != nil {
		log.Fatalln("detection:", err)
	}
}

// dispatch runs the command that args name, or run.
func dispatch(args []string) error {
	command := "run"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		command, args = args[0], args[1:]
	}
	commands := map[string]func([]string) error{
		"run":       runCommand,
		"list":      listCommand,
		"lines":     linesCommand,
		"judge":     judgeCommand,
		"curve":     curveCommand,
		"calibrate": calibrateCommand,
	}
	do, ok := commands[command]
	if !ok {
		return fmt.Errorf("no command is called %q", command)
	}
	return do(args)
}

func listCommand([]string) error {
	for _, c := range catalogue {
		fmt.Printf("%-18s %s\n", c.name, c.about)
	}
	return nil
}
