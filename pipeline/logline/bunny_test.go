package logline

import "testing"

var bunnyLines = []lineTest{
	{`HIT|401|1614834367123|412|390|203.0.113.9|-|https://cdn.example.com/a/b.mp4?x=1|WA|Mozilla/5.0|322b|DE`, `bunny 2021-03-04T05:06:07.123Z 401 /a/b.mp4`},
	{`-|403|1614834367123|98|390|203.0.113.9|https://a.example/|https://cdn.example.com/|DE|curl/8|17|DE`, `bunny 2021-03-04T05:06:07.123Z 403 /`},
	{`HIT|401|cached|412|390|203.0.113.9|-|https://cdn.example.com/a`, ` "HIT|401|cached|412|390|203.0.113.9|-|https://cdn.example.com/a"`},
}

func TestBunny(t *testing.T) { checkLines(t, bunnyLines) }
