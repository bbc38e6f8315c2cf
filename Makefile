# What a newcomer types. Everything lives in .venv and var/; `make clean` removes both.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test check charts lock clean bench chaos

setup: .venv/ready  ## .venv with the locked dependencies, and the code sets compiled

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/claimstream codesets build
	touch $@

demo: setup  ## the whole pipeline on an embedded broker, from charts to statistics
	$(BIN)/claimstream demo

test: setup check  ## everything this machine can run
	$(BIN)/python -m pytest -ra -n auto --dist loadfile

check: setup  ## style, types, arrows between the rooms, and what must never be in the repository
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.repository

charts: setup  ## N more example charts under var/charts (needs clinosim: pip install '.[charts]')
	$(BIN)/python -m bench.make_charts --simulate $(or $(N),300) --out var/charts

bench: setup  ## rates and latencies on Apache Kafka and PostgreSQL, as ratios
	$(BIN)/python -m bench.pipeline --json

chaos: setup  ## the reliability suite: 20,000 charts while workers and broker are killed; planted faults are caught
	$(BIN)/python -m tests.chaos --charts $(or $(N),20000) --json
	$(BIN)/python -m tests.chaos --charts 1000 --planted all --json

lock:  ## requirements.lock anew, with hashes and without hosts (needs uv)
	uv pip compile pyproject.toml --extra embedded --extra postgres --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header -o requirements.lock

clean:
	rm -rf .venv var
