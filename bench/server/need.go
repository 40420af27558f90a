package server

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// Tool is a program, or a set of files, that real servers are made of.
type Tool struct {
	name  string
	names []string // names of the executable, the first that is found counts
	get   string   // how to get it
}

// The tools.
var (
	Java         = Tool{"Java", []string{"java"}, "install a Java runtime, version 17 or later"}
	Prometheus   = Tool{"Prometheus", []string{"prometheus"}, "apt-get install prometheus"}
	Promtool     = Tool{"promtool", []string{"promtool"}, "apt-get install prometheus"}
	Alertmanager = Tool{"Alertmanager", []string{"alertmanager", "prometheus-alertmanager"}, "apt-get install prometheus-alertmanager"}
	Amtool       = Tool{"amtool", []string{"amtool"}, "apt-get install prometheus-alertmanager"}
	Chromium     = Tool{"Chromium", []string{"chromium", "chromium-browser", "google-chrome"}, "apt-get install chromium"}
	Broker       = Tool{"Apache Kafka " + Kafka41, nil, "make real-servers"}
	OldBroker    = Tool{"Apache Kafka " + Kafka39, nil, "make real-servers"}
)

// RealEnv is the environment variable that makes tests against real servers run
// (and fail where a server is missing) instead of being skipped.
const RealEnv = "AUTHSPIKE_REAL"

// Need lets a test go on only when the tests against real servers were asked for
// and all tools are there. Otherwise it skips the test; with RealEnv set, a missing
// tool is a failure.
func Need(tb testing.TB, tools ...Tool) {
	tb.Helper()
	if os.Getenv(RealEnv) == "" {
		tb.Skip("needs real servers: make test-real")
	}
	for _, t := range tools {
		if _, err := t.Path(); err != nil {
			tb.Fatal(err)
		}
	}
}

// Path returns where the tool's executable (of the brokers: the folder of jars)
// is, or an error that says how to get it.
func (t Tool) Path() (string, error) {
	switch t.name {
	case Broker.name:
		return jars(Kafka41)
	case OldBroker.name:
		return jars(Kafka39)
	}
	for _, name := range t.names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not installed: %s", t.name, t.get)
}

// jars returns the folder that holds the broker's jars.
func jars(version string) (string, error) {
	dir := filepath.Join(moduleRoot(), ".cache", "kafka-"+version)
	found, err := filepath.Glob(filepath.Join(dir, "kafka_*.jar"))
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("the jars of Apache Kafka %s are not in %s: make real-servers", version, dir)
	}
	return dir, nil
}

// moduleRoot is the folder of go.mod, seen from this source file.
func moduleRoot() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}
