package app

import "github.com/authspike/authspike/pipeline"

// Reading returns the options for reading and counting the lines of a topic, with
// every field that they have; "" stands for no topic. A configuration file is
// optional.
func Reading(configFile, topic string) (pipeline.WorkerOptions, error) {
	l, err := load(configFile, Flags{})
	if err != nil {
		return pipeline.WorkerOptions{}, err
	}
	opts := l.worker(topic)
	opts.Logline.Lazy = false
	return opts, nil
}
