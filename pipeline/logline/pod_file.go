package logline

import "bytes"

// setFile reads pod, namespace and container from the name of a log file of the
// kubelet, or from a tag made of it: /var/log/pods/NS_POD_UID/CONTAINER/0.log and
// /var/log/containers/POD_NS_CONTAINER-ID.log. The metadata of a collector is
// better.
func (d *Decoder) setFile(name []byte, e *Entry) {
	var namespace, pod, container []byte
	if _, rest, ok := bytes.Cut(name, podsDir); ok {
		dir, rest, _ := bytes.Cut(rest, slash)
		namespace, dir, _ = bytes.Cut(dir, underscore)
		pod, _, ok = bytes.Cut(dir, underscore)
		if !ok {
			return
		}
		container, _, _ = bytes.Cut(rest, slash)
	} else if i := max(bytes.Index(name, containersDir), bytes.Index(name, containersTag)); i >= 0 {
		pod, container, _ = bytes.Cut(name[i+len(containersDir):], underscore)
		namespace, container, _ = bytes.Cut(container, underscore)
		if i = bytes.LastIndexByte(container, '-'); i < 0 {
			return
		}
		container = container[:i]
	}
	e.setNamespace(namespace, rankFile)
	e.setPod(pod, rankFile)
	e.setService(container, rankServiceContainer+10)
}

// rankFile is the rank of a pod and namespace that stand in a file's name: behind
// what names them, before a machine.
const rankFile rank = 20

var (
	podsDir       = []byte("/log/pods/")
	containersDir = []byte("/log/containers/")
	containersTag = []byte(".log.containers.") // the same in a tag
	slash         = []byte("/")
	underscore    = []byte("_")
)
