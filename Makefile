# Sigap. `make` alone prints this manual.

PYTHON := .venv/bin/python
LOCAL := $(PYTHON) -m deploy.local
STAGES := $(PYTHON) -m tests.support.stages
MAKEFLAGS += --no-print-directory
# Without its compiled files each process that a test starts compiles all it imports: half of its start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install up demo down status logs reset backup restore upgrade rollback administrator check format contracts record-histories bench fuzz \
	mutate-rules mutate-workflows test test-whole test-unit test-workflows test-integration test-system test-browser test-faults

help: ## print this manual
	@echo 'Sigap, the case-management backbone of a district social affairs office.'
	@echo
	@echo 'Needs Python 3.11, Java 17, Maven; for the browser tests Chromium, for those of the API page curl and jq. Everything else is fetched once.'
	@echo
	@awk -F ':.*## ' '/^##@/ { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'State lies in var/, or where SIGAP_STATE says; SIGAP_APART=1 runs each service as four processes.'

##@ Run it

install: ## get the libraries and engines; does nothing when all is there
	@bash deploy/local/install.sh

up: install ## start the whole system in the background, wait until it is ready
	@$(LOCAL) up

demo: install ## start it and carry one real operation from the street to paid aid (S=razia-60: a larger one)
	@$(LOCAL) demo $(S)

down: ## stop it in order
	@$(LOCAL) down

status: ## each process: port, readiness, memory
	@$(LOCAL) status

logs: ## what the parts say (P="intake kafka" for some of them)
	@$(LOCAL) logs $(P)

reset: ## stop it and wipe its state
	@$(LOCAL) reset

backup: ## copy everything of the running system, at one point (TO=folder)
	@$(LOCAL) backup $(TO)

restore: install ## make the system what it was in a backup (FROM=folder)
	@$(LOCAL) restore $(FROM)

upgrade: install ## let this release take over from an older one: check, back up, stop, change, start
	@$(LOCAL) upgrade

rollback: install ## with the release before: take back what an upgrade took over
	@$(LOCAL) rollback

administrator: install ## add somebody who may add accounts and give roles (NAME=ani.wijaya)
	@$(LOCAL) administrator $(NAME)

##@ Check it

check: install ## format, lint, types, imports
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@$(if $(wildcard .importlinter),.venv/bin/lint-imports,echo 'no .importlinter yet')

test: install ## all suites and 20 mutants, beside a running system; then what each stage took
	@$(STAGES) test

test-whole: install ## large seeds and sizes, in stages; what passed for this commit is not run again (AGAIN=1: it is)
	@$(STAGES) whole

test-unit: install ## rules, contracts, architecture, replay: needs nothing
	@$(STAGES) unit

test-workflows: install ## workflows on the time-skipping server
	@$(STAGES) workflows

test-integration: install ## each service on real engines
	@$(STAGES) integration

test-system: install ## journeys over the whole system
	@$(STAGES) system

test-browser: install ## the pages in Chromium
	@$(STAGES) browser

test-faults: install ## seeded faults and their invariants
	@$(STAGES) faults

mutate-workflows: install ## change workflows by one thing at a time, see who notices (MUTANTS=200 for more than 20)
	@$(PYTHON) -m tests.mutants

mutate-rules: install ## change casework's rules by one thing at a time, see which unit tests notice (MUTANTS=100)
	@$(PYTHON) -m tests.mutants.rules

fuzz: install ## 5,000 generated requests and 2,500 page forms per service (SIGAP_SEED=N, else fresh)
	@$(STAGES) fuzz forms

bench: install ## every speed ratio with its target (P=P1 for one; P=P15 BASE=<commit> beside an older build)
	@SIGAP_BENCH_BASE=$(BASE) $(PYTHON) -m benchmarks $(P)

##@ Change it

format: install ## format and sort imports
	@$(PYTHON) -m ruff check --select I --fix --quiet .
	@$(PYTHON) -m ruff format .

contracts: install ## write schemas, AsyncAPI and OpenAPI again
	@$(PYTHON) -m contracts.generate

record-histories: install ## record the workflow histories that replay tests use
	@$(PYTHON) -m tests.replay.record
