# SPDX-License-Identifier: AGPL-3.0-or-later
# What a person types, the machine that checks types too. make help lists it.

GO ?= go
TOOL = $(GO) tool -modfile=tools/go.mod
T ?= 60s
PERSONS ?= 10000

# How much make faults tries: one step in so many, kills of each database's server
# and how long they may take, bits of each kind, power cuts under each driver.
EVERY ?= 1
DEATHS ?= 5
KILLS ?= 500
HURRY ?= 20m
FLIPS ?= 500
CUTS ?= 400
PRODUCT = CGO_ENABLED=0 $(GO) build -trimpath -o bin/depositaire ./cmd/depositaire

.DEFAULT_GOAL := check

## check: format, vet, staticcheck, the house's rules, unit tests on SQLite; under 90 s with warm caches
.PHONY: check
check: fmt-check vet staticcheck
	$(GO) test -short ./...

## run: a demonstration organisation of synthetic people, served on http://localhost:8080; needs only Go
.PHONY: run
run:
	$(PRODUCT)
	./bin/depositaire demo

## demo: throw the demonstration organisation away, then run a new one
.PHONY: demo
demo:
	rm -rf demo-data
	$(MAKE) run

## test: everything, on a fresh machine too: installs what is missing; fails, never skips
.PHONY: test
test:
	scripts/install.sh
	$(MAKE) fmt-check vet staticcheck lint
	scripts/postgres.sh $(MAKE) test-all

# What plays the same gestures thousands of times runs without the race detector,
# which the other tests of the same code run under.
LONG = ^Test(TheAccessMatrix|AFaultAtAnyStep|AKilledServer|AFullDiskSays|AFlippedBit|EveryAttackOfTheHost|EveryTampering)

# Runs under scripts/postgres.sh. Under the race detector desk's tests, which sign
# in again and again, would take a third of the twenty minutes: there they play what
# several people do at once, and everything without it.
TOGETHER = ^Test(Two|ASession|AForgotten|ADraft|AList|Household|TheStory|Story|AFileWhose|ARestored|ATab|Search)
.PHONY: test-all
test-all: export DEPOSITAIRE_TEST_REQUIRE_ALL = 1
test-all:
	$(MAKE) -j2 --output-sync=target test-race test-lists
	$(MAKE) test-browser

# The race detector is the only user of cgo.
.PHONY: test-race
test-race:
	CGO_ENABLED=1 $(GO) test -race -shuffle=on -timeout 15m -skip '$(LONG)' $$($(GO) list ./... | grep -v '/internal/desk$$')
	CGO_ENABLED=1 $(GO) test -race -shuffle=on -timeout 15m -run '$(TOGETHER)' ./internal/desk

.PHONY: test-lists
test-lists:
	$(GO) test -shuffle=on -timeout 15m -skip '$(LONG)' ./internal/desk
	$(GO) test -timeout 15m -run '$(LONG)' ./internal/desk ./internal/strongroom ./internal/upkeep
	$(MAKE) test-nopolicy test-nojournal test-powercut

## test-postgres: the store's contract and what stands on it, on a throw-away PostgreSQL
.PHONY: test-postgres
test-postgres: export DEPOSITAIRE_TEST_REQUIRE_ALL = 1
test-postgres:
	scripts/postgres.sh $(GO) test ./internal/store/... ./internal/upkeep ./cmd/depositaire

## test-nopolicy: without a line of permission code, the keys alone refuse
.PHONY: test-nopolicy
test-nopolicy:
	scripts/tagged.sh nopolicy

## test-nojournal: without a journal, nothing opens
.PHONY: test-nojournal
test-nojournal:
	scripts/tagged.sh nojournal

## test-powercut: the store's transactions on disks that forget what was not synced
.PHONY: test-powercut
test-powercut:
	cd test/powercut && $(GO) vet ./... && $(GO) test -timeout 15m ./...

## test-browser: the story, in Chromium, as several people
.PHONY: test-browser
test-browser:
	cd test/browser && $(GO) vet ./... && $(GO) test -timeout 15m ./...

## scan: wapiti and sqlmap against a demonstration, with a session; about 20 minutes
.PHONY: scan
scan:
	scripts/scan.sh

.PHONY: fmt-check
fmt-check:
	@odd=$$($(TOOL) gofumpt -l .); [ -z "$$odd" ] || { echo "run make fmt:"; echo "$$odd"; exit 1; }

## fmt: format every Go file
.PHONY: fmt
fmt:
	$(TOOL) gofumpt -w .

.PHONY: vet
vet:
	$(GO) vet ./...
	$(GO) vet -tags figures ./internal/demo ./internal/names ./internal/house/mutants

.PHONY: staticcheck
staticcheck:
	$(TOOL) staticcheck ./...

.PHONY: lint
lint:
	.tools/golangci-lint run ./...

## budgets: print the numbers of style: lengths, complexity, comments, tests
.PHONY: budgets
budgets:
	$(GO) test -count=1 -run '^TestBudgets$$' -v ./internal/house

