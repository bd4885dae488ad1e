# Everything runs in .venv, made here from pinned and hashed packages; nothing global is touched.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
CORES ?= 2
PIP := .venv/bin/python -m pip --disable-pip-version-check
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# One thread of linear algebra a process: jobs and tests already fill the cores
export OMP_NUM_THREADS ?= 1

.PHONY: docs help demo platform-demo score freeze-regression test faults nightly mutants advisories check format lock clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/'

.venv/.run: envs/requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found; set PYTHON=/path/to/python3"; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version) (once)"
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	$(PIP) install --quiet --require-hashes -r envs/requirements.txt
	@# the command `refractor`, run from this checkout
	$(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable .
	touch $@

.venv/.dev: envs/requirements-dev.txt | .venv/.run
	$(PIP) install --quiet --require-hashes -r envs/requirements-dev.txt
	@# The tests of the pages hold them against axe-core where there is npm; its sum stands in the tests.
	! command -v npm >/dev/null || npm install --silent --no-audit --no-fund --prefix .venv/axe axe-core@4.14.1 \
		|| echo "axe-core could not be fetched: the tests of accessibility are skipped"
	touch $@

demo: .venv/.run ## Simulate the synthetic test genomes and run the whole workflow on them
	python scripts/simulate_genomes.py --output-dir demo --cores $(CORES)
	@# one sample has the normal of another person: the run must stop it, and says so at its end
	refractor run demo --cores $(CORES) || python scripts/score_run.py --trial demo --stopped-only
	@echo "The report of the synthetic demo: $(CURDIR)/demo/results/report/index.html"

score: .venv/.run ## Score the finished demo against the truth it was made from
	python scripts/score_run.py --trial demo

platform-demo: .venv/.run ## Simulate twelve cohorts, run them as one platform trial, and score the run against its truth
	python scripts/simulate_platform.py --output-dir platform-demo
	refractor run platform-demo --cores $(CORES)
	python scripts/score_platform.py --trial platform-demo
	@echo "The overview of the synthetic platform trial: $(CURDIR)/platform-demo/results/report/index.html"

freeze-regression: .venv/.run ## Freeze the tables of the finished demo that later runs are held against (tests/regression/README.md)
	python tests/regression/freeze.py --results demo/results

test: .venv/.dev ## Run every test
	python -m pytest -n $(CORES) --dist loadgroup

slurm-test: .venv/.dev ## Run the workflow on a real Slurm of two nodes on this machine (slurm-wlm, munge; 5 minutes)
	REFRACTOR_REQUIRE_SLURM=1 python -m pytest tests/workflow/slurm -m slurm

s3-test: .venv/.dev ## Read a BAM out of a store that speaks S3 (moto, fetched by uvx and started on this machine)
	REFRACTOR_S3_TEST=1 python -m pytest tests/unit/reads/test_object_store.py

faults: .venv/.run ## Disturb 52 runs at random moments; every next run must make up for it (an hour); docs/reliability.md
	python tests/workflow/faults/fault_trials.py --kills 20 --others 4 --record docs/fault_trials.tsv --report docs/reliability.md

nightly: faults slurm-test mutants advisories ## The trials too long for every commit (needs slurm-wlm and munge)
	python tests/corpus/run.py --report docs/reliability.md

mutants: .venv/.dev ## Apply each listed mutation and name those that no test catches (nightly)
	python tests/mutations/run.py --jobs $(CORES)

scale: .venv/.run ## Measure what one added row costs in a finished trial of 2,000 tumours (10 minutes)
	python benchmarks/scale.py

bundle: .venv/.run ## Collect this checkout and its packages for a machine without a package index, as refractor-bundle.tar
	python envs/make_bundle.py --slurm --check

advisories: .venv/.dev ## Hold the pinned packages against known advisories; fails too where one could not be looked up
	for name in requirements requirements-slurm requirements-dev; do \
		uvx --quiet pip-audit==2.10.1 --strict --progress-spinner off --disable-pip --no-deps -r envs/$$name.txt; done

check: .venv/.dev ## Format, lint, types, workflow lint: what CI runs
	ruff format --check .
	ruff check .
	mypy
	snakefmt --check Snakefile workflow
	snakemake --lint
	mkdocs build --strict

docs: .venv/.dev ## Build the documentation site into site/, strictly
	mkdocs build --strict

format: .venv/.dev ## Format Python and Snakemake files
	ruff format .
	ruff check --fix .
	snakefmt Snakefile workflow

lock: .venv/.dev ## Pin and hash the packages of envs/*.in again, and the conda environment with them
	for name in requirements requirements-slurm requirements-dev; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
			-o envs/$$name.txt envs/$$name.in; done
	python envs/pin_conda.py

clean: ## Remove the demo and all caches, keep .venv
	rm -rf demo platform-demo results logs .snakemake .pytest_cache .mypy_cache .ruff_cache .hypothesis
