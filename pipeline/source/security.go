package source

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

// TLSOptions configure the encryption of connections to brokers. Files are read for
// every new connection, so that a rotated certificate needs no restart.
type TLSOptions struct {
	Enabled            bool
	CAFile             string // PEM file of the authorities to trust; the system's by default
	CertFile           string // PEM file of this client's certificate (mTLS)
	KeyFile            string // PEM file of its key
	ServerName         string // name to check the broker's certificate against; the host dialled by default
	InsecureSkipVerify bool   // accept any certificate: for tests only
}

func (o *TLSOptions) faults() []error {
	var faults []error
	if (o.CertFile == "") != (o.KeyFile == "") {
		faults = append(faults, errors.New("tls: a client certificate needs its key, and a key its certificate"))
	}
	if !o.Enabled && *o != (TLSOptions{}) {
		faults = append(faults, errors.New("tls: settings are given, but tls is not enabled"))
	}
	if o.Enabled {
		if _, err := o.config("localhost"); err != nil {
			faults = append(faults, err)
		}
	}
	return faults
}

// config reads the files and returns the configuration for a connection to host.
func (o *TLSOptions) config(host string) (*tls.Config, error) {
	c := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         or(o.ServerName, host),
		InsecureSkipVerify: o.InsecureSkipVerify,
	}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("tls: read authorities: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("tls: %s holds no certificate in PEM form", o.CAFile)
		}
	}
	if o.CertFile != "" && o.KeyFile != "" {
		pair, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("tls: read client certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// SASLOptions configure how this client authenticates. Files are read for every new
// connection.
type SASLOptions struct {
	Mechanism    string // "", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512" or "OAUTHBEARER"
	Username     string
	Password     string
	PasswordFile string // instead of Password; white space around it is dropped
	Token        string // OAUTHBEARER: the token
	TokenFile    string // instead of Token: a file that something else keeps fresh
}

// The mechanisms.
const (
	mechanismPlain     = "PLAIN"
	mechanismScram256  = "SCRAM-SHA-256"
	mechanismScram512  = "SCRAM-SHA-512"
	mechanismOAuth     = "OAUTHBEARER"
	knownMechanismList = mechanismPlain + ", " + mechanismScram256 + ", " + mechanismScram512 + ", " + mechanismOAuth
)

func (o *SASLOptions) faults() []error {
	var faults []error
	fault := func(text string) { faults = append(faults, errors.New("sasl: "+text)) }
	switch o.Mechanism {
	case "":
		if *o != (SASLOptions{}) {
			fault("settings are given, but no mechanism (" + knownMechanismList + ")")
		}
		return faults
	case mechanismPlain, mechanismScram256, mechanismScram512:
		if o.Username == "" {
			fault(o.Mechanism + " needs a user name")
		}
		if (o.Password == "") == (o.PasswordFile == "") {
			fault(o.Mechanism + " needs either a password or a password file")
		}
		if o.Token != "" || o.TokenFile != "" {
			fault("a token belongs to " + mechanismOAuth + ", not to " + o.Mechanism)
		}
	case mechanismOAuth:
		if (o.Token == "") == (o.TokenFile == "") {
			fault(mechanismOAuth + " needs either a token or a token file")
		}
		if o.Username != "" || o.Password != "" || o.PasswordFile != "" {
			fault(mechanismOAuth + " takes a token, no user name and no password")
		}
	default:
		fault(fmt.Sprintf("unknown mechanism %q (%s)", o.Mechanism, knownMechanismList))
		return faults
	}
	if len(faults) == 0 {
		if _, err := o.mechanism(); err != nil {
			faults = append(faults, err)
		}
	}
	return faults
}

// mechanism reads the secret and returns the mechanism, nil without SASL.
func (o *SASLOptions) mechanism() (sasl.Mechanism, error) {
	if o.Mechanism == "" {
		return nil, nil
	}
	if o.Mechanism == mechanismOAuth {
		token, err := secret(o.Token, o.TokenFile)
		return bearer(token), err
	}
	password, err := secret(o.Password, o.PasswordFile)
	if err != nil {
		return nil, err
	}
	switch o.Mechanism {
	case mechanismScram256:
		return scram.Mechanism(scram.SHA256, o.Username, password)
	case mechanismScram512:
		return scram.Mechanism(scram.SHA512, o.Username, password)
	default:
		return plain.Mechanism{Username: o.Username, Password: password}, nil
	}
}

// secret returns the value or, if that is empty, the content of the file.
func secret(value, file string) (string, error) {
	if file == "" {
		return value, nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("sasl: read secret: %w", err)
	}
	s := strings.TrimSpace(string(b))
	if s == "" {
		return "", fmt.Errorf("sasl: %s is empty", file)
	}
	return s, nil
}

// bearer is the mechanism OAUTHBEARER (RFC 7628) with a given token.
type bearer string

func (bearer) Name() string { return mechanismOAuth }

func (b bearer) Start(context.Context) (sasl.StateMachine, []byte, error) {
	return bearerExchange{}, []byte("n,,\x01auth=Bearer " + string(b) + "\x01\x01"), nil
}

// bearerExchange ends the exchange: an empty challenge means success, any other
// is the server's reason in JSON, which a single byte acknowledges.
type bearerExchange struct{}

func (bearerExchange) Next(_ context.Context, challenge []byte) (bool, []byte, error) {
	if len(challenge) == 0 {
		return true, nil, nil
	}
	return false, []byte{1}, nil
}
