# Every target works on a fresh clone; stamps in .venv make the second run quick.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || echo python3)
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps
# Each file names all that is installed, so that nothing is looked for; a file with another digest is refused.
LOCKED = $(PIP) --require-hashes -r
AGENT ?= code-reviewer
DATA ?= .data/corpus
MINUTES ?= 30
.DEFAULT_GOAL := test
.PHONY: demo serve-demo venv test lint contract train bench fix fuzz lock sbom licences audit

.venv/core: pyproject.toml requirements/core.txt
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	$(LOCKED) requirements/core.txt
	$(PIP) --no-build-isolation -e . && touch $@

.venv/serve: pyproject.toml requirements/serve.txt
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	$(LOCKED) requirements/serve.txt
	$(PIP) --no-build-isolation -e . && touch $@ .venv/core

.venv/dev: pyproject.toml octad_train/pyproject.toml requirements/cpu.txt requirements/dev.txt requirements/gpu.txt
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	# The torch without a GPU's libraries, where an index has it: a tenth of the size.
	$(LOCKED) requirements/cpu.txt 2>/dev/null || true
	$(LOCKED) requirements/dev.txt
	# A torch that was built for GPUs does not load without what is in the second file.
	.venv/bin/python -c 'import torch' 2>/dev/null || $(LOCKED) requirements/gpu.txt
	$(PIP) --no-build-isolation -e . -e ./octad_train
	.venv/bin/python -m pip check --disable-pip-version-check && touch $@ .venv/core .venv/serve

.venv/tools: requirements/tools.txt
	test -x .venv/supply/bin/python || $(PYTHON) -m venv .venv/supply
	.venv/supply/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	touch $@

venv: .venv/dev

demo: .venv/core
	.venv/bin/python examples/demo.py

serve-demo: .venv/serve
	.venv/bin/python examples/serve_demo.py

test: lint
	.venv/bin/python -m pytest -n auto --dist worksteal

lint: .venv/dev
	.venv/bin/ruff check . && .venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/python scripts/size_limits.py
	.venv/bin/python scripts/pin_weights.py --check

contract: .venv/dev
	.venv/bin/python -m pytest tests/contract

fuzz: .venv/dev
	.venv/bin/python -m tests.fuzz --minutes $(MINUTES) --out build/fuzz

train: .venv/dev
	.venv/bin/octad train $(AGENT) --data $(DATA) --out runs/train --resume

bench: .venv/dev
	for program in benchmarks/*.py; do .venv/bin/python $$program || failed="$$failed $$program"; done; \
		test -z "$$failed" || { echo "not run, see their --help:$$failed"; exit 1; }

fix: .venv/dev
	.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

# The supply chain: versions and digests anew; a list of all that is installed; its licences; its known problems.
lock: .venv/tools
	.venv/supply/bin/python scripts/lock.py $(LOCK)

sbom: .venv/dev .venv/tools
	mkdir -p build
	.venv/supply/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--of JSON -o build/sbom.cdx.json .venv/bin/python

licences: sbom
	.venv/bin/python scripts/licences.py build/sbom.cdx.json

audit: .venv/tools
	for set in dev gpu tools; do .venv/supply/bin/pip-audit --strict --disable-pip --require-hashes \
		-r requirements/$$set.txt || exit 1; done
