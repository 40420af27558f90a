package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"time"
)

// posted is an alert as posted to an Alertmanager.
type posted struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`

	at time.Time // when it came
}

func (p *posted) name() string { return p.Labels["alertname"] }
func (p *posted) firing() bool { return p.EndsAt.After(p.at) }
func (p *posted) state() string {
	if p.firing() {
		return "firing"
	}
	return "resolved"
}

// alertmanager is a fake Alertmanager on loopback that accepts alerts and passes them
// on.
type alertmanager struct {
	url    string
	server *http.Server
	ended  chan error
}

// startAlertmanager starts an Alertmanager that sends what it receives to received,
// until stop is called.
func startAlertmanager(ctx context.Context, received chan<- posted) (*alertmanager, error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v2/alerts", func(w http.ResponseWriter, r *http.Request) { take(w, r, received) })
	a := &alertmanager{
		url:    "http://" + l.Addr().String(),
		server: &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second},
		ended:  make(chan error, 1),
	}
	go func() { a.ended <- a.server.Serve(l) }()
	return a, nil
}

// take handles a post of alerts.
func take(w http.ResponseWriter, r *http.Request, received chan<- posted) {
	var alerts []posted
	if err := json.NewDecoder(r.Body).Decode(&alerts); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, p := range alerts {
		p.at = time.Now()
		select {
		case received <- p:
		case <-r.Context().Done():
			return
		}
	}
}

// stop ends it.
func (a *alertmanager) stop() error {
	err := a.server.Close()
	if ended := <-a.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}
