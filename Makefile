# Two commands: make demo, make test. Everything they need is installed from the lock files into .venv.
.DEFAULT_GOAL := help
PYTHON ?= python3
DEMO ?=
BIN := .venv/bin
WORKERS ?= 3
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes

.PHONY: help up down demo dev test test-fast test-all proofs audit lint bench lock clean

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/core: requirements.lock
	@echo "Installing the platform into .venv (once, one to two minutes) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

.venv/ui: .venv/core requirements-ui.lock
	@echo "Installing the pages into .venv (once) ..."
	@$(PIP) -r requirements-ui.lock
	@touch $@

.venv/dev: .venv/core requirements-dev.lock
	@echo "Installing the development tools into .venv (once) ..."
	@$(PIP) -r requirements-dev.lock
	@touch $@

demo: .venv/core  ## Simulate 30 days, build and publish every mart, print a summary
	@$(BIN)/analytics-platform demo $(DEMO)

dev: .venv/ui  ## Dagster UI and the platform's other processes; one Ctrl-C ends all
	@$(BIN)/analytics-platform dev

up:  ## The whole platform in containers, with PostgreSQL, MinIO, Redpanda and TLS (needs Docker)
	@sh deploy/prepare.sh
	@docker compose up --build --detach --wait
	@echo "https://$${DOMAIN:-localhost}:$${HTTPS_PORT:-443}/ (user pages, password in deploy/tls/pages.password)"
	@echo "Dagster's UI, on this machine only: http://127.0.0.1:3000"

down:  ## Stop the containers; their volumes stay
	@docker compose down

test: .venv/dev  ## Run the tests
	@$(PYTEST) -m "not proof"

proofs: .venv/dev  ## Run the proofs: kill rounds, both engines over every mart, an order of days that changes nothing
	@$(PYTEST) -m proof

test-all: .venv/dev  ## Run both, which takes less than one after the other
	@$(PYTEST)

test-fast: .venv/dev  ## Run the tests without dbt and servers: after each change
	@$(PYTEST) -m "not slow" -q

audit: .venv/core  ## Known weaknesses of the lock files, by ADVISORIES=folder (SECURITY.md)
	@$(BIN)/analytics-platform audit "$(ADVISORIES)" $(patsubst %,--lock %,$(wildcard requirements*.lock))

lint: .venv/dev  ## Formatting, lint, types, SQL
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --processes 2 dbt_project/models dbt_project/tests

bench: .venv/dev  ## Measure speed and memory as ratios; writes bench/results.json below PLATFORM_HOME
	@$(BIN)/python -m bench

lock: .venv/dev  ## Resolve the lock files anew from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --python-version 3.11 \
		--no-header --no-annotate --quiet --output-file requirements-dev.lock
	@$(BIN)/uv pip compile pyproject.toml -c requirements-dev.lock --universal --generate-hashes --python-version 3.11 \
		--no-header --no-annotate --quiet --output-file requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra ui -c requirements-dev.lock --universal --generate-hashes \
		--python-version 3.11 --no-header --no-annotate --quiet --output-file requirements-ui.lock
	@$(BIN)/uv pip compile pyproject.toml --extra ui --extra gcp --extra aws --extra postgres --extra kafka --extra llm \
		-c requirements-dev.lock --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --quiet \
		--output-file requirements-deploy.lock

clean:  ## Remove all state of the platform (PLATFORM_HOME); the virtual environment stays
	@rm -rf $${PLATFORM_HOME:-.platform}
