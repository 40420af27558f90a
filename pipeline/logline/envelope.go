package logline

import (
	"github.com/authspike/authspike/pipeline/logline/header"
	"github.com/authspike/authspike/pipeline/logline/naming"
)

// Envelope is what Kafka knows of a record besides its value. The zero value
// knows nothing, as of a line of a file.
type Envelope struct {
	Topic   []byte
	Key     []byte
	Headers header.List
}

// nameAround names what the lines of a record leave open by what stands around
// them: headers, then the key, then the topic.
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
