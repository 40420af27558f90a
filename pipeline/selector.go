package pipeline

import (
	"fmt"
	"path"
	"slices"

	"github.com/authspike/authspike/pipeline/logline"
)

// Selector matches requests by globs in the syntax of path.Match, except that `*` at
// the end of a pattern also matches slashes. An empty pattern matches everything.
type Selector struct {
	Namespace string `yaml:"namespace"`
	Service   string `yaml:"service"`
	Path      string `yaml:"path"`
	Method    string `yaml:"method"`
	Host      string `yaml:"host"`   // the host that the request was for, without port
	Format    string `yaml:"format"` // the innermost format, as `authspike decode` shows it
}

// Selection decides which requests count: those that match no Skip and, if there
// are any Only selectors, one of them. Failures always count.
type Selection struct {
	Only []Selector `yaml:"only"`
	Skip []Selector `yaml:"skip"`
}

// HealthChecks skips the requests of probes and scrapers.
func HealthChecks() Selection {
	paths := []string{
		"/healthz", "/livez", "/readyz", "/health", "/health/*", "/healthcheck", "/live", "/liveness", "/ready", "/readiness",
		"/ping", "/metrics", "/actuator/health*", "/actuator/prometheus", "/-/healthy", "/-/ready",
	}
	var s Selection
	for _, p := range paths {
		s.Skip = append(s.Skip, Selector{Path: p})
	}
	return s
}

// selection is a compiled Selection.
type selection struct {
	only, skip []selector
	skipPaths  [64][]string // the skips that are one path and nothing else, by its length
	skipBegins []string     // and those that are the beginning of a path
}

type selector struct{ namespace, service, path, method, host, format glob }

func (s *Selection) compile() (*selection, error) {
	c := new(selection)
	for _, one := range s.Only {
		m, err := one.compile()
		if err != nil {
			return nil, err
		}
		c.only = append(c.only, m)
	}
	for _, one := range s.Skip {
		m, err := one.compile()
		if err != nil {
			return nil, err
		}
		pathOnly := one == (Selector{Path: one.Path})
		switch n := len(m.path.text); {
		case pathOnly && m.path.kind == exact && n < len(c.skipPaths):
			c.skipPaths[n] = append(c.skipPaths[n], m.path.text)
		case pathOnly && m.path.kind == prefix:
			c.skipBegins = append(c.skipBegins, m.path.text)
		default:
			c.skip = append(c.skip, m)
		}
	}
	return c, nil
}

// Validate reports the first pattern that is malformed.
func (s *Selection) Validate() error {
	_, err := s.compile()
	return err
}

// usesHost reports whether a selector matches by host.
func (s *Selection) usesHost() bool {
	asks := func(one Selector) bool { return one.Host != "" }
	return slices.ContainsFunc(s.Only, asks) || slices.ContainsFunc(s.Skip, asks)
}

func (s *Selector) compile() (m selector, err error) {
	for _, p := range []struct {
		pattern string
		into    *glob
	}{{s.Namespace, &m.namespace}, {s.Service, &m.service}, {s.Path, &m.path}, {s.Method, &m.method}, {s.Host, &m.host}, {s.Format, &m.format}} {
		if *p.into, err = compileGlob(p.pattern); err != nil {
			return m, err
		}
	}
	return m, nil
}

// counts reports whether the request e counts.
func (s *selection) counts(e *logline.Entry) bool {
	if n := len(e.Path); n < len(s.skipPaths) {
		for _, p := range s.skipPaths[n] {
			if string(e.Path) == p {
				return false
			}
		}
	}
	for _, p := range s.skipBegins {
		if len(e.Path) >= len(p) && string(e.Path[:len(p)]) == p {
			return false
		}
	}
	for i := range s.skip {
		if s.skip[i].match(e) {
			return false
		}
	}
	for i := range s.only {
		if s.only[i].match(e) {
			return true
		}
	}
	return len(s.only) == 0
}

func (m *selector) match(e *logline.Entry) bool {
	return m.path.match(e.Path) && m.service.match(e.Service) && m.namespace.match(e.Namespace) &&
		m.method.match(e.Method) && m.host.match(e.Host) && m.format.matchString(e.Format)
}

// glob is a compiled pattern; most are a literal or a prefix.
type glob struct {
	kind globKind
	text string
}

type globKind uint8

const (
	anything globKind = iota
	exact
	prefix
	pattern
)

func compileGlob(p string) (glob, error) {
	if _, err := path.Match(p, ""); err != nil {
		return glob{}, fmt.Errorf("pattern %q: %w", p, err)
	}
	special := -1
	for i := range len(p) {
		if c := p[i]; c == '*' || c == '?' || c == '[' || c == '\\' {
			special = i
			break
		}
	}
	switch {
	case p == "" || p == "*":
		return glob{}, nil
	case special < 0:
		return glob{exact, p}, nil
	case special == len(p)-1 && p[special] == '*':
		return glob{prefix, p[:special]}, nil
	default:
		return glob{pattern, p}, nil
	}
}

func (g *glob) match(b []byte) bool {
	switch g.kind {
	case anything:
		return true
	case exact:
		return string(b) == g.text
	case prefix:
		return len(b) >= len(g.text) && string(b[:len(g.text)]) == g.text
	default:
		ok, err := path.Match(g.text, string(b))
		return ok && err == nil
	}
}

func (g *glob) matchString(s string) bool {
	return g.kind == anything || g.match([]byte(s))
}
