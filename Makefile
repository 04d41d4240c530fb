# What people do with this checkout. `make help` lists the targets; each installs what it needs.

PYTHON ?= python3
ENV_FILE ?=
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.SUFFIXES:
.PHONY: help run up down demo status logs test check openapi situations eval hostile fallback bench simulate \
  simulate-deployed campaign queue package lock clean

BIN := .venv/bin
VENV := .venv/.installed
CLOUD := .local/cloud-venv/.installed
PIP := -m pip --quiet --disable-pip-version-check
UP_OPTIONS := $(if $(ENV_FILE),--env-file $(ENV_FILE))
SOURCES := chalicelib localcloud infra benchmarks tests app.py

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "%-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV) $(CLOUD) ## Start everything, hold a first call, stay until Ctrl-C
	@$(BIN)/python -m localcloud run $(UP_OPTIONS)

up: $(VENV) $(CLOUD) ## Start everything in the background (ENV_FILE=.env for your own keys)
	@$(BIN)/python -m localcloud up $(UP_OPTIONS)

down: $(VENV) ## Stop everything; state stays
	@$(BIN)/python -m localcloud down

demo: $(VENV) $(CLOUD) ## Hold three calls with simulated people; the last line is JSON
	@$(BIN)/python -m localcloud demo $(UP_OPTIONS)

status: $(VENV) ## Show what runs and where
	@$(BIN)/python -m localcloud status

logs: $(VENV) ## Follow the logs of the local programs
	@$(BIN)/python -m localcloud logs --follow

test: check $(CLOUD) ## Run the gates and every test
	@$(BIN)/python -m pytest tests/e2e
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --ignore tests/e2e

check: $(VENV) ## Run the gates: lint, format, types, who may import whom, the API's contract
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m infra.contract check

openapi: $(VENV) ## Write the API's contract, docs/openapi.json, from the code
	@$(BIN)/python -m infra.contract write

situations: $(VENV) $(CLOUD) ## Play every situation of the phone and write docs/situations.md
	@WRITE_SITUATIONS=1 $(BIN)/python -m pytest tests/e2e/test_situations.py

eval: up ## Play the scenarios of evals/ against the local stack (ENV_FILE=.env for your own model)
	@$(BIN)/python -m localcloud evaluate run evals

hostile: $(VENV) ## Let hostile callers talk to a model that obeys them, and print what came of it
	@PYTHONPATH=.:tests $(BIN)/python -m fakes.hostile 2>/dev/null

fallback: $(VENV) ## Let providers of the model fail in every way, and print what callers hear and when
	@PYTHONPATH=.:tests $(BIN)/python -m fakes.fallback 2>/dev/null

bench: $(VENV) $(CLOUD) ## Measure against the budgets
	@$(BIN)/python -m benchmarks

simulate: $(VENV) ## Run campaigns on a virtual clock with faults and judge them (ARGS="--contacts 1000 --json")
	@PYTHONPATH=.:tests $(BIN)/python -m simulation $(ARGS)

simulate-deployed: $(VENV) $(CLOUD) ## Run a campaign on a stack of its own, kill its workers, judge it (MANY_CALLS=500)
	@PYTHONPATH=.:tests $(BIN)/python -m deployed --members $(or $(MANY_CALLS),500) $(ARGS)

campaign: $(VENV) ## Look at campaigns and steer them (ARGS="status 'Spring check-ups' --watch")
	@$(BIN)/python -m localcloud campaign $(ARGS)

queue: $(VENV) ## Wake the calls that are due, say what waits and why (ARGS=--watch)
	@$(BIN)/python -m localcloud process-call-queue $(ARGS)

package: $(VENV) ## Build the deployable package into build/ (ARCH=arm64 for Graviton)
	@$(BIN)/python -m infra.package $(if $(ARCH),--arch $(ARCH))

lock: $(VENV) ## Pin the newest versions that requirements*.in allow
	@for name in requirements requirements-dev requirements-cloud; do \
	  $(BIN)/pip-compile --quiet --upgrade --strip-extras --no-header --annotation-style=line \
	    --no-emit-find-links --no-emit-index-url --output-file $$name.txt $$name.in || exit 1; done

clean: ## Stop everything and delete what was built; .venv stays
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m localcloud down || true; fi
	@rm -rf build .local .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage

$(VENV): requirements-dev.txt
	@echo "installing the development environment into .venv" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python $(PIP) install -r requirements-dev.txt
	@touch $@

$(CLOUD): requirements-cloud.txt
	@echo "installing MiniStack into .local/cloud-venv" >&2
	@mkdir -p .local
	@test -x .local/cloud-venv/bin/python || $(PYTHON) -m venv .local/cloud-venv
	@.local/cloud-venv/bin/python $(PIP) install -r requirements-cloud.txt
	@touch $@
