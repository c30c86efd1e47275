# Two commands for newcomers: `make site` and `make test`. Both need only Python 3.11 or newer, pip and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# `INSTALL="uv pip install --python .venv"` installs the same, in a tenth of the time; it does not read pip's settings.
INSTALL ?= $(BIN)/pip install
# The locks are complete: nothing is resolved, and every file is compared with its hash.
LOCKED := $(INSTALL) --quiet --require-hashes --no-deps --requirement
EDITABLE := $(INSTALL) --quiet --no-deps --no-build-isolation --editable .

.PHONY: site build wheel test bench mutants lint format evidence evidence-all check schemas lock clean

site: $(VENV)/site          ## Build the site (no torch needed) and serve it on http://127.0.0.1:8000
	$(BIN)/kb site serve

build: $(VENV)/site         ## Build the site into build/site
	$(BIN)/kb site build

wheel: $(VENV)/site         ## Write the wheel into build/wheel
	$(BIN)/python -m hatchling build --target wheel --directory build/wheel

# Tests start many processes: the first writes the library's bytecode, even where the environment says not to.
test: $(VENV)/test          ## Run all tests
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --numprocesses auto --dist worksteal $(PYTEST_FLAGS)

bench: $(VENV)/test         ## Benchmarks of loading, queries and the site build
	$(BIN)/pytest tests/benchmarks --benchmark-only --benchmark-columns=min,median,rounds

mutants: $(VENV)/test       ## Put small faults into the code, and count those that nothing notices (NUMBER=40 SEED=...)
	$(BIN)/python -m scripts.mutants $(if $(NUMBER),--number $(NUMBER)) $(if $(SEED),--seed $(SEED)) $(FOLDERS)

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

evidence-all: $(VENV)/test  ## Repeat every measurement and compare (an hour)
	$(BIN)/kb verify --audit 100%

schemas: $(VENV)/site       ## JSON Schemas for editor completion
	$(BIN)/kb export schemas

lock: $(VENV)/test          ## Lock what pyproject.toml asks for (LOCK_FLAGS=--upgrade: at the newest versions)
	$(BIN)/python scripts/lock.py $(LOCK_FLAGS)

$(BIN)/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/site: pyproject.toml requirements/site.txt | $(BIN)/pip
	$(LOCKED) requirements/site.txt
	$(EDITABLE)
	@touch $@

$(VENV)/test: pyproject.toml requirements/test.txt requirements/torch.txt | $(BIN)/pip
	$(LOCKED) requirements/test.txt
	$(INSTALL) --quiet --only-binary :all: --requirement requirements/torch.txt
	$(EDITABLE)
	@touch $@ $(VENV)/site

clean:                      ## Remove what was built
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .benchmarks
