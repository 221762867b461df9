# What one does with a checkout. `make help` lists it; CI runs the same targets.
# Needs Python 3.11 or newer and nothing else: deploy/bootstrap.sh makes the environment.

.POSIX:
.PHONY: help up install test test-fast soak oracle mutants chaos bench bench-engine bench-detector reference check lock clean

VENV = .venv
PY = $(VENV)/bin/python
ARGS =
ROUNDS = 12
EVENTS = ../shared/data/*.jsonl.gz
SHOP = ../shared/data/retailrocket.jsonl.gz

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\	\2/p' Makefile

up: $(VENV)/installed ## start everything on this machine; ARGS="--port 8081" passes options on
	@exec $(PY) -m touchstone up $(ARGS)

install: $(VENV)/installed ## make .venv with what the product needs

test: $(VENV)/installed-dev ## run all tests, real Apache Kafka included
	$(PY) -m pytest $(ARGS)

test-fast: $(VENV)/installed-dev ## run the tests that need no broker and no processes, in seconds
	TOUCHSTONE_PROPERTIES=fast $(PY) -m pytest -q -n 2 -m "not broker and not slow" $(ARGS)

soak: $(VENV)/installed-dev ## try the properties of engine, attribution and hops 10,000 times each
	TOUCHSTONE_PROPERTIES=soak $(PY) -m pytest -q --timeout 7200 tests/journey/test_order_independence.py \
		tests/journey/test_attribution.py tests/detector/hops $(ARGS)

oracle: $(VENV)/installed-dev ## hold the engine against the oracle on real events; EVENTS="FILE…"
	$(PY) -m tests.journey.real_data $(EVENTS)

chaos: $(VENV)/installed-dev ## break a running deployment in ROUNDS=n rounds and count what it said
	$(PY) -m tests.chaos --rounds $(ROUNDS) $(ARGS) \
		$$(for file in $(EVENTS); do test -f $$file && echo $$file; done)

bench: bench-engine bench-detector ## measure everything: docs/benchmarks.md

bench-engine: $(VENV)/installed-dev ## measure the engine on real events repeated to 1,000,000; EVENTS="FILE…"
	$(PY) -m benchmarks.engine $(EVENTS)

bench-detector: $(VENV)/installed-dev ## measure the detector beside its peers; SHOP=FILE ARGS="--only quix"
	$(PY) -m benchmarks.detector $(SHOP) $(ARGS)

reference: $(VENV)/installed ## write docs/reference/ anew from the grammar of the model language
	$(PY) docs/reference/write.py

mutants: $(VENV)/installed-dev ## break the engine in known ways and see the tests notice
	$(PY) -m tests.journey.mutants $(ARGS)

check: $(VENV)/installed-dev ## lint, formatting, types, import directions, contracts
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) -m pytest -q -m "not broker" tests/topics

# The second lock is the first without the development tools, at the same versions.
COMPILE = uv pip compile pyproject.toml --extra local --group build --generate-hashes \
	--universal --no-emit-index-url --no-header --no-annotate -q --python-version 3.11

lock: ## write all lock files anew (needs uv)
	$(COMPILE) --group dev -o requirements-dev.lock
	$(COMPILE) -c requirements-dev.lock -o requirements.lock
	uv pip compile benchmarks/quix.in --generate-hashes --universal --no-emit-index-url \
		--no-header --no-annotate -q --python-version 3.11 -o benchmarks/quix.lock

clean: ## remove the environment and the tools' caches; no data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/installed: requirements.lock pyproject.toml deploy/bootstrap.sh
	@sh deploy/bootstrap.sh requirements.lock
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock pyproject.toml deploy/bootstrap.sh
	@sh deploy/bootstrap.sh requirements-dev.lock
	@touch $@ $(VENV)/installed
