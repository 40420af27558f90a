package server_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl/scram"

	"github.com/authspike/authspike/bench/server"
)

func TestRealKafkaSurvivesARestart(t *testing.T) {
	server.Need(t, server.Java, server.Broker)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	certs, err := server.NewCertificates(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k, err := server.StartKafka(ctx, server.KafkaOptions{Dir: t.TempDir(), TLS: certs, User: &server.User{Name: "reader", Password: "secret"}})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Stop()
	k.Kill(1)
	if err := k.Restart(ctx, 1); err != nil {
		t.Fatal(err)
	}

	pem, err := os.ReadFile(certs.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	mechanism, err := scram.Mechanism(scram.SHA512, "reader", "secret")
	if err != nil {
		t.Fatal(err)
	}
	client := kafka.Client{
		Addr:      kafka.TCP(k.SecureAddrs()...),
		Transport: &kafka.Transport{TLS: &tls.Config{RootCAs: roots}, SASL: mechanism},
	}
	meta, err := client.Metadata(ctx, &kafka.MetadataRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if len(meta.Brokers) != 1 {
		t.Errorf("brokers = %v, want one", meta.Brokers)
	}
}

func TestRealMonitorsAnswer(t *testing.T) {
	server.Need(t, server.Prometheus, server.Alertmanager)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dir := t.TempDir()
	files := map[string]string{"prometheus.yml": "global: {}\n", "alertmanager.yml": "route: {receiver: none}\nreceivers: [{name: none}]\n"}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := server.StartPrometheus(ctx, filepath.Join(dir, "p"), filepath.Join(dir, "prometheus.yml"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	a, err := server.StartAlertmanager(ctx, filepath.Join(dir, "a"), filepath.Join(dir, "alertmanager.yml"))
	if err != nil {
		t.Fatal(err)
	}
	a.Kill()
	if err := a.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	a.Stop()
}