## bench: architecture's budgets at 10,000 persons on both databases, written to doc/figures
.PHONY: bench
bench: export GODEBUG = clobberfree=1 # as the program sets it for itself
bench:
	scripts/postgres.sh $(GO) test -tags figures -count=1 -run '^TestFigures$$' -timeout 60m -v \
		./internal/demo -persons $(PERSONS) -figures $(CURDIR)/doc/figures
	$(GO) test -tags figures -count=1 -run '^TestIdleFigure$$' -timeout 10m -v ./internal/demo -figures $(CURDIR)/doc/figures
	$(GO) test -tags figures -count=1 -run '^TestNamesFigures$$' -timeout 20m -v ./internal/names -figures $(CURDIR)/doc/figures

## bench-data: make the organisations that bench-large measures and keep them in BENCH_DATA; half an hour, 20 GB
.PHONY: bench-data
bench-data: export GODEBUG = clobberfree=1
bench-data: bench-folder
	for persons in 10000 100000 1000000; do \
		$(GO) test -tags figures -count=1 -run '^TestMake$$' -timeout 120m -v \
			./internal/demo -persons $$persons -data $(BENCH_DATA) || exit 1; \
	done

## bench-large: the budgets that name 100,000 and 1,000,000 persons, on what BENCH_DATA keeps; PostgreSQL at 100,000
.PHONY: bench-large
bench-large: export GODEBUG = clobberfree=1
bench-large: bench-folder
	for persons in 10000 100000 1000000; do \
		$(GO) test -tags figures -count=1 -run '^TestFigures$$' -timeout 120m -v \
			./internal/demo -database sqlite -persons $$persons -data $(BENCH_DATA) -figures $(CURDIR)/doc/figures || exit 1; \
	done
	scripts/postgres.sh $(GO) test -tags figures -count=1 -run '^TestFigures$$' -timeout 60m -v \
		./internal/demo -database postgresql -persons 100000 -figures $(CURDIR)/doc/figures

.PHONY: bench-folder
bench-folder:
	@[ -n "$(BENCH_DATA)" ] || { echo "BENCH_DATA names no folder: make bench-large BENCH_DATA=/somewhere/large" >&2; exit 1; }

## bench-compare: every Go benchmark ten times, for benchstat
.PHONY: bench-compare
bench-compare:
	scripts/funcs.sh Benchmark
	mkdir -p bin
	$(GO) test -run '^$$' -bench . -benchmem -count 10 -timeout 30m ./... | tee bin/bench.txt
	$(TOOL) benchstat bin/bench.txt

## matrix: every route, actor and thing against the oracle, in three builds; written to doc/figures
.PHONY: matrix
matrix:
	for tag in whole nopolicy nojournal; do \
		$(GO) test -tags $$tag -count=1 -run '^TestTheAccessMatrix' ./internal/desk -figures $(CURDIR)/doc/figures || exit 1; \
	done

## canaries: type a token into every field of the real program and look for it everywhere; to doc/figures
.PHONY: canaries
canaries:
	$(GO) test -count=1 -v ./internal/proof -figures $(CURDIR)/doc/figures

## fuzz: each fuzz target for T (make fuzz T=60s)
.PHONY: fuzz
fuzz:
	scripts/fuzz.sh $(T)

## tamper: change the journal and every table in every way we know, and count what is caught, to doc/figures
.PHONY: tamper
tamper:
	$(GO) test -count=1 -run '^TestEveryAttackOfTheHostIsNoticedHarmlessOrDeclared$$' ./internal/strongroom -figures $(CURDIR)/doc/figures
	$(GO) test -count=1 -run '^TestEveryTamperingOfTheJournalIsCaught$$' -v ./internal/upkeep -figures $(CURDIR)/doc/figures

## mutants: break the security rules one at a time and see that a named test fails, to doc/figures; a quarter of an hour
.PHONY: mutants
mutants:
	$(GO) test -tags figures -count=1 -timeout 60m -v -run '^TestEveryMutantIsCaught$$' ./internal/house/mutants -figures $(CURDIR)/doc/figures

## faults: kills, full disks, flipped bits and power cuts, counted in doc/figures; half an hour
.PHONY: faults
faults: export DEPOSITAIRE_TEST_REQUIRE_ALL = 1
faults:
	scripts/postgres.sh $(GO) test -count=1 -timeout 90m -v -run '^TestA(FaultAtAny|KilledServer|FullDisk|FlippedBit)' ./internal/desk \
		-every $(EVERY) -deaths $(DEATHS) -kills $(KILLS) -hurry $(HURRY) -flips $(FLIPS) -figures $(CURDIR)/doc/figures
	cd test/powercut && $(GO) test -count=1 -timeout 30m -v . -cuts $(CUTS) -figures $(CURDIR)/doc/figures

## proof: what is too long for every day: faults, the access matrix, tampering, mutants, canaries, fuzz, then bench
.PHONY: proof
proof: faults matrix tamper mutants canaries fuzz bench

## golden: regenerate the golden pages, then show what changed
.PHONY: golden
golden:
	folders=$$(grep -rlE --include='*_test.go' 'flag\.Bool\("update"' internal cmd | xargs -r dirname | sort -u | sed 's#^#./#'); \
	[ -n "$$folders" ] || { echo "no golden test found" >&2; exit 1; }; \
	$(GO) test $$folders -update
	git diff --stat

## help: this list
.PHONY: help
help:
	@sed -n 's/^## \([a-z-]*\): /\1\t/p' $(MAKEFILE_LIST) | expand -t 16
