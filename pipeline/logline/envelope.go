package logline

import (
	"github.com/authspike/authspike/pipeline/logline/header"
	"github.com/authspike/authspike/pipeline/logline/naming"
)

// Envelope is what Kafka knows about a record besides its value. The zero value, for a
// line of a file, is empty.
type Envelope struct {
	Topic   []byte
	Key     []byte
	Headers header.List
}

// nameAround fills in names that the lines of a record do not state from the record's
// headers, then its key, then its topic.
func (d *Decoder) nameAround(e *Entry) {
	if h := d.env.Headers; len(h) > 1 {
		names := h.Names()
		if e.Namespace == nil {
			e.Namespace = names.Namespace
		}
		if e.Pod == nil {
			e.Pod = names.Pod
		}
		if e.Service == nil {
			e.Service, e.ServiceFrom = names.Service, ServiceHeader
		}
	}
	if e.Service == nil {
		e.ServiceFrom = ServiceKey
		if key := d.env.Key; naming.IsReplica(key) && naming.IsService(naming.Workload(key)) {
			e.Service = naming.Workload(key)
			if e.Pod == nil {
				e.Pod = key
			}
		} else if naming.IsService(key) {
			e.Service = key
		}
	}
	if e.Service == nil && len(d.env.Topic) > 0 {
		e.Service, e.ServiceFrom = d.env.Topic, ServiceTopic
	}
	if e.Service == nil {
		e.ServiceFrom = ServiceLine
	}
}
