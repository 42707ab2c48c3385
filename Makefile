# The two things there are to do. Both work on a machine that has only make, git
# and Python 3.11 or newer with its venv module.

PYTHON ?= python3
OUT ?= out
BIN := .venv/bin
SAYSO := $(BIN)/sayso
PROVED := */sayso/model/*,*/sayso/wire/*,*/sayso/trust/*,*/sayso/errors.py

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# The signed registry and its site, from declarations/ into $(OUT)/registry.
.PHONY: build
build: .venv/.installed
	$(SAYSO) validate
	$(SAYSO) build --declarations declarations --out $(OUT)/registry
	$(SAYSO) verify $(OUT)/registry/registry.json --key $(OUT)/keys/development.pub

# Every check that a change must pass. `make test T=tests/unit` runs some tests only.
.PHONY: test
test: .venv/.installed
	$(BIN)/ruff format --check builder tests
	$(BIN)/ruff check builder tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry builder
	$(BIN)/vulture
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses=auto --dist=loadfile $(T)
	$(BIN)/coverage combine --quiet
ifndef T
	$(BIN)/coverage report --include='$(PROVED)' --fail-under=100
	$(BIN)/coverage report --omit='$(PROVED)' --fail-under=95
endif

# The environment, in two steps: changed settings do not build it anew.
.venv/.installed: .venv/.uv .ci/requirements.txt pyproject.toml
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --only-binary :all: .ci/requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.uv: .ci/uv.txt
	@command -v git > /dev/null || { echo 'git is needed, and was not found on PATH.' >&2; exit 1; }
	@command -v $(PYTHON) > /dev/null || { echo 'Python 3.11 or newer is needed: $(PYTHON) was not found on PATH.' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, and $(PYTHON) is $$($(PYTHON) -V 2>&1). Name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { echo 'The venv module of Python is missing. On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement .ci/uv.txt
	@touch $@
