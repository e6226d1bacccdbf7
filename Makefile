# The commands a newcomer types. Everything behind them is plain go and one npm lock file.
.DEFAULT_GOAL := help
NPM   := features/embedded/npm
LIB   := $(NPM)/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so
STAMP := $(NPM)/node_modules/.verified
RACE  := ./features/... ./api/... ./models/... ./engine/... ./experiments/... ./cmd/...
export TAKT_BIN := $(CURDIR)/bin/takt

.PHONY: help demo test bench setup build lint race fuzz clean

help: ## this list
	@awk -F':.*## ' '/^[a-z]+:.*##/ {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## set up, run the loop on a small portfolio, leave the server running (ARGS=--once: stop after the table)
	@bin/takt demo $(ARGS)

test: build ## set up and run all tests
	go test -timeout 10m ./...

bench: build ## the figures of DESIGN.md, each with its floor
	@.ci/bench

setup: $(STAMP) ## install the pinned ClickHouse library and check its sha256

$(STAMP): $(NPM)/package-lock.json $(NPM)/SHA256SUMS
	npm ci --prefix $(NPM) --ignore-scripts --no-audit --no-fund
	cd $(NPM) && sha256sum --check --strict SHA256SUMS
	@touch $@

build: setup ## bin/takt
	go build -o bin/takt ./cmd/takt

lint: ## gofmt, go vet, staticcheck
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	go vet ./...
	go tool -modfile=.ci/go.mod staticcheck ./...

race: build ## the concurrent packages under the race detector
	go test -race -short -timeout 15m $(RACE)

fuzz: ## each fuzz target for 20 seconds
	@.ci/fuzz

clean: ## remove what make built; the data directory stays
	rm -rf bin out $(NPM)/node_modules
