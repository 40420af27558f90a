package source

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	kplain "github.com/twmb/franz-go/pkg/sasl/plain"

	"github.com/authspike/authspike/bench/server"
)

func certificates(t *testing.T) (*server.Certificates, *tls.Config) {
	t.Helper()
	certs, err := server.NewCertificates(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(certs.CertFile, certs.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(certs.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return certs, &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: pool, ClientCAs: pool}
}

func TestTLSAndSASL(t *testing.T) {
	certs, config := certificates(t)
	config.ClientAuth = tls.RequireAndVerifyClientCert
	c := broker(t, kfake.SeedTopics(1, "logs"), kfake.TLS(config), kfake.EnableSASL(),
		kfake.Superuser("PLAIN", "p", "secret-p"), kfake.Superuser("SCRAM-SHA-256", "s", "secret-s"), kfake.Superuser("SCRAM-SHA-512", "t", "secret-t"))
	cl := producer(t, c, kgo.DialTLSConfig(config), kgo.SASL(kplain.Auth{User: "p", Pass: "secret-p"}.AsMechanism()))
	produce(t, cl, "logs", 0, 0, 10)

	passwordFile := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(passwordFile, []byte("secret-t\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, s := range []SASLOptions{
		{Mechanism: "PLAIN", Username: "p", Password: "secret-p"},
		{Mechanism: "SCRAM-SHA-256", Username: "s", Password: "secret-s"},
		{Mechanism: "SCRAM-SHA-512", Username: "t", PasswordFile: passwordFile},
	} {
		opts := options(t, c, "logs")
		opts.TLS = TLSOptions{Enabled: true, CAFile: certs.CAFile, CertFile: certs.CertFile, KeyFile: certs.KeyFile}
		opts.SASL = s
		l := newLog()
		_, stop := run(t, opts, nowhere, l)
		expect(t, l.wait(t, logs0, atHead(10)), logs0, 0, 10)
		stop()
	}
}

// Each failure says what is wrong, in a way that helps, and without the secret.
func TestSecurityFailures(t *testing.T) {
	certs, config := certificates(t)
	others, _ := certificates(t)
	secured := broker(t, kfake.SeedTopics(1, "logs"), kfake.TLS(config))
	config = config.Clone()
	config.ClientAuth = tls.RequireAndVerifyClientCert
	mutual := broker(t, kfake.SeedTopics(1, "logs"), kfake.TLS(config))
	plain := broker(t, kfake.SeedTopics(1, "logs"))
	sasl := broker(t, kfake.SeedTopics(1, "logs"), kfake.EnableSASL(), kfake.Superuser("PLAIN", "p", "right-secret"))

	trust := TLSOptions{Enabled: true, CAFile: certs.CAFile}
	for name, test := range map[string]struct {
		broker *kfake.Cluster
		tls    TLSOptions
		sasl   SASLOptions
		want   reason
		says   string
	}{
		"no tls":             {secured, TLSOptions{}, SASLOptions{}, reasonDisconnected, "does it expect TLS?"},
		"tls for nothing":    {plain, trust, SASLOptions{}, reasonTimeout, "does this port speak TLS?"},
		"unknown authority":  {secured, TLSOptions{Enabled: true, CAFile: others.CAFile}, SASLOptions{}, reasonTLS, "CA file"},
		"wrong name":         {secured, TLSOptions{Enabled: true, CAFile: certs.CAFile, ServerName: "kafka.test"}, SASLOptions{}, reasonTLS, "kafka.test"},
		"no certificate":     {mutual, trust, SASLOptions{}, reasonTLS, "certificate required"},
		"wrong password":     {sasl, TLSOptions{}, SASLOptions{Mechanism: "PLAIN", Username: "p", Password: "wrong-secret"}, reasonAuth, `as "p"`},
		"unknown mechanism":  {sasl, TLSOptions{}, SASLOptions{Mechanism: "OAUTHBEARER", Token: "wrong-secret"}, reasonAuth, "the broker offers"},
		"sasl for nothing":   {plain, TLSOptions{}, SASLOptions{Mechanism: "PLAIN", Username: "p", Password: "wrong-secret"}, reasonAuth, "SASL"},
		"sasl is not set up": {sasl, TLSOptions{}, SASLOptions{}, reasonDisconnected, "does it want SASL?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts, logs := observed(options(t, test.broker, "logs"))
			opts.TLS, opts.SASL = test.tls, test.sasl
			if test.want == reasonTimeout {
				opts.DialTimeout = time.Second // the others are told before
			}
			k, _ := run(t, opts, nowhere, newLog())
			eventually(t, "the failure is logged", func() bool { return logs.Len() > 0 })
			text := logs.All()[0].ContextMap()["error"].(string)
			if errorCount(k, test.want) == 0 || !strings.Contains(text, test.says) {
				t.Errorf("want %s and %q: %s", test.want, test.says, text)
			}
			if strings.Contains(text, "secret") {
				t.Errorf("tells the secret: %s", text)
			}
		})
	}
}

func TestBearerToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("abc.def\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := SASLOptions{Mechanism: mechanismOAuth, TokenFile: file}
	m, err := o.mechanism()
	if err != nil {
		t.Fatal(err)
	}
	state, first, err := m.Start(context.Background())
	if err != nil || string(first) != "n,,\x01auth=Bearer abc.def\x01\x01" {
		t.Errorf("first message %q, %v", first, err)
	}
	if done, _, err := state.Next(context.Background(), nil); !done || err != nil {
		t.Errorf("success: %v, %v", done, err)
	}
	if done, answer, err := state.Next(context.Background(), []byte(`{"status":"invalid_token"}`)); done || string(answer) != "\x01" || err != nil {
		t.Errorf("refusal: %v, %q, %v", done, answer, err)
	}
}
