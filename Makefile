# Two commands for newcomers: `make site` and `make test`. Both need only Python 3.11 or newer, pip and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/pip install --quiet --constraint constraints.txt --editable

.PHONY: site build test bench lint format evidence check schemas clean

site: $(VENV)/site          ## Build the site (no torch needed) and serve it on http://127.0.0.1:8000
	$(BIN)/kb site serve

build: $(VENV)/site         ## Build the site into build/site
	$(BIN)/kb site build

test: $(VENV)/test          ## Run all tests
	$(BIN)/pytest --numprocesses auto --dist worksteal

bench: $(VENV)/test         ## Benchmarks of loading, queries and the site build
	$(BIN)/pytest tests/benchmarks --benchmark-only --benchmark-columns=min,median,rounds

lint: $(VENV)/test          ## Format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/test        ## Mend format and style where a machine can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: $(VENV)/site         ## Check the entries
	$(BIN)/kb check

evidence: $(VENV)/test      ## Measure what is stale
	$(BIN)/kb verify

schemas: $(VENV)/site       ## JSON Schemas for editor completion
	$(BIN)/kb export schemas

$(BIN)/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/site: pyproject.toml constraints.txt | $(BIN)/pip
	$(INSTALL) ".[site]"
	@touch $@

$(VENV)/test: pyproject.toml constraints.txt | $(BIN)/pip
	$(INSTALL) ".[site,run,test]"
	@touch $@ $(VENV)/site

clean:                      ## Remove what was built
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .benchmarks
