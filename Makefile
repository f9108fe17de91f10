# Two commands take a fresh machine to working software: `make demo` and `make test`, in either order.
# PYTHON may name an interpreter: make demo PYTHON=/path/to/python3.12

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UNFINISHED := $(VENV)/.unfinished

# The first interpreter that is 3.11 to 3.13 and can make virtual environments (Debian's needs python3-venv for that).
find_python = for candidate in python3.11 python3.12 python3.13 python3 python; do \
  $$candidate -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
  >/dev/null 2>&1 && { command -v $$candidate; break; }; done
PYTHON ?= $(shell $(find_python))

# The stamp holds the folder it was made for. A virtual environment does not survive being moved, nor its interpreter
# being removed: without a stamp that fits, the environment is looked at again.
ifneq ($(wildcard $(STAMP)),)
ifneq ($(shell test -x $(BIN)/python && cat $(STAMP)),$(CURDIR))
$(shell rm -f $(STAMP))
endif
endif

.PHONY: help
help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

# Quiet, unless something goes wrong. An environment whose installation broke off half-way, or whose pip does not
# start, is thrown away and made anew; a healthy one is only brought up to date.
$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { \
	  echo "make: needs Python 3.11, 3.12 or 3.13 with its venv module: found none on this machine;" >&2; \
	  echo "      install one, or name it: make demo PYTHON=/path/to/python3.12" >&2; exit 1; }
	@if test -e $(UNFINISHED) || ! $(BIN)/pip --version >/dev/null 2>&1; then \
	  rm -rf $(VENV) && mkdir $(VENV) && touch $(UNFINISHED) && "$(PYTHON)" -m venv $(VENV); fi
	@touch $(UNFINISHED)
	@echo "installing into $(VENV): a few minutes the first time"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-warn-script-location \
	  --constraint constraints.txt --editable ".[dev]"
	@echo "$(CURDIR)" > $@
	@rm -f $(UNFINISHED)

.PHONY: demo
demo: $(STAMP)  ## install, build the notebooks, grade the bundled classes, say where to look
	@$(BIN)/course demo

# One worker a core; each takes a file's tests at a time (tests/conftest.py).
WORKERS := logical
.PHONY: test
test: $(STAMP) browser  ## install, run every test (ARGS='-k causal' for some of them)
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --no-loadscope-reorder --durations 40 $(ARGS)

# A test's seed follows from its name; these are seeds that nobody has seen. Slow: five minutes for each of SEEDS.
SEEDS := 3
.PHONY: sweep
sweep: $(STAMP)  ## the answers, right and wrong, against the checks with fresh seeds (SEEDS=10)
	@$(BIN)/python -m pytest --sweep $(SEEDS) tests/test_answers.py tests/test_notebook_styles.py tests/checks $(ARGS)

# Browser tests need Debian's Chromium and its driver.
.PHONY: browser
browser:
	@sh tests/browser/install_chromium.sh

.PHONY: lint
lint: $(STAMP)  ## style (ruff) and types (mypy)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
.PHONY: format
format: $(STAMP)  ## let ruff rewrite what it can
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

.PHONY: notebooks
notebooks: $(STAMP)  ## build the notebooks from their text and the reference solutions
	@$(BIN)/course build

.PHONY: bench
bench: $(STAMP)  ## measure checks, grader and sandbox (the long benchmarks are run by name)
	@for script in benchmarks/checks.py benchmarks/grading.py benchmarks/sandbox_cost.py; do echo "$$script"; $(BIN)/python "$$script" || exit 1; done

.PHONY: clean
clean:  ## remove what the other targets made, .venv and data/ excepted
	@rm -rf demo build dist notebooks/source *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	@find . -path ./$(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
