# On a fresh machine with only Python (3.11 or newer), git and make: `make demo` runs the main job, `make test` passes
# the tests. Both set up what they need in .venv, with the versions of constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo

.PHONY: demo test lint types bench show-chain network lies agree-js interop docs vectors clean setup

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --requirement requirements-dev.txt --editable .
	touch $@

demo: setup
	rm -rf $(DEMO)
	$(BIN)/lotchain demo $(DEMO)

test: setup
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

types: setup
	$(BIN)/mypy

bench: setup
	$(BIN)/python -m benchmarks.chain

# What the issue's promises rest on, in full counts; the default tests run them with reduced ones.
show-chain: setup
	$(BIN)/python -m tests.show_chain

# Three countries watch one log, real processes: one is cut off, one lies, the operator shows two views of it.
network: setup
	$(BIN)/python -m tests.network

# A thousand lies of an operator, told to an honest audit quorum and to holders of old bundles and checkpoints.
lies: setup
	$(BIN)/python -m tests.show_chain --only lies

# The Python and the JavaScript verifier on the same bundles: vectors, scenarios, two thousand mutated ones. Needs node.
agree-js: setup
	$(BIN)/python -m tests.agreement.javascript --count 2000

# Independent implementations judge our outputs, made fresh in the run, sound and damaged; installed under .interop/.
interop: setup
	$(BIN)/python -m tests.interop.run

# Generated pages, schemas and vectors; the tests compare them.
docs vectors: setup
	$(BIN)/python -m tests.vectors_build
	$(BIN)/python -m lotchain.cli.reference > specs/cli.md
	$(BIN)/python js/build_tables.py

clean:
	rm -rf build .interop $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
