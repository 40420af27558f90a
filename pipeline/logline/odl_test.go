package logline

import "testing"

var odlLines = []lineTest{
	{`[2021-03-04T05:06:07.123+01:00] [front_1] [NOTIFICATION] [] [com.example.auth] [tid: [ACTIVE].Thread: '7' for queue: 'a (b)'] [userId: <anonymous>] [ecid: 1a,0:1] [APP: shop] Tenant: a, no key`, `odl 2021-03-04T04:06:07.123Z info "Tenant: a, no key"`},
	{`[2021-03-04T05:06:07.123+00:00] [OHS] [ERROR:32] [OHS-9999] [core.c] [host_id: web1.example.com] [host_addr: 192.0.2.1] [pid: 17] [VirtualHost: main] client denied`, `odl 2021-03-04T05:06:07.123Z error pod=web1.example.com "client denied"`},
	{`[2021-03-04T05:06:07.123+00:00] [a] [INCIDENT_ERROR] [X-1] [b] [tid: 7] GET /a 401 2ms`, `odl 2021-03-04T05:06:07.123Z 401 GET /a fatal "GET /a 401 2ms"`},
	{`[2021-03-04T05:06:07.123+00:00] [a] [TRACE:16] [] [b] [tid: 7] RETURN`, `odl 2021-03-04T05:06:07.123Z debug "RETURN"`},
	{`[2021-03-04T05:06:07.123+00:00] [a] [WARNING] [] [b] [tid: 7] [part one] no key`, `odl 2021-03-04T05:06:07.123Z warn "[part one] no key"`},
	{`[2021-03-04T05:06:07.123+00:00] [a] [LOUD] [] [b] [tid: 7] no key`, `text 2021-03-04T05:06:07.123Z "no key"`},
	{`[2021-03-04T05:06:07.123+00:00] [a] [ERROR] [] [b] no key`, `text 2021-03-04T05:06:07.123Z error "no key"`},
	{`[2021-03-04T05:06:07.123+00:00] [a] [ERROR] [`, `text 2021-03-04T05:06:07.123Z error "["`},
}

func TestODL(t *testing.T) { checkLines(t, odlLines) }
