# Everything a newcomer or a CI machine needs: Python >= 3.11 and make.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 4596

.PHONY: help install demo serve test check fix bench clean

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

test: check ## Everything that CI runs
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report --include 'swf_emulator/core/*' --fail-under 100
	$(BIN)/coverage report --skip-covered

fix: install ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install ## Measure; ratios within one run
	$(BIN)/python -m benchmarks

clean: ## Remove what was installed and built
	rm -rf $(VENV) build dist .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
