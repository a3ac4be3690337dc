# One file of documented commands. Every target makes .venv and installs what it needs when that is missing.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check fmt schema errors client screenshots distributed bench clean

help:     ## list the commands
	@grep -E '^[a-z]+: .*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

$(VENV)/.installed: pyproject.toml scripts/venv.sh
	sh scripts/venv.sh "$(PYTHON)" "$(VENV)"
	touch $@

demo: $(VENV)/.installed  ## five simulated platforms, one hub; ONCE=1 prints the report and exits
	$(BIN)/dexhub demo $(if $(ONCE),--once)

test: $(VENV)/.installed  ## the whole suite, over SQLite and PostgreSQL and real routers (installed when missing, as are LibreOffice and Chromium)
	sh scripts/postgres.sh
	sh scripts/libreoffice.sh
	sh scripts/chromium.sh
	sh scripts/node.sh $(VENV)
	$(BIN)/pytest -n 3 --dist worksteal --ignore tests/gateway/federation
	$(BIN)/pytest tests/gateway/federation  # by itself: it keeps both cores busy with nine processes of its own

check: $(VENV)/.installed  ## format, lint, types, import contracts, SDL drift, breaking changes, known holes in packages, then the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/dexhub schema export --check
	$(BIN)/python scripts/error_codes.py --check
	sh scripts/client.sh $(VENV) --check
	sh scripts/audit.sh $(VENV)
	$(MAKE) test

fmt: $(VENV)/.installed  ## format and mend what can be mended mechanically
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: $(VENV)/.installed  ## write schema/schema.graphql and schema/subgraphs from the code
	$(BIN)/dexhub schema export

errors: $(VENV)/.installed  ## write docs/errors.md from the code
	$(BIN)/python scripts/error_codes.py

client: $(VENV)/.installed  ## write clients/python from the schema and its queries
	sh scripts/client.sh $(VENV)

screenshots: $(VENV)/.installed  ## every page of the console as a picture, into docs/console
	sh scripts/chromium.sh
	DEXHUB_SCREENSHOTS=docs/console $(BIN)/pytest -p no:randomly tests/gateway/console/test_console_pages.py

distributed: $(VENV)/.installed  ## registry, a subgraph for each region and Hive Gateway, until Ctrl-C
	sh deploy/distributed/up.sh

bench: $(VENV)/.installed  ## the benchmarks behind the README's figures
	$(BIN)/python tests/benchmark/pull.py
	$(BIN)/python tests/benchmark/eligibility.py
	$(BIN)/python tests/benchmark/detection.py
	$(BIN)/python tests/benchmark/clauses.py
	$(BIN)/python tests/benchmark/workbooks.py
	$(BIN)/python tests/benchmark/lists.py
	$(BIN)/python tests/benchmark/audit.py
	$(BIN)/python tests/benchmark/roster.py
	$(BIN)/python tests/benchmark/console.py

clean:    ## remove what the commands above made
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis
