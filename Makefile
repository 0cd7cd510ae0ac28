PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do command -v $$p >/dev/null 2>&1 && { echo $$p; break; }; done)
PORT ?= 8400
UV_VERSION := 0.13.9
BIN := .venv/bin
CAP ?=
WEB := server/console/web
PAGES := $(shell find $(WEB)/src $(WEB)/scripts server/console/locale -type f) $(WEB)/package-lock.json

# The tests start a thousand processes: each module is compiled once, not once for each of them.
export PYTHONDONTWRITEBYTECODE :=
# A worker that hangs is killed after its stacks are printed (pyproject.toml); the run then ends, and says in which test.
TEST := $(BIN)/pytest --dist loadgroup --max-worker-restart=0

.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-long lint lint-pages bench clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/' | expand -t 20

setup: .venv/.ready server/console/static/.built ## everything that Python needs, into .venv, from the pinned versions of uv.lock

.venv/.ready: pyproject.toml uv.lock
	@sh .ci/python-check "$(PYTHON)"
	@test -x $(BIN)/python || "$(PYTHON)" -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never $(BIN)/uv sync --quiet --locked
	@touch $@

# The build of the package has made the pages already; this makes them anew after a change.
server/console/static/.built: .venv/.ready $(PAGES)
	@$(BIN)/python $(WEB)/hatch_build.py

demo: setup ## watch the main job: a hub, three field clients, bad links, a verdict (CAP=FILE adds an alert)
	@$(BIN)/tocsin-netsim demo $(if $(CAP),--cap "$(CAP)")

run: setup ## a hub on http://127.0.0.1:8400 (PORT=), its data in ./.tocsin
	@$(BIN)/tocsin-hub serve --data .tocsin --port $(PORT) --first-steps

test: setup ## all tests that this machine allows; ends with what did not run and why
	@$(TEST) -n auto -m "not long"

test-long: setup ## what takes longer
	@$(TEST) -n 2

lint: setup ## ruff, mypy and TypeScript, strict, the client for Windows and macOS too
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy --platform win32 --package alerts --package client
	@$(BIN)/mypy --platform darwin --package alerts --package client --package server
	@$(MAKE) --no-print-directory lint-pages

# The types of the hub's answers come from its OpenAPI document, so a page that reads a member that is not there is told here.
lint-pages: setup
	@$(BIN)/python -c "import json; from server.api.description import document; print(json.dumps(document()))" > $(WEB)/openapi.json
	@cd $(WEB) && export PATH="$(CURDIR)/$(BIN):$$PATH" && npm run --silent types >/dev/null && npm run --silent check && npm run --silent messages -- --check

bench: setup ## what is measured: bytes an alert, resume, an idle hour, TLS, the packet path against what was asked, the model against real TCP (an hour)
	@$(BIN)/tocsin-netsim bench wire
	@$(BIN)/tocsin-netsim bench resume
	@$(BIN)/tocsin-netsim bench idle
	@$(BIN)/tocsin-netsim bench tls
	@$(BIN)/tocsin-netsim bench calibrate
	@$(BIN)/tocsin-netsim bench predict

clean: ## forget .venv and caches, keep .tocsin
	@rm -rf .venv server/console/static $(WEB)/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis
