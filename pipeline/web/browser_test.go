package web

import (
	"context"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/authspike/authspike/bench/server"
)

var screenshots = flag.String("screenshots", "", "folder to write pictures of the pages to")

// tab is a page in Chromium that runs no scripts.
type tab struct {
	*testing.T

	ctx context.Context //nolint:containedctx // it lives as long as the test

	mu         sync.Mutex // the browser's events come on a goroutine of its own
	complaints []string   // what the browser did not like, or asked of others
}

// browser starts Chromium for pages that begin with own.
func browser(t *testing.T, own string) *tab {
	t.Helper()
	server.Need(t, server.Chromium)
	path, err := server.Chromium.Path()
	if err != nil {
		t.Fatal(err)
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx, flags...)
	t.Cleanup(cancelAllocator)
	b := &tab{T: t}
	var cancelTab context.CancelFunc
	b.ctx, cancelTab = chromedp.NewContext(ctx, chromedp.WithListener(func(ev any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch ev := ev.(type) {
		case *cdplog.EventEntryAdded:
			b.complaints = append(b.complaints, ev.Entry.Text)
		case *network.EventRequestWillBeSent:
			if u := ev.Request.URL; !strings.HasPrefix(u, own) && !strings.HasPrefix(u, "data:") {
				b.complaints = append(b.complaints, "asked for "+u)
			}
		}
	}))
	t.Cleanup(cancelTab)
	b.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, t, cdplog.Enable, cdp.Empty{}); err != nil {
			return chromedp.Void{}, err
		}
		if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return chromedp.Void{}, err
	})
	return b
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

func ask[T any](b *tab, a chromedp.Action[T]) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, a)
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// scheme makes the browser prefer light or dark pages.
func scheme(name string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
		})
		return chromedp.Void{}, err
	}
}

// shoot writes a picture of the page if pictures were asked for.
func (b *tab) shoot(name string) {
	b.Helper()
	if *screenshots == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), ask(b, chromedp.FullScreenshot(100)), 0o600); err != nil {
		b.Fatal(err)
	}
}

func TestRealBrowser(t *testing.T) {
	s := httptest.NewServer(newServer(t, incident(), nil).Handler())
	defer s.Close()
	b := browser(t, s.URL)
	for _, look := range []struct {
		name, scheme string
		width        int64
	}{{"light", "light", 1280}, {"dark", "dark", 1280}, {"phone", "light", 390}} {
		b.do(scheme(look.scheme), chromedp.EmulateViewport(look.width, 900), chromedp.Navigate(s.URL+"/"))
		b.shoot("status-" + look.name)
		if title := ask(b, chromedp.Title()); title != "(2) authspike" {
			t.Errorf("%s: title %q", look.name, title)
		}
		if alert := ask(b, chromedp.Text(chromedp.CSS("article.alert h3"))); !strings.Contains(alert, "KidMismatchBurst") {
			t.Errorf("%s: first alert %q", look.name, alert)
		}
		background := ask(b, chromedp.Evaluate[string]("getComputedStyle(document.body).backgroundColor"))
		if light := background == "rgb(246, 247, 249)"; light != (look.scheme == "light") {
			t.Errorf("%s: background %s", look.name, background)
		}
		if width := ask(b, chromedp.Evaluate[int64]("document.documentElement.scrollWidth")); width > look.width {
			t.Errorf("%s: the page is %d wide in a window of %d", look.name, width, look.width)
		}
		b.do(chromedp.Click(chromedp.CSS("article.alert a.series")), chromedp.WaitVisible(chromedp.CSS("dl.why")))
		b.shoot("series-" + look.name)
		if series := ask(b, chromedp.Text(chromedp.CSS("h1"))); series != "prod / api" {
			t.Errorf("%s: the alert's link leads to %q", look.name, series)
		}
		if width := ask(b, chromedp.Evaluate[int64]("document.documentElement.scrollWidth")); width > look.width {
			t.Errorf("%s: the series' page is %d wide in a window of %d", look.name, width, look.width)
		}
		b.do(chromedp.Click(chromedp.CSS("figure a:nth-of-type(53)")), chromedp.WaitVisible(chromedp.CSS(`a[href="?"]`)))
		b.shoot("past-" + look.name)
		if why := ask(b, chromedp.Text(chromedp.CSS("dl.why dd"))); !strings.Contains(why, "did not fire, nearest at 09:19:17") {
			t.Errorf("%s: a click on a minute says %q", look.name, why)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.complaints) > 0 {
		t.Errorf("the browser says: %s", strings.Join(b.complaints, "\n"))
	}
}
