package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// setName is set for a text that is used as it is: a service, pod, namespace or request
// id.
func (d *Decoder) setName(name []byte, m *lexicon.Meaning, e *Entry) {
	switch m.Field {
	case lexicon.Service:
		if m.Rank == lexicon.RankServiceName && isErrorClass(name) {
			if !beginsWithMethod(name) {
				d.addText(value{name, kindString, false})
			}
		} else {
			d.setService(name, m, e)
		}
	case lexicon.Pod:
		d.settle(m, e.setPod(name, m.Rank))
	case lexicon.Namespace:
		d.settle(m, e.setNamespace(name, m.Rank))
	default:
		e.setRequestID(name, m.Rank)
		d.settle(m, true)
	}
	d.layer.marks |= m.Mark
}

// isErrorClass reports whether a name is that of an error, as a JavaScript error
// has it, or of a request, as a span has it, and not of a service.
func isErrorClass(name []byte) bool {
	return bytes.HasSuffix(name, []byte("Error")) || bytes.HasSuffix(name, []byte("Exception")) || beginsWithMethod(name)
}

// beginsWithMethod reports whether a name belongs to a request: GET Orders/Get.
func beginsWithMethod(name []byte) bool {
	i := bytes.IndexByte(name[:min(len(name), 8)], ' ')
	return i > 2 && request.IsKnownMethod(name[:i])
}

// isDuration reports whether a supposed name is a duration.
func isDuration(name []byte) bool {
	return len(name) > 1 && scan.IsDigit(name[0]) && name[len(name)-1] > '9' && request.IsDuration(name)
}

// mayBeContainer reports whether name may be the kubelet's name for a container.
func mayBeContainer(name []byte) bool { return len(name) > 4 && name[0] == 'k' && name[3] == '_' }

// setService takes the name of a service, or none where it is how long something took.
func (d *Decoder) setService(name []byte, m *lexicon.Meaning, e *Entry) {
	if isDuration(name) {
		return
	}
	if mayBeContainer(name) {
		if namespace, pod, container := naming.Container(name); container != nil {
			e.setContainer(namespace, pod)
			name = container
		}
	}
	d.settle(m, e.setService(name, m.Rank))
}
