# Every task of a developer and of CI. `make help` lists them.
# The first task that needs it makes .venv and installs the locked packages there.

PYTHON ?= $(shell scripts/find-python)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JUDGES := $(VENV)/judges
SECRETS := $(VENV)/secrets
SERVERS := $(VENV)/servers
PEERS := $(VENV)/peers

LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --upgrade --quiet --custom-compile-command "make lock"

# How many tests run side by side; auto is one per core.
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help demo test test-all projects servers control-plane lint types contracts docs docs-check check judges \
  bench build lock clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) projects  ## Plan two platforms and run an ML project into ./demo: no account
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/demo $(VENV)/projects

test: $(READY) projects  ## Run every test except the slow ones
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow"

test-all: $(READY) projects servers control-plane  ## Run every test, on real servers too
	PATH="$(CURDIR)/$(VENV)/programs/bin:$$PATH" $(BIN)/python -m pytest -n $(WORKERS)

projects: $(READY)  ## Install what the projects of each template need, in environments of their own
	@scripts/set-up-projects $(VENV)/projects $(BIN)/python

servers: $(SERVERS)/.ready  ## Fetch the servers and programs that tests use; nothing is started
	@scripts/fetch-programs $(VENV)/programs
	@scripts/fetch-gitlab-ci-local $(VENV)/gitlab-ci-local

control-plane: $(READY)  ## Build the Kubernetes control planes that tests use; needs Go
	@scripts/build-control-plane $(VENV)/control-plane 1.35 1.36

lint: $(READY)  ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)  ## Check types, strictly, in sources and tests
	$(BIN)/mypy

contracts: $(READY)  ## Check which part may import which
	$(BIN)/python -m pytest tests/rules/test_imports.py

docs: $(READY)  ## Write the parts of the docs that are made from the code
	$(BIN)/python -m scripts.generate_docs

docs-check: $(READY)  ## Run the commands that the README and the docs show
	$(BIN)/python -m pytest tests/docs

check: lint types contracts docs-check test  ## Run all of the checks above

judges: $(JUDGES)/.ready $(SECRETS)/.ready projects  ## Ask checkov, zizmor, hadolint and others
	STACKWRIGHT_JUDGES_REQUIRED=1 $(BIN)/python -m pytest -n $(WORKERS) tests/judges

bench: $(PEERS)/.ready projects  ## Measure the main commands, beside cookiecutter and copier
	$(BIN)/python -m benchmarks.measure
	$(BIN)/python -m benchmarks.service
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.diff

build: $(READY)  ## Build the wheel and the source archive into ./dist
	$(BIN)/python -m build --no-isolation --outdir dist .

lock: $(READY)  ## Choose the newest allowed packages anew and write the locks in requirements/
	$(LOCK) pyproject.toml --all-extras --group dev --output-file requirements/dev.txt
	$(LOCK) requirements/servers.in --output-file requirements/servers.txt
	$(LOCK) requirements/peers.in --output-file requirements/peers.txt
	npm update --prefix requirements/gitlab-ci-local --package-lock-only --ignore-scripts --no-audit \
	  --no-fund --omit-lockfile-registry-resolved

clean:  ## Remove what the other tasks made, ./demo and .venv included
	rm -rf $(VENV) demo dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml requirements/dev.txt scripts/set-up
	@PYTHON="$(PYTHON)" scripts/set-up $(VENV)

$(JUDGES)/.ready $(SECRETS)/.ready $(SERVERS)/.ready $(PEERS)/.ready: $(VENV)/%/.ready: \
  requirements/%.txt $(READY)
	$(BIN)/python -m venv $(VENV)/$*
	$(VENV)/$*/bin/python -m pip install --quiet --requirement $<
	@touch $@
