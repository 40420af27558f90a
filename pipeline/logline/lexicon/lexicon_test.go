package lexicon

import (
	"strings"
	"testing"
)

// TestSpellings sees that the table's paths are folded, so that they are found, and
// that the names of namespaces have the word that readers look for.
func TestSpellings(t *testing.T) {
	for _, s := range spellings {
		if s.rank >= 64 && s.field < NumLayered {
			t.Errorf("%s: rank %d is of another tier", s.paths, s.rank)
		}
		for _, path := range strings.Fields(s.paths) {
			if folded := string(Fold(nil, []byte(path))); folded != path {
				t.Errorf("%s: nothing folds to it, but to %s", path, folded)
			}
			if s.field == Namespace && !strings.Contains(path, "namespace") {
				t.Errorf("%s names a namespace without the word", path)
			}
		}
	}
	for name := range contexts {
		if folded := string(Fold(nil, []byte(name))); folded != name {
			t.Errorf("context %s: nothing folds to it, but to %s", name, folded)
		}
	}
}

// at returns what the last of the keys means, each of which but that is an object.
func at(t *Table, keys ...string) Meaning {
	scope := Root("")
	for i, key := range keys {
		m, inner, ok := t.LookUp(&scope, []byte(key))
		if i == len(keys)-1 {
			return m
		}
		if !ok {
			return Meaning{}
		}
		scope = inner
	}
	return Meaning{}
}

func TestLookUp(t *testing.T) {
	table := New(map[string]uint16{"labels.team": 1, "status": 2}, false)
	for path, want := range map[string]Field{
		"status": Status, "Status_Code": Status, "http|response|status-code": Status, "http.response.status_code": Status,
		"fields|level": Level, "finalStatusCode": Status, "nginx|access|method": Method, "upstream_status": None, "expiry_time": None,
		"unknown": None, "labels|team": Tapped, "http_host": None, "kubernetes|namespace_name": Namespace,
	} {
		if got := at(table, strings.Split(path, "|")...).Field; got != want {
			t.Errorf("%s means %d, want %d", path, got, want)
		}
	}
	if m := at(table, "status"); m.Tap != 2 || m.Settles != NeedStatus || m.Rank != 64*TierLine+4 {
		t.Errorf("status means %+v", m)
	}
	if m := at(table, "fields", "status"); m.Settles != 0 || m.Rank != 64*TierContext+4 {
		t.Errorf("a status in a context means %+v", m)
	}
	if m := at(New(nil, true), "http_host"); m.Field != HTTPHost {
		t.Errorf("a host that is looked for means %+v", m)
	}
	if m := at(table, "source_type"); m.Mark.Wrapper() != "vector" {
		t.Errorf("source_type is of %q", m.Mark.Wrapper())
	}
}
