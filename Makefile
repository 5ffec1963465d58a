# Two commands do everything on a fresh machine with Python 3.11, make and git: make run, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

unexport PYTHONDONTWRITEBYTECODE  # what is compiled once is not compiled again by each process

.PHONY: run test quick spark test-spark lint types unit dev bench accuracy clean

# the whole way on the shipped corpus, or with INPUT=path on one's own files
run: $(READY)
ifdef INPUT
	$(BIN)/yangguang run $(INPUT)
else
	$(BIN)/yangguang demo
endif

test: lint types unit

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .

types: $(READY)
	$(BIN)/mypy

unit: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# what one runs while working: all but what is marked slow (OCR, LibreOffice, whole runs, crawls, dbt)
quick: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

# the environment of run --engine spark, from a hashed lock of its own; it needs Java 17
SPARK := .venv-spark
SPARK_READY := $(SPARK)/.ready
spark: $(SPARK_READY)

# reading and building on Spark, row for row
test-spark: $(READY) $(SPARK_READY)
	YANGGUANG_SPARK_PYTHON=$(CURDIR)/$(SPARK)/bin/python $(BIN)/python -m pytest -m spark tests/cluster

# Dagster's page on 127.0.0.1:3000, with the definitions that workspace.yaml names
dev: $(READY)
	DAGSTER_HOME=$$($(BIN)/python -m pipeline.definitions) $(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1 -p 3000

bench: $(READY)
	$(BIN)/python -m bench.reading

accuracy: $(READY)
	$(BIN)/python -m bench.accuracy

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

$(SPARK_READY): pipeline/cluster/requirements.lock pyproject.toml
	$(PYTHON) -m venv $(SPARK)
	$(SPARK)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r pipeline/cluster/requirements.lock
	$(SPARK)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(SPARK_READY)

clean:
	rm -rf $(VENV) $(SPARK) data/demo sql/target sql/logs .cache .pytest_cache .mypy_cache .ruff_cache
