# Durable workflows: everything a clone can do. Needs Python >= 3.11 and make; works in .venv, made on first use.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input install --quiet --require-hashes
PYTEST := $(PY) -m pytest -p tests.no_skips -p tests.canaries
# Which Python makes the environment: PYTHON=… or the first of these that is new enough.
PYTHON ?=
PYTHONS := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11)

.PHONY: help
help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1#/p' Makefile | awk -F'#' '{ printf "  make %-14s %s\n", $$1, $$2 }'

.PHONY: demo
demo: $(VENV)/runtime ## Start an engine and a worker, kill the worker, watch the workflows survive
	$(PY) scripts/demo.py

.PHONY: engine
engine: $(VENV)/runtime ## Start the embedded engine in the background (make engine-stop ends it)
	$(PY) -m temporal.engine start

.PHONY: engine-stop
engine-stop: $(VENV)/runtime ## Stop the embedded engine
	$(PY) -m temporal.engine stop

.PHONY: worker
worker: $(VENV)/runtime ## Run two workers under the supervisor in the foreground until Ctrl-C
	$(PY) -m temporal.recovery

.PHONY: worker-plain
worker-plain: $(VENV)/runtime ## Run one worker without the supervisor, as stock Temporal has it
	$(PY) -m temporal.workers.worker

.PHONY: api
api: $(VENV)/runtime ## Run engine, workers, the approvals' API and its page in the foreground until Ctrl-C
	$(PY) -m services.local

# Who the token is for.
SUBJECT = ana
.PHONY: token
token: $(VENV)/runtime ## Print a token for the API and its page (SUBJECT=NAME; more options: python -m services.token)
	@$(PY) -m services.token --subject $(SUBJECT)

.PHONY: chaos-controls
chaos-controls: $(VENV)/dev ## Run broken variants for real: every invariant of the chaos harness must catch its own
	$(PY) -m temporal.chaos.controls

.PHONY: chaos-smoke
chaos-smoke: $(VENV)/dev ## Run the chaos harness's smoke scenarios; the report goes to artifacts/chaos/
	$(PY) scripts/chaos_test.py --scenario smoke --report artifacts/chaos

.PHONY: test
test: $(VENV)/dev ## Run the tests that need only Python and make
	$(PYTEST) -m "not postgres and not stack and not browser and not foreign"

.PHONY: test-postgres
test-postgres: $(VENV)/dev ## Run the tests on a real PostgreSQL (Debian's package, started by the tests)
	$(PYTEST) -m postgres

.PHONY: test-foreign
test-foreign: $(VENV)/dev ## Run workers of Temporal's Go and TypeScript SDKs under the supervisor (needs Go, Node and npm)
	tests/foreign/build.sh
	$(PYTEST) -m foreign

.PHONY: lint
lint: $(VENV)/dev ## Check style, types, layers, file lengths and the lock files
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m mypy .ci
	$(VENV)/bin/lint-imports
	$(PY) .ci/check_lines.py
	$(PY) .ci/check_secrets.py
	.ci/lock --check

.PHONY: format
format: $(VENV)/dev ## Format the code and fix what ruff can
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

.PHONY: lock
lock: $(VENV)/dev ## Write the lock files again, keeping pins (UPGRADE=1: newest versions)
	.ci/lock $(if $(UPGRADE),--upgrade)

.PHONY: images
images: $(VENV)/runtime ## Build every image of the Compose stack from source, where no image registry is reached
	docker/images.sh

.PHONY: certs
certs: $(VENV)/runtime ## Make or renew the certificates and tokens of docker-compose.secure.yml (RENEW=1: all of them)
	$(PY) -m temporal.certs docker/certs $(if $(RENEW),--renew)

.PHONY: up
up: ## Start the Compose stack: Temporal on PostgreSQL with its UI (COMPOSE_PROFILES=app: a worker too)
	docker/stack.sh up

