# The doors of the project. `make` alone lists them.

# Which raw files to build from: sample; kaggle once `bank-marketing import-kaggle` has brought them in; own once
# `bank-marketing import` has brought in a bank's own.
SEED_SET ?= sample
export SEED_SET

# The first of these that really runs, is 3.11 to 3.13 and can make environments; another one: make build PYTHON=...
PYTHON_FITS := import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	if $$p -c '$(PYTHON_FITS)' >/dev/null 2>&1; then echo $$p; break; fi; done)

# Containers often forbid Python to keep what it compiled; each command would compile the project and its tests anew.
unexport PYTHONDONTWRITEBYTECODE

PIP_INSTALL := -m pip install --quiet --disable-pip-version-check
LOCK := .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-annotate \
	--no-emit-index-url --custom-compile-command 'make lock'

# Macros and generic tests are Jinja before they are SQL: sqlfmt breaks it ('{ {%' becomes '{{%').
SQL := $(wildcard models tests/data analyses)

.DEFAULT_GOAL := help
.PHONY: help build serve dashboard docs bench bench-service bench-dashboard wheels circle studies test test-fast test-long lint lint-python lint-sql lint-dbt format lock clean distclean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' Makefile

build: .venv/installed ## Build the warehouse, publish it and say where it is (SEED_SET=kaggle: from the real files)
	.venv/bin/bank-marketing build

serve: .venv/installed-service ## Decide by HTTP which campaign a customer gets now (http://127.0.0.1:8000/docs)
	.venv/bin/bank-marketing serve

dashboard: .venv/installed-service ## Show what is published in a browser (http://127.0.0.1:8001)
	.venv/bin/bank-marketing dashboard

# dbt documents the working file; readers open the published one, whose tables bear the same names.
docs: build ## Build, and write the documentation site, one file
	.venv/bin/dbt docs generate --static --quiet
	@.venv/bin/python -c "import pathlib; page = pathlib.Path('target/static_index.html'); \
	page.write_text(page.read_text('utf-8').replace('$(SEED_SET)_build', '$(SEED_SET)'), 'utf-8')"
	@echo "The documentation is target/static_index.html: open it in a browser."

bench: .venv/installed-service ## Measure speed and memory at the size of the real files: bench/results (takes an hour, 10 GB of disk)
	.venv/bin/python bench/run_all.py

bench-service: .venv/installed-dev ## Measure the decision service beside the disk: bench/results/decision_service.md (takes ten minutes)
	.venv/bin/python bench/service_load.py

bench-dashboard: .venv/installed-service ## Measure the pages of the dashboard on what is published: bench/results/dashboard.md
	.venv/bin/python bench/pages.py

wheels: .venv/installed-service ## Bring together what Dockerfile installs, in build/wheels
	rm -rf build/wheels
	.venv/bin/python -m pip wheel --quiet --disable-pip-version-check -c requirements-dev.lock -w build/wheels '.[service]'

circle: .venv/installed-service ## Build, decide by HTTP, learn, export, build and promote, in a copy: whether all agrees (takes minutes)
	.venv/bin/python studies/decision_circle.py

studies: .venv/installed ## Simulate how often verdicts are right, measure models on what was built: docs/studies (takes an hour)
	for study in $(wildcard studies/segment_*.py) studies/arm_contrasts.py studies/noise_drivers.py studies/impact_by_segment.py studies/ranking_intervals.py studies/retention_uplift.py studies/marketing_mix.py studies/customer_value.py studies/personalisation_value.py studies/policy_evaluation.py studies/policy_regret.py; do .venv/bin/python $$study || exit 1; done
	for set in sample kaggle; do SEED_SET=$$set .venv/bin/python studies/conversion.py || exit 1; done

# A file's tests stay with one worker, since they share what its fixtures made: work stealing parts them (106 s of
# processor time for test-fast instead of 103), and so does --dist loadgroup (findings/xdist_loadgroup_splits_groups.sh).
test: lint ## Run the linters and all tests
	.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-fast: .venv/installed-dev ## Run the tests that build, fit and import little (takes a minute)
	.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not long and not builds and not slow"

