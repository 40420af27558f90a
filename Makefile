# make help lists the targets.

GO          ?= go
GOLANGCI    ?= $(shell command -v golangci-lint || echo .cache/bin/golangci-lint)
LINT_MODULE := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME    ?= 20s
VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS     := -s -w -X main.version=$(VERSION)

.DEFAULT_GOAL := help
.PHONY: help demo build test test-real real-servers lint bench pgo fuzz clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## play an hour of history and an incident through the whole pipeline
	$(GO) run ./cmd/demo

build: ## build bin/authspike
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/authspike ./cmd/authspike

test: ## vet and run every test that needs nothing but Go
	$(GO) vet ./...
	$(GO) test -race ./...

test-real: real-servers ## run the tests against real Kafka, Prometheus, Alertmanager and a browser
	AUTHSPIKE_REAL=1 $(GO) test -count=1 -p 1 -timeout 20m -run '^TestReal' ./...

real-servers: ## fetch and install what test-real needs
	./.ci/real-servers

lint: $(GOLANGCI) ## run golangci-lint
	$(GOLANGCI) run ./...

.cache/bin/golangci-lint:
	GOBIN=$(CURDIR)/.cache/bin $(GO) install $(LINT_MODULE)

bench: ## print the benchmark table (bench/README.md says how to read it)
	./bench/run

pgo: ## refresh the profile that the binary is optimized by
	./bench/profile

fuzz: ## fuzz every parser for FUZZTIME each
	@$(GO) list ./... | while read -r pkg; do \
	  $(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' | while read -r f; do \
	    echo "== $$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done || exit 1; done

clean: ## remove what was built and fetched
	rm -rf bin .cache