.PHONY: down
down: ## Stop the Compose stack; its data stays in its volumes
	docker/stack.sh down

.PHONY: logs
logs: ## Follow the Compose stack's logs
	docker/stack.sh logs

.PHONY: ps
ps: ## Show the Compose stack's containers
	docker/stack.sh ps

.PHONY: psql
psql: ## Open psql on the application's database
	docker/stack.sh psql

# Where `make backup` writes, and what `make restore` reads.
BACKUP = .data/backups/$(shell date -u +%Y%m%dT%H%M%SZ).tar

.PHONY: backup
backup: ## Dump the Compose stack's databases into one file (BACKUP=FILE)
	docker/stack.sh backup "$(BACKUP)"

.PHONY: restore
restore: ## Replace the Compose stack's databases by a backup's (BACKUP=FILE)
	docker/stack.sh restore "$(BACKUP)"

.PHONY: test-stack
test-stack: $(VENV)/dev ## Run the tests of the Compose stack, with a Docker engine (make images first) and Debian's prometheus
	$(PYTEST) -m stack

.PHONY: test-browser
test-browser: $(VENV)/dev ## Look at pages, reports and the Temporal UI in headless Chromium; screenshots go to artifacts/
	$(PYTEST) -m browser

.PHONY: bench
bench: $(VENV)/runtime ## Measure the tuned engine beside the stock one, in one run
	$(PY) -m benchmarks

.PHONY: bench-recovery
bench-recovery: $(VENV)/dev ## Measure what a worker's death costs, stock and supervised side by side
	$(PY) -m benchmarks.recovery --part kills --part load --part rolling --plot artifacts/recovery.png

.PHONY: bench-gateway
bench-gateway: $(VENV)/runtime ## Measure what the gateway costs, paired with the direct way
	$(PY) -m benchmarks.gateway

.PHONY: bench-stack
bench-stack: $(VENV)/runtime ## Measure the Compose stack beside upstream's settings (make images first)
	$(PY) -m benchmarks.stack

.PHONY: sbom
sbom: $(VENV)/dev ## Write what the project consists of as CycloneDX JSON to artifacts/
	$(PY) .ci/sbom.py artifacts/sbom.cdx.json

.PHONY: bench-encryption
bench-encryption: $(VENV)/runtime ## Measure what encryption costs, paired
	$(PY) -m benchmarks.encryption

.PHONY: bench-tracing
bench-tracing: $(VENV)/runtime ## Measure what metrics and traces cost, paired
	$(PY) -m benchmarks.tracing

.PHONY: bench-load
bench-load: $(VENV)/dev ## Measure where the service saturates, a backlog of 5,000 and 10,000 parked workflows
	$(PY) -m benchmarks.load --part ramp --part api --part backlog --part parked --plot artifacts/load.png

.PHONY: bench-approvals
bench-approvals: $(VENV)/runtime ## Measure a decision, a hundred deciders at once, and an inbox of a thousand
	$(PY) -m benchmarks.approvals

.PHONY: clean
clean: ## Remove the environment and caches; workflow data in .data/ stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The .pth line puts the checkout itself on the path, relative to site-packages: scripts import `temporal` from
# any folder, nothing is built, and edits count at once.
$(PY):
	@for python in $(PYTHONS); do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        "$$python" -m venv --clear $(VENV) && \
	        $(PY) -c 'import pathlib, site; pathlib.Path(site.getsitepackages()[0], "checkout.pth").write_text("../../../..\n")' || \
	        { rm -rf $(VENV); exit 1; }; \
	        exit 0; \
	    fi; \
	done; \
	echo "error: no Python 3.11 or later among: $(PYTHONS); install one, or name it: make PYTHON=/path/to/python" >&2; \
	exit 1

$(VENV)/runtime: requirements.lock | $(PY)
	$(PIP) -r requirements.lock
	@touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/runtime
	$(PIP) -r requirements-dev.lock
	@touch $@
