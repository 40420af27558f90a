package source

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/segmentio/kafka-go"
)

// reason is why something failed, in one word: the label of a metric.
type reason string

// The reasons.
const (
	reasonDial         reason = "dial"         // no connection: refused, unknown host, unreachable
	reasonTLS          reason = "tls"          // the handshake failed, or one side speaks no TLS
	reasonAuth         reason = "auth"         // the broker did not take the credentials, or they could not be read
	reasonTimeout      reason = "timeout"      // no answer in time
	reasonDisconnected reason = "disconnected" // the connection ended in the middle
	reasonLeader       reason = "leader"       // the partition has no leader, or has moved
	reasonMissing      reason = "missing"      // the topic or partition does not exist
	reasonForbidden    reason = "forbidden"    // not allowed by the brokers' access lists
	reasonOffset       reason = "offset"       // the wanted offset is not in the log
	reasonCorrupt      reason = "corrupt"      // a batch of records fails its checksum
	reasonProtocol     reason = "protocol"     // an answer that cannot be understood
	reasonBroker       reason = "broker"       // any other error that a broker reports
	reasonMember       reason = "member"       // an offset commit refused, as the group has members
)

var reasons = []reason{
	reasonDial, reasonTLS, reasonAuth, reasonTimeout, reasonDisconnected, reasonLeader, reasonMissing,
	reasonForbidden, reasonOffset, reasonCorrupt, reasonProtocol, reasonBroker, reasonMember,
}

// failure is an error with its reason.
type failure struct {
	reason reason
	err    error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func failf(r reason, format string, args ...any) error {
	return &failure{reason: r, err: fmt.Errorf(format, args...)}
}

// reasonOf returns the reason of any error of this package.
func reasonOf(err error) reason {
	var f *failure
	var code kafka.Error
	var timeout net.Error
	var op *net.OpError
	switch {
	case errors.As(err, &f):
		return f.reason
	case errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"):
		return reasonTLS // an alert: with TLS 1.3 it may come after the handshake
	case errors.As(err, &code):
		return reasonOfCode(code)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return reasonTimeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &timeout):
		return reasonDisconnected
	default:
		return reasonProtocol
	}
}

func reasonOfCode(code kafka.Error) reason {
	switch code {
	case kafka.NotLeaderForPartition, kafka.LeaderNotAvailable, kafka.FencedLeaderEpoch, kafka.UnknownLeaderEpoch,
		kafka.ReplicaNotAvailable, kafka.OffsetNotAvailable, kafka.KafkaStorageError:
		return reasonLeader
	case kafka.UnknownTopicOrPartition:
		return reasonMissing
	case kafka.TopicAuthorizationFailed, kafka.GroupAuthorizationFailed, kafka.ClusterAuthorizationFailed:
		return reasonForbidden
	case kafka.OffsetOutOfRange:
		return reasonOffset
	case kafka.UnknownMemberId, kafka.IllegalGeneration, kafka.RebalanceInProgress, kafka.FencedInstanceID:
		return reasonMember
	case kafka.SASLAuthenticationFailed, kafka.UnsupportedSASLMechanism, kafka.IllegalSASLState:
		return reasonAuth
	case kafka.RequestTimedOut:
		return reasonTimeout
	default:
		return reasonBroker
	}
}

// checkCode turns an error code of the protocol into an error, nil for 0.
func checkCode(code int16) error {
	if code == 0 {
		return nil
	}
	return kafka.Error(code)
}

// explainTLS adds what a failed handshake probably means, if that is known.
func explainTLS(err error) error {
	var noTLS tls.RecordHeaderError
	var unknownCA x509.UnknownAuthorityError
	var wrongName x509.HostnameError
	switch {
	case errors.As(err, &noTLS), errors.Is(err, io.EOF), errors.Is(err, context.DeadlineExceeded):
		return failf(reasonTLS, "tls handshake: %w (does this port speak TLS?)", err)
	case errors.As(err, &unknownCA):
		return failf(reasonTLS, "tls handshake: %w (is this the authority in the CA file?)", err)
	case errors.As(err, &wrongName):
		return failf(reasonTLS, "tls handshake: %w (dial a name that is in the certificate, or set the server name)", err)
	default:
		return failf(reasonTLS, "tls handshake: %w", err)
	}
}
