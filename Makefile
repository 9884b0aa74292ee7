# Every target works on a fresh clone; stamps in .venv make the second run quick.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || echo python3)
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
AGENT ?= code-reviewer
DATA ?= .data/corpus
.DEFAULT_GOAL := test
.PHONY: demo venv test lint contract train bench fix

.venv/core: pyproject.toml constraints.txt
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	$(PIP) -e . && touch $@

.venv/dev: pyproject.toml octad_train/pyproject.toml constraints.txt
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	$(PIP) -e '.[dev]' -e ./octad_train && touch $@ .venv/core

venv: .venv/dev

demo: .venv/core
	.venv/bin/python examples/demo.py

test: lint
	.venv/bin/python -m pytest

lint: .venv/dev
	.venv/bin/ruff check . && .venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/python scripts/size_limits.py
	.venv/bin/python scripts/pin_weights.py --check

contract: .venv/dev
	.venv/bin/python -m pytest tests/contract

train: .venv/dev
	.venv/bin/octad train $(AGENT) --data $(DATA) --out runs/train --resume

bench: .venv/dev
	for program in benchmarks/*.py; do .venv/bin/python $$program || exit 1; done

fix: .venv/dev
	.venv/bin/ruff check --fix . ; .venv/bin/ruff format .
