package naming

import (
	"bytes"
	"regexp"
	"testing"
)

func TestAppendRoute(t *testing.T) {
	for path, want := range map[string]string{
		"":                       "",
		"/":                      "/",
		"/api/orders":            "/api/orders",
		"/api/orders/":           "/api/orders/",
		"/api/orders/1007/items": "/api/orders/{id}/items",
		"/api/v1/users/42":       "/api/v1/users/{id}",
		"/users/8f14e45f-ceea-467f-a0e6-1f1c5e2b9c1d": "/users/{id}",
		"/blobs/8f14e45fceea467fa0e61f1c5e2b9c1d":     "/blobs/{id}",
		"/u/jane@example.com/cart":                    "/u/{id}/cart",
		"/u/jane%40example.com":                       "/u/{id}",
		"/orders/ord_8fj2kZ1":                         "/orders/{id}",
		"/orders/order-1007":                          "/orders/{id}",
		"/reports/2026-03-04":                         "/reports/{id}",
		"/a/kJhGfDsAqWeRtYuI":                         "/a/{id}",
		"/a/bcdfghjklmn":                              "/a/{id}",
		"/t/eyJhbGciOiJSUzI1NiJ9":                     "/t/{id}",
		"/.well-known/openid-configuration":           "/.well-known/openid-configuration",
		"/oauth2/token;jsessionid=81AB":               "/oauth2/token",
		"/k8s/s3/base64/route53/ipv4":                 "/k8s/s3/base64/route53/ipv4",
		"/OrderService/GetOrderById":                  "/OrderService/GetOrderById",
		"/posts/how-to-rotate-a-key-without-pain":     "/posts/{id}",
		"/static/app.3f9a8b7c.js":                     "/static/{id}",
		"/café":                                       "/{id}",
		"/a//b":                                       "/a//b",
		"*":                                           "*",
		"/" + string(bytes.Repeat([]byte("a/"), 40)):  "/a/a/a/a/a/a/a/a/a/a/...",
		"/api/{id}/items":                             "/api/{id}/items",
		"/deadbeef1":                                  "/{id}",
	} {
		if got := string(AppendRoute([]byte("x"), []byte(path))); got != "x"+want {
			t.Errorf("%q\n got %q\nwant %q", path, got[1:], want)
		}
	}
}

// telling is what a route must not have: three digits, something with an at sign,
// the beginning of a token.
var telling = regexp.MustCompile(`[0-9]{3}|@|eyJ[A-Za-z0-9]{6}|[^ -~]`)

// FuzzAppendRoute: a route of a route is itself, bounded, and tells nobody's name.
func FuzzAppendRoute(f *testing.F) {
	for _, path := range []string{"/api/orders/1007?x=1", "/a;b/c", "/u/jane@example.com", "/é/%40", "///", "/aBcDeFgH123/.../{id}"} {
		f.Add([]byte(path))
	}
	f.Fuzz(func(t *testing.T, path []byte) {
		route := AppendRoute(nil, path)
		if again := AppendRoute(nil, route); !bytes.Equal(again, route) {
			t.Fatalf("%q is of %q, and that of %q", path, route, again)
		}
		if n := bytes.Count(path, []byte("/")); len(route) > maxRoute+100+n {
			t.Fatalf("%q is of a route of %d bytes", path, len(route))
		}
		if s := telling.Find(route); s != nil {
			t.Fatalf("%q is of %q, which has %q", path, route, s)
		}
	})
}