test-long: .venv/installed-dev ## Kill builds and the service, fill disks, fuzz, walk all pages, build the image (takes long)
	.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m long -rP

lint: .venv/installed-dev ## Run all linters
	@$(MAKE) --no-print-directory --jobs 2 --output-sync lint-python lint-sql

lint-python: .venv/installed-dev ## Check form, types and imports of Python, and the files of containers
	.venv/bin/hadolint Dockerfile
	.venv/bin/compose-lint --quiet compose.yaml
	.venv/bin/ruff check --quiet
	.venv/bin/ruff format --check --quiet
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

# After lint-dbt, by which sqlfluff finds the project parsed.
lint-sql: .venv/installed-dev lint-dbt ## Check form and meaning of SQL, and the dbt project
	.venv/bin/sqlfmt --check --no-progressbar $(SQL)
	.venv/bin/sqlfluff lint --disable-progress-bar $(SQL)

lint-dbt: .venv/installed-dev .venv-bouncer/installed ## Check the rules of the project on the dbt project
	.venv/bin/dbt --quiet parse
	COLUMNS=200 .venv-bouncer/bin/dbt-bouncer run

format: .venv/installed-dev ## Bring Python and SQL into form
	.venv/bin/ruff check --fix --quiet
	.venv/bin/ruff format --quiet
	.venv/bin/sqlfmt --no-progressbar $(SQL)

# A runtime environment is a part of the developers' one, so the second lock is held to the first.
lock: .venv/installed-dev ## Pin the newest permitted packages in requirements*.lock
	echo 'setuptools>=77' | $(LOCK) pyproject.toml - --extra dev --extra service -o requirements-dev.lock
	echo 'setuptools>=77' | $(LOCK) pyproject.toml - -c requirements-dev.lock -o requirements.lock
	echo 'dbt-bouncer~=4.3' | $(LOCK) - -o requirements-bouncer.lock

# The published files stay: they hold the history of fits and publications, which no build brings back.
clean: ## Remove what a build makes anew
	rm -rf target logs build .pytest_cache .ruff_cache .mypy_cache .hypothesis
	rm -f warehouse/*_build.duckdb*
	find . -path './.venv*' -prune -o -name __pycache__ -prune -exec rm -rf {} +
	@echo "Kept: the environments, the published warehouse/*.duckdb, the logs of exports and the imported files in seeds."

distclean: clean ## Remove the environments and the published files with their history, too
	rm -rf .venv .venv-bouncer src/*.egg-info
	rm -f warehouse/*.duckdb*
	@echo "Removed those, too, but for the imported files and the logs of exports, which say who was contacted."

.venv/bin/python .venv-bouncer/bin/python:
	@"$(PYTHON)" -c '$(PYTHON_FITS)' >/dev/null 2>&1 || { \
	echo "No Python 3.11 to 3.13 that can make an environment (found: '$(PYTHON)'). Install one (on Debian with" \
	"python3-venv), or name it: make build PYTHON=path/to/python3.12" >&2; exit 1; }
	"$(PYTHON)" -m venv --clear $(@:/bin/python=)

# Stamps: what is installed is not installed again until its lock changes.
.venv/installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the packages of requirements.lock into .venv: takes a minute or two, this once."
	.venv/bin/python $(PIP_INSTALL) -r requirements.lock
	.venv/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	touch $@

# Versions are those that are tested, of requirements-dev.lock.
.venv/installed-service: requirements-dev.lock .venv/installed
	@echo "Installing the packages of the decision service into .venv."
	.venv/bin/python $(PIP_INSTALL) -c requirements-dev.lock --no-build-isolation -e '.[service]'
	touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	@echo "Installing the packages of requirements-dev.lock into .venv."
	.venv/bin/python $(PIP_INSTALL) -r requirements-dev.lock
	touch $@

.venv-bouncer/installed: requirements-bouncer.lock | .venv-bouncer/bin/python
	.venv-bouncer/bin/python $(PIP_INSTALL) -r requirements-bouncer.lock
	touch $@
