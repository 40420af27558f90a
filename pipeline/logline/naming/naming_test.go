package naming

import (
	"strings"
	"testing"
)

// TestIsService: a key that names what wrote the line is told from one that
// identifies a person, a request or a machine.
func TestIsService(t *testing.T) {
	for key, want := range map[string]bool{
		"orders": true, "api-worker": true, "OrderService": true, "auth0-proxy": true, "k8s-sync": true, "s3-uploader": true, "oauth2": true, "billing_v2": true, "web": true,
		"": false, "a": false, "42": false, "8f14e45f-ceea-467f-a0e6-1f1c5e2b9c1d": false, "8f14e45fceea467fa0e61f1c5e2b9c1d": false, "user-42": false, "tenant_1007": false,
		"jane@example.com": false, "10.0.0.7": false, "ip-10-0-3-17": false, "node7.example.com": false, "web01": false, "Zq8xK2mP": false, "deadbeef1": false, "bcdfghjklmnp": false,
		"aBcDeFgHiJ": false, "orders/42": false, "{\"id\":1}": false, "\x00\x00\x00\x00\x07": false, "a b": false, "-orders": false, "orders-": true, strings.Repeat("name", 20): false,
		"evntbqgiaeb3d7": false, "01HZX3JQ2": false, "acct_1Hh2Kd": false, "cafe1": false,
	} {
		if IsService([]byte(key)) != want {
			t.Errorf("%q taken for a name: %v", key, !want)
		}
	}
}

func TestIsDaemon(t *testing.T) {
	for name, want := range map[string]bool{"api-x2x9z": true, "api-proxy": false, "api-mysql": false, "a-x2x9z": false, "api-0": false, "": false} {
		if IsDaemon([]byte(name)) != want {
			t.Errorf("%q taken for a pod of a DaemonSet: %v", name, !want)
		}
	}
}

func TestIsReplica(t *testing.T) {
	for name, want := range map[string]string{
		"api-7d4b9c6f5d-x2x9z": "api", "api-worker-7d4b9c6f5d-x2x9z": "api-worker", "api-0": "", "api-worker-blue": "", "-7d4b9c6f5d-x2x9z": "", "": "",
	} {
		got := ""
		if IsReplica([]byte(name)) {
			got = string(Workload([]byte(name)))
		}
		if got != want {
			t.Errorf("%q is a replica of %q, want %q", name, got, want)
		}
	}
}

func TestFile(t *testing.T) {
	for name, want := range map[string]string{
		"/var/log/pods/prod_api-0_8f14/web/0.log":                "prod api-0 web",
		"/var/log/containers/api-0_prod_web-8f14e45f.log":        "prod api-0 web",
		"kube.var.log.containers.api-0_prod_web-8f14e45f.log":    "prod api-0 web",
		"/var/log/nginx/access.log":                              "  ",
		"/var/log/pods/prod":                                     "  ",
		"/var/log/containers/api-0_prod_web_without_its_end.log": "  ",
	} {
		namespace, pod, container := File([]byte(name))
		if got := string(namespace) + " " + string(pod) + " " + string(container); got != want {
			t.Errorf("File(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestService(t *testing.T) {
	for name, want := range map[string]string{"/web": "web", "web": "web", "-": "", "None": "", "<nil>": "", "undefined": "", "nonesuch": "nonesuch", "__main__": "", "root": "", "/root": ""} {
		if got := string(Service([]byte(name))); got != want {
			t.Errorf("Service(%q) = %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]bool{"node-7.example.com": true, "[::1]": false, "::1": false, "10.0.0.7": true, "ERROR": false, "a/b": false, "": false} {
		if IsHost([]byte(name)) != want {
			t.Errorf("IsHost(%q) is not %v", name, want)
		}
	}
}
