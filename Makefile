# One command each. Every target first brings the virtual environment .venv to the locked versions it needs (a stamp file
# remembers that it has), so that a fresh machine with Python 3.11+ and make is enough.
#
#   make demo    compare eight optimizers on real data     make lint     ruff: rules and format
#   make test    the tests                                 make types    mypy --strict
#   make bench   the benchmarks                            make docs     rewrite what is generated in docs/
#   make test-ecosystem  the optimizers inside Hugging Face's Trainer, Lightning, accelerate, torch.compile, DDP
#   make test-lowest   the tests with the oldest versions that pyproject.toml admits, but for those that lean on torch alone
#   make test-nightly  every rule, engine, type and layout against the reference, 10,000 cases each of both tests
#
# PYTHON=python3.12 chooses the interpreter; ARGS="..." goes on to the command.

PYTHON ?= python3
BIN    := .venv/bin
LOCKED := constraints.txt pyproject.toml
ARGS   ?=

# $(call install,.[test]): the project with that extra, at the locked versions.
define install
@echo "Installing '$(1)' and what it needs into .venv (minutes the first time, seconds afterwards)"
$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '$(1)'
@touch $@
endef

.PHONY: demo test test-slow test-all test-nightly test-lowest test-ecosystem lint types format bench docs changelog clean

demo: .venv/ready
	$(BIN)/surefoot compare digits $(ARGS)

test: .venv/ready-test
	$(BIN)/python -m pytest $(ARGS)

test-slow: .venv/ready-test .venv/ready-benchmark
	$(BIN)/python -m pytest -m slow $(ARGS)

test-ecosystem: .venv/ready-test .venv/ready-ecosystem
	$(BIN)/python -m pytest -m ecosystem $(ARGS)

test-all: .venv/ready-test .venv/ready-benchmark
	$(BIN)/python -m pytest -m "not ecosystem" $(ARGS)

test-nightly: .venv/ready-test
	$(BIN)/python -m pytest tests/optim/test_property.py --timeout 3600 --hypothesis-profile nightly $(ARGS)

test-lowest: .venv-lowest/ready
	.venv-lowest/bin/python -m pytest -m "not slow and not ecosystem and not browser" --ignore=tests/optim/torch --ignore=tests/optim/sparse --ignore=tests/diagnose/claims $(ARGS)

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready-dev
	$(BIN)/mypy

format: .venv/ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/ready-benchmark
	$(BIN)/python -m benchmarks $(ARGS)

docs: .venv/ready-test
	$(BIN)/python -m tests.test_architecture
	$(BIN)/python -m docs.generated.rules
	$(BIN)/python -m docs.generated.sparse
	$(BIN)/python -m docs.generated.claims

changelog: .venv/ready-dev
	$(BIN)/towncrier build $(ARGS)

.venv-lowest/ready: constraints-lowest.txt pyproject.toml
	$(PYTHON) -m venv .venv-lowest
	@echo "Installing the oldest versions into .venv-lowest (minutes)"
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check -c constraints-lowest.txt -e '.[test]'
	@touch $@

clean:
	rm -rf .venv .venv-lowest .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "surefoot needs Python 3.11 or newer, this is %s: make PYTHON=python3.12 ..." % sys.version.split()[0])'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/ready: .venv/python $(LOCKED)
	$(call install,.)

.venv/ready-%: .venv/python $(LOCKED)
	$(call install,.[$*])
