# Everything runs from .venv, which `make setup` fills with pinned and hashed packages.
# Needs make, git and Python 3.11 or newer with its venv module; nothing else.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types docs bench serve lock clean

BIN := .venv/bin
STAMP := .venv/.installed
NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && command -v $$python && break; done)

# Pages are tested in Chromium: root on Debian gets it, everybody else is told.
WITH_BROWSER := chromium --version >/dev/null 2>&1 \
	|| { [ "$$(id -u)" = 0 ] && apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
		apt-get -qq install -y --no-install-recommends chromium; } >/dev/null 2>&1 \
	|| echo 'no chromium, and not root on Debian: tests of pages in a browser will skip' >&2

# A module's tests stay together: they share what is made once for them. In the order of
# tests/conftest.py, which begins with the slow ones; xdist's own puts modules of few tests last.
# One process more than there are cores: many tests wait, for a page, a camera or a moment.
PROCESSES := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
SIDE_BY_SIDE := --numprocesses $(PROCESSES) --maxprocesses 4 --dist loadfile --no-loadscope-reorder

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

help:  ## Show the targets
	@sed -n 's/^\([a-z]*\):.*##/\1	/p' $(MAKEFILE_LIST) | expand -t 8

setup: $(STAMP)  ## Install overt and its pinned packages into .venv
demo: $(STAMP)  ## Run the whole path on a made street video
	@$(BIN)/overt demo
test: $(STAMP)  ## Run the tests
	@$(WITH_BROWSER)
	@$(BIN)/python -m pytest -q $(SIDE_BY_SIDE)
lint: $(STAMP)  ## Check style, format and import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo
types: $(STAMP)  ## Check types
	@$(BIN)/pyright
docs: $(STAMP)  ## Build the documentation into site/
	@$(BIN)/zensical build --clean --strict
bench: $(STAMP)  ## Measure this machine
	@$(BIN)/python -m benchmarks
serve: $(STAMP)  ## Start the console with a trial (Ctrl-C ends it)
	@$(BIN)/overt serve --trial
lock: $(STAMP)  ## Pin the newest packages that fit, with hashes
	@requirements/compile.sh --upgrade
clean:  ## Remove .venv, caches and built files
	rm -rf .venv dist site .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(STAMP): requirements/dev.txt pyproject.toml
	@test -n '$(PYTHON)' || { \
		echo "got: $$(python3 --version 2>&1); want: Python 3.11 or newer with its venv module" >&2; \
		echo 'hint: apt-get install python3 python3-venv, or make PYTHON=/path/to/python3.12' >&2; \
		exit 2; }
	@$(BIN)/python -c '' 2>/dev/null || '$(PYTHON)' -m venv --clear .venv
	@echo "installing $$(grep -c '^[a-z]' $<) pinned packages into .venv (once; a minute or two)" >&2
	@$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement $<
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
