# Two commands to begin with: `make demo` and `make test`. `make help` lists the rest.

SHELL := /bin/sh
RUN := .venv/bin/python
JSON ?=
ARGS ?=
# Workers with servers of their own; tests/conftest.py says how many, and in which order tests run.
PARALLEL := -n auto --no-loadscope-reorder
# What mypy reads beside the packages named in pyproject.toml.
SCRIPTS := bench deploy tests/support tests/deploy tests/system

# Where it is set, each of the many processes of a test would compile the house anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup environment demo demo-reset drive test test-fast check bench lock format \
        check-style check-types check-imports check-wire check-api check-web check-locks

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: ## install what is missing: system packages, the virtual environment, the web app
	@sh deploy/setup/run.sh

environment: ## the same without the web app
	@sh deploy/setup/run.sh --no-web

demo: setup ## the whole house on this machine, with a demo company in it; Ctrl-C stops it
	@$(RUN) -m deploy.demo

demo-reset: environment ## throw the demo's data away
	@$(RUN) -m deploy.demo reset

drive: environment ## a throw-away demo tells its story with measured times (JSON=FILE keeps the figures)
	@$(RUN) -m deploy.demo.drive $(if $(JSON),--json $(JSON)) $(ARGS)

test: ## everything, real servers included (ARGS go to pytest)
	@sh deploy/setup/run.sh --tests
	@$(RUN) -m pytest -q $(PARALLEL) $(ARGS)

test-fast: environment ## what needs no whole processes and no browser
	@$(RUN) -m pytest -q $(PARALLEL) -m "not system and not web" $(ARGS)

check: check-style check-types check-imports check-locks check-wire check-api check-web ## everything that needs no running

check-style: | environment
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check -q .

check-types: | environment
	$(RUN) -m mypy
	$(RUN) -m mypy --explicit-package-bases $(SCRIPTS)

check-imports: | environment
	.venv/bin/lint-imports --no-cache

check-locks: | environment
	$(RUN) -m deploy.setup.locks --check

check-wire: | environment
	$(RUN) -m protocols.asyncapi --check
	$(RUN) -m protocols.guard_schema --check

check-api: | environment
	.venv/bin/domovoy openapi .venv/openapi.json && diff -q .venv/openapi.json docs/openapi.json

check-web: | environment
	$(RUN) -m deploy.setup.web

bench: environment ## what is measured, each against a floor or a peer in the same run
	@$(RUN) -m bench $(ARGS)

lock: environment ## make the lock files anew from pyproject.toml (ARGS=--upgrade takes newer versions)
	$(RUN) -m deploy.setup.locks $(ARGS)

format: | setup ## lay the code out
	$(RUN) -m ruff format .
	$(RUN) -m ruff check --fix .
