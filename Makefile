# The one list of commands. `make` alone prints it.

PYTHON ?= python3
BIN := .venv/bin
DEMO := .venv/.installed-demo
DEV := .venv/.installed-dev
CHROMIUM := chromium
# Tests that start a whole system take memory: not one for each core of a large machine.
PARALLEL := --numprocesses=auto --maxprocesses=4
POSTGRESQL = $(lastword $(sort $(wildcard /usr/lib/postgresql/*/bin)))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo run check lint types layers migrations pytest test system test-browser \
	test-postgres mutants misspell-templates fuzz lock clean

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(DEMO) ## the product with a simulated class; PORT= and STUDENTS= change it
	@exec $(BIN)/python -m demo

run: $(DEMO) ## web, workers and beat for KUBECONFIG, DATABASE_URL and REDIS_URL, until Ctrl-C
	@mkdir -p var
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py collectstatic --no-input --verbosity 0
	@exec $(BIN)/honcho start

check: lint types layers migrations pytest ## all checks that need no browser and no PostgreSQL

test: system check test-browser test-postgres ## everything that has to pass

lint: $(DEV)
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo 'Not formatted; ruff format would change:'; \
		$(BIN)/ruff format --check; exit 1; }

types: $(DEV)
	@$(BIN)/mypy

layers: $(DEV)
	@$(BIN)/lint-imports --no-logo

migrations: export DATABASE_URL = sqlite://:memory:
migrations: $(DEV)
	@$(BIN)/python manage.py makemigrations --check --dry-run

pytest: $(DEV)
	@$(BIN)/pytest $(PARALLEL) -m 'not browser'

test-browser: system $(DEV)
	@$(BIN)/pytest $(PARALLEL) -m browser

# The tests that touch the database once more.
test-postgres: system $(DEV)
	@$(BIN)/python -m tests.on_postgresql $(BIN)/pytest $(PARALLEL) -m 'django_db and not browser'

mutants: $(DEV) ## plant wrong rules in netpol/; the tables must find each of them (3 minutes)
	@$(BIN)/python -m tests.mutants

misspell-templates: $(DEV) ## misspell each attribute of each template; the checker must find all
	@$(BIN)/python -m tests.templates --misspell

fuzz: SECONDS = 60
fuzz: $(DEV) ## look for files that break a command; SECONDS= bounds it, SEED= repeats it
	@$(BIN)/python -m tests.fuzz $(SECONDS) $(SEED)

system: missing = $(if $(shell command -v $(CHROMIUM)),,chromium) $(if $(POSTGRESQL),,postgresql)
system:
	@$(if $(strip $(missing)),$(if $(filter 0,$(shell id -u)),\
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq && apt-get install -y -qq --no-install-recommends $(missing) >/dev/null,\
	echo 'The tests need Debian packages. Run: sudo apt-get install $(strip $(missing))' >&2; exit 1))

$(DEMO): requirements-demo.lock
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --no-compile --no-deps -r $<
	@touch $@

# After the demo's, never beside it: both write into one environment.
$(DEV): requirements-dev.lock $(DEMO)
	@$(BIN)/pip install --quiet --no-compile --no-deps -r $<
	@touch $@

lock: export CUSTOM_COMPILE_COMMAND = make lock
lock: $(DEV) ## resolve requirements*.txt into *.lock; LOCK=--upgrade takes the newest
	@for name in requirements requirements-demo requirements-dev; do \
		$(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --no-emit-index-url \
			--no-emit-trusted-host --no-emit-find-links --no-emit-options \
			--annotation-style=line $(LOCK) --output-file $$name.lock $$name.txt || exit; \
	done

clean: ## remove what these commands made
	@rm -rf .venv build class_netpol.egg-info var .hypothesis \
		.import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +
