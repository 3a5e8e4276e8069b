# Each target does the set-up it needs; unchanged, that costs a tenth of a second.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help run test proof check check-database docs bench torture chaos demo backup restore doctor clean lock environment environment-dev

help:  ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '%-10s %s\n' "$$name" "$$text"; done

run: environment  ## the whole product on this machine, until Ctrl-C; state in .resee
	@exec $(PY) manage.py up

demo: environment  ## one page from photo to statistics over HTTP; starts the product if it is not running
	@exec $(PY) manage.py up --for demo

test: environment-dev  ## all tests with small counts; ARGS= goes to pytest
	@$(PY) -m pytest $(ARGS)

proof: environment-dev  ## the same tests with the full counts
	@PROOF=1 $(PY) -m pytest --timeout 0 $(ARGS)

check: environment-dev  ## style, types, import rules, migrations, written contracts
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy .
	.venv/bin/lint-imports
	$(PY) -m bandit -q -c pyproject.toml -r accounts chat config review exams ocr manage.py
	.ci/audit
	$(PY) -m config.embedded.servers $(MAKE) --no-print-directory check-database

APPS := accounts api chat exams jobs ocr outbox review speech
check-database: export LOG_LEVEL = WARNING
check-database:
	$(PY) manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=config.settings.test $(PY) manage.py lintmigrations --no-cache --quiet ok warning ignore --include-apps $(APPS)
	$(PY) manage.py contract --check
	$(PY) manage.py spectacular --validate --fail-on-warn --file "$$RESEE_HOME/openapi.yaml"
	diff -u docs/openapi.yaml "$$RESEE_HOME/openapi.yaml"

docs: environment-dev  ## write docs/contract.md, docs/openapi.yaml and docs/security.md anew
	$(PY) manage.py contract
	$(PY) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml
	$(PY) -m tests.security.page

bench: environment-dev  ## one benchmark: NAME=startup ARGS=...
	@$(PY) -m benchmarks.$(NAME) $(ARGS)

torture: environment-dev  ## commands, faults and readers at once for 60 s: no reading may be wrong; ARGS=...
	@$(PY) -m tests.torture $(ARGS)

chaos: environment-dev  ## every part killed, cut off or filled up while learners work: nothing is lost or doubled; ARGS=...
	@$(PY) -m tests.chaos $(ARGS)

backup: environment  ## database and media into RESEE_HOME/backups, with a manifest of hashes
	@$(PY) manage.py backup

restore: environment  ## FROM=folder of a backup; into a new RESEE_HOME, or with ARGS=--replace
	@$(PY) manage.py restore $(FROM) $(ARGS)

doctor: environment  ## what is wrong with this installation, and what to do
	@$(PY) manage.py doctor

lock: environment-dev  ## pin requirements*.in into requirements*.txt; torch's CPU build has to be among PIP_FIND_LINKS
	$(PY) -m uv pip compile $(LOCK) requirements.in -o requirements.txt
	$(PY) -m uv pip compile $(LOCK) --constraint requirements.txt requirements-dev.in -o requirements-dev.txt
	sed -i -e 's/^torch==\(.*\)+cpu$$/torch==\1/' -e '/^--find-links \//d' requirements.txt requirements-dev.txt
LOCK := --quiet --universal --python-version 3.11 $(addprefix --find-links ,$(PIP_FIND_LINKS)) --find-links deploy/wheels --emit-find-links --no-annotate --custom-compile-command "make lock" --constraint deploy/torch-cpu.txt

clean:  ## remove caches; never the environment, never the data
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis staticfiles
	@find . -path ./.venv -prune -o -path ./.resee -prune -o -name __pycache__ -type d -exec rm -rf {} +

environment:
	@$(PYTHON) -I config/embedded/environment.py

environment-dev:
	@$(PYTHON) -I config/embedded/environment.py --dev
