package logline

import "testing"

var redisLines = []lineTest{
	{`1:M 04 Mar 2021 05:06:07.123 # WARNING: overcommit is off`, `redis 2021-03-04T05:06:07.123Z warn "WARNING: overcommit is off"`},
	{`1:M 04 Mar 2021 05:06:07.123 * Ready to accept connections`, `redis 2021-03-04T05:06:07.123Z info "Ready to accept connections"`},
	{`17:S 04 Mar 05:06:07.123 - 3 clients connected`, `redis debug "3 clients connected"`},
	{`[17] 04 Mar 05:06:07.123 # no memory`, `redis warn "no memory"`},
	{`1:signal-handler (1614834367) stopping`, ` "1:signal-handler (1614834367) stopping"`},
	{`[17] 04 Mar 05:06:07.123 twice`, `text "twice"`},
}

func TestRedis(t *testing.T) { checkLines(t, redisLines) }
