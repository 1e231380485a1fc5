# Everything a newcomer or a CI machine needs: Python >= 3.11 and make.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 4596
PROCESSES ?= 2
CLIENTS ?=
KILLS ?= 30

.PHONY: help install demo serve check quick test thorough house clients crash coverage test-browser test-min test-release docs fix conformance bench dist sbom audit docker clean

help: ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

install: $(VENV)/installed ## Install the emulator and all tools into .venv

demo: install ## Run the hello-world workflow on a fresh emulator and show its history
	$(BIN)/python tools/demo.py

serve: install ## Serve the emulator on PORT
	$(BIN)/swf-emulator serve --port $(PORT) --verbose

check: install ## Lint, types, architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

quick: install ## Core, engine, protocol and the cases in process, generated ones once a shape
	$(BIN)/python -m pytest -q -m 'not generated and not clients and not release' \
		tests/core tests/engine tests/protocol tests/cases

test: check ## Checks and all tests except real clients and the browser
	$(BIN)/python -m pytest -n $(PROCESSES) --ignore tests/browser --cov=swf_emulator/core --cov-report=
	$(BIN)/coverage report --skip-covered --fail-under 100
	$(BIN)/python -m pytest -m release tests/release

coverage: install ## What the tests reach in the whole product
	$(BIN)/python -m pytest -n $(PROCESSES) --ignore tests/browser --cov --cov-report=
	$(BIN)/coverage report --skip-covered

thorough: install ## Simulation, exploration and fuzzing with many examples
	HYPOTHESIS_PROFILE=thorough SWF_SIM_PROFILE=ci $(BIN)/python -m pytest -n $(PROCESSES) --timeout 3600 tests/sim tests/edges tests/testing tests/examples

house: install ## Add a decision type, an operation, a setting and a page to copies of the repository
	$(BIN)/python -m pytest -m house -n $(PROCESSES) --dist loadfile tests/house

clients: install ## Real clients: tests with boto3, boto 2, AWS CLI and examples; the matrix, or CLIENTS of it
	$(BIN)/python -m pytest -m clients tests/clients
	$(BIN)/python -m client_matrix $(CLIENTS)

crash: install ## Kill a server under load KILLS times; what it acknowledged must be there
	$(BIN)/python -m tests.store.crash --kills $(KILLS)

test-browser: install ## The console in a real browser; needs Chromium (Debian: apt-get install chromium)
	$(BIN)/python -m pip install --quiet --editable '.[dev,browser]'
	$(BIN)/python -m pytest tests/browser

test-min: ## The tests with the lowest versions that pyproject.toml admits, PYTHON's version permitting
	rm -rf build/min
	$(PYTHON) -m venv build/min
	$(PYTHON) tools/lower_bounds.py > build/min/constraints.txt
	build/min/bin/python -m pip install --quiet --constraint build/min/constraints.txt --editable '.[test]'
	build/min/bin/python -m pytest --ignore tests/release --ignore tests/browser
	build/min/bin/python -m pytest -m clients tests/clients

test-release: install ## Build, install the wheel in a bare environment, run the demo there
	$(BIN)/python -m pytest -m release tests/release

docs: install ## Write everything in the documents that is generated
	$(BIN)/python -m tools.tables
	$(BIN)/python -m conformance.reports.fidelity docs/fidelity.md

fix: install ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

conformance: install ## Judge a fresh emulator over HTTP with all cases of the conformance suite
	$(BIN)/python -m conformance --serve '$(BIN)/swf-emulator serve --port {port} --poll-hold 2'

bench: install ## Measure; ratios within one run
	$(BIN)/python -m benchmarks

dist: install ## Build the source distribution and the wheel
	rm -rf dist
	$(BIN)/python -m build --outdir dist .

build/release/installed: pyproject.toml $(VENV)/installed
	rm -rf build/release
	$(PYTHON) -m venv --without-pip build/release
	$(BIN)/python -m pip --python build/release/bin/python install --quiet '.[boto3,metrics,yaml]'
	touch $@

sbom: build/release/installed ## List all that an installation consists of, as CycloneDX: dist/sbom.json
	mkdir -p dist
	$(BIN)/python -m pip install --quiet --editable '.[release]'
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--output-file dist/sbom.json build/release/bin/python

audit: build/release/installed ## Look for known vulnerabilities in what is installed with it, and in the lowest versions
	$(BIN)/python -m pip install --quiet --editable '.[release]'
	$(BIN)/python tools/lower_bounds.py > build/lowest.txt
	$(BIN)/pip-audit --no-deps --disable-pip --requirement build/lowest.txt
	$(BIN)/pip-audit --path "$$(build/release/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"

docker: ## Build the image, run it, check it; needs Docker
	tools/container_check.sh

clean: ## Remove what was installed and built
	rm -rf $(VENV) build dist .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
