package naming

import "bytes"

// File reads pod, namespace and container from the name of a log file of the
// kubelet, or from a tag made of it: /var/log/pods/NS_POD_UID/CONTAINER/0.log and
// /var/log/containers/POD_NS_CONTAINER-ID.log. They are nil for another file.
func File(name []byte) (namespace, pod, container []byte) {
	if _, rest, ok := bytes.Cut(name, podsDir); ok {
		dir, rest, _ := bytes.Cut(rest, slash)
		namespace, dir, _ = bytes.Cut(dir, underscore)
		pod, _, ok = bytes.Cut(dir, underscore)
		if !ok {
			return nil, nil, nil
		}
		container, _, _ = bytes.Cut(rest, slash)
	} else if i := max(bytes.Index(name, containersDir), bytes.Index(name, containersTag)); i >= 0 {
		pod, container, _ = bytes.Cut(name[i+len(containersDir):], underscore)
		namespace, container, _ = bytes.Cut(container, underscore)
		if i = bytes.LastIndexByte(container, '-'); i < 0 {
			return nil, nil, nil
		}
		container = container[:i]
	}
	return namespace, pod, container
}

// Container reads namespace, pod and container from the name that the kubelet gives to
// a Docker container: k8s_CONTAINER_POD_NS_UID_ATTEMPT. They are nil for another name.
func Container(name []byte) (namespace, pod, container []byte) {
	name, ok := bytes.CutPrefix(name, kubeletPrefix)
	if !ok || bytes.Count(name, underscore) < 4 {
		return nil, nil, nil
	}
	container, name, _ = bytes.Cut(name, underscore)
	pod, name, _ = bytes.Cut(name, underscore)
	namespace, _, _ = bytes.Cut(name, underscore)
	return namespace, pod, container
}

var (
	kubeletPrefix = []byte("k8s_")

	podsDir       = []byte("/log/pods/")
	containersDir = []byte("/log/containers/")
	containersTag = []byte(".log.containers.") // the same in a tag
	slash         = []byte("/")
	underscore    = []byte("_")
)
