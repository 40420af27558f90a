package app

import "github.com/authspike/authspike/pipeline"

// Reading returns how the lines of a topic are read and counted, with each field
// that they have; "" stands for no topic. A configuration file is optional.
func Reading(configFile, topic string) (pipeline.WorkerOptions, error) {
	l, err := load(configFile, Flags{})
	if err != nil {
		return pipeline.WorkerOptions{}, err
	}
	opts := l.worker(topic)
	opts.Logline.Lazy = false
	return opts, nil
}
