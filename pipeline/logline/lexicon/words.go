package lexicon

import "strings"

// A key that is not in the table may still reveal its meaning by its words:
// httpRequestPath, final_status_code, nginx.access.status. Its words, and those of the
// objects around it, must all be known to be about it; a single other word, such as
// upstream or last, takes the meaning away.

// wordRule gives a meaning to paths of one kind.
type wordRule struct {
	field Field
	rank  Rank
	mark  Mark
	last  string // one of these ends the path
	need  string // one of these stands in it, where not empty
	allow string // the words that may stand before the last
}

// aboutRequest are the words that may precede what is said about a request.
const aboutRequest = " http https request requested req client incoming inbound original orig raw cs in api web access nginx apache "

var wordRules = []wordRule{
	{Method, 10, 0, " method verb ", "", aboutRequest + "url uri "},
	{Method, 12, 0, " name ", " method verb ", aboutRequest + "method verb "},
	{Path, 10, 0, " path uri url pathname target stem ", " path url request requested req original orig raw client stem ", aboutRequest + "x server url uri path full resource relative decoded normalized forwarded rewritten servlet page current line "},
	{Path, 12, 0, " uri target ", "", aboutRequest},
	{Path, 16, 0, " route endpoint ", "", aboutRequest + "matched url path "},
	{Status, 10, 0, " status statuscode httpstatus ", "", aboutResponse},
	{Status, 11, 0, " code ", " http https response resp res status ", aboutResponse},
	{Request, 10, 0, " line request ", " http request req ", aboutRequest + "first log "},
	{Time, 14, 0, " time timestamp ts date datetime at epoch iso8601 ms millis utc unix ns nano local ", " time timestamp ts date datetime at epoch ", " time timestamp ts date datetime epoch unix utc local iso iso8601 log logged event request req access record entry message msg created creation started start occurred emitted generated written handle handled received in ms millis grpc http https api web access nginx apache "},
	{Level, 10, 0, " level severity lvl levelname ", "", aboutLevel},
	{Level, 12, 0, " name text label string str value ", " level severity lvl loglevel ", aboutLevel},
	{Message, 14, 0, " message msg text content line ", "", " log event message msg raw original formatted rendered full short human text body record "},
	{Pod, RankPodName, 0, " name pod podname ", " pod podname ", " kubernetes kube k8s pod meta "},
	{Namespace, RankNamespace, 0, " name namespace namespacename ", " namespace namespacename ", " kubernetes kube k8s pod namespace meta "},
	{Service, RankServiceContainer, 0, " name container containername ", " container containername ", " kubernetes kube k8s docker container pod meta "},
	{Pod, RankPodHost, 0, " hostname ", "", " log server machine node system os source "},
}

const (
	aboutResponse = aboutRequest + "response resp res returned return final edge downstream elb sc status httpresponse out "
	aboutLevel    = " log event message msg level severity lvl loglevel error record "
)

// innerWords are the names of objects that say nothing about their content.
const innerWords = " metadata meta context connection info data details detail fields log event properties attributes extra entry record message transaction " +
	"ibm twirp kong envoy haproxy traefik caddy fastly akamai istio varnish squid iis tomcat jetty undertow "

// objectWords are the names of objects that are looked into although the table has none
// of their members.
const objectWords = " http https request req response resp res nginx apache access web api kubernetes kube k8s "

// wordMeaning returns the meaning of the key at a path by its words; the path is as in
// the line, with a dot after each object.
func wordMeaning(path string) (m Meaning, ok bool) {
	var words [maxWords]string
	n, ok := splitWords(path, &words)
	if !ok || n < 2 || n == 2 && words[0] == "client" { // client_url is what a client asked for
		return m, false
	}
	for i := range wordRules {
		r := &wordRules[i]
		if hasWord(r.last, words[n-1]) && r.allows(words[:n]) {
			return Meaning{Field: r.field, Rank: r.rank, Mark: r.mark}, true
		}
	}
	return m, false
}

// allows reports whether words may make up a path of the rule's kind.
func (r *wordRule) allows(words []string) bool {
	last := len(words) - 1
	needed := r.need == ""
	for i, w := range words {
		needed = needed || hasWord(r.need, w)
		if i < last && !hasWord(r.allow, w) && !hasWord(innerWords, w) {
			return false
		}
	}
	return needed
}

// wordObject reports whether the object at a path is one to be looked into for
// keys that say what they mean.
func wordObject(path string) bool {
	var words [maxWords]string
	n, ok := splitWords(path, &words)
	found := false
	for _, w := range words[:n] {
		if hasWord(objectWords, w) {
			found = true
		} else if !hasWord(innerWords, w) && !hasWord(aboutResponse, w) {
			return false
		}
	}
	return ok && found
}

// maxWords bounds the words of a path.
const maxWords = 8

// splitWords splits a path at dots, underscores, hyphens and camel-case boundaries into
// lower-case words, and returns their number. It returns false if there are too many.
func splitWords(path string, words *[maxWords]string) (n int, ok bool) {
	start := 0
	add := func(end int) bool {
		if end > start {
			if n == maxWords {
				return false
			}
			words[n] = strings.ToLower(path[start:end])
			n++
		}
		return true
	}
	for i := range len(path) {
		switch ch := path[i]; {
		case ch == '_' || ch == '-' || ch == '.' || ch == '@' || ch == ' ' || ch == '/':
			if !add(i) {
				return n, false
			}
			start = i + 1
		case ch >= 'A' && ch <= 'Z' && i > start && (path[i-1] >= 'a' && path[i-1] <= 'z' || i+1 < len(path) && path[i+1] >= 'a' && path[i+1] <= 'z' && path[i-1] != '_'):
			if !add(i) {
				return n, false
			}
			start = i
		}
	}
	return n, add(len(path))
}

// hasWord reports whether list, words with a blank before and behind each, has word.
func hasWord(list, word string) bool {
	for rest := list; ; {
		i := strings.Index(rest, word)
		if i < 0 {
			return false
		}
		if end := i + len(word); i > 0 && end < len(rest) && rest[i-1] == ' ' && rest[end] == ' ' {
			return true
		}
		rest = rest[i+1:]
	}
}
