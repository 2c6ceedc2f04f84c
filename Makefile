# `make run` starts the service, `make test` tests it; each installs first what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test check lint lint-page test-fast test-one test-pythons coverage
.PHONY: keys-new keys-list keys-revoke audit-verify
.PHONY: doctor jobs-failed jobs-rerun webhooks-failed webhooks-resend models lock clean screenshots
.PHONY: bench-speed bench-http bench-accuracy bench-documents bench-bills bench-memory bench-listeners bench-cancel bench-access bench-structure

help: ## What there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 17

run: $(VENV)/runtime models ## Start the service on this machine
	@exec $(BIN)/python app.py

test: check ## Install what tests need and run everything that CI runs

check: $(VENV)/dev models lint-page ## Lint, types, import contract, tests
	@tests/support/system-packages.sh
	$(call lint,$(BIN))
	$(BIN)/python -m $(PYTEST)

PYTEST := pytest -n 2 --dist loadfile

define lint
	$(1)/ruff check .
	$(1)/ruff format --check .
	$(1)/mypy
	$(1)/lint-imports --no-cache
endef

lint: $(VENV)-lint/made lint-page ## What `check` does before the tests, in a small environment of its own
	$(call lint,$(VENV)-lint/bin)

lint-page: ## Check the types of the page's JavaScript
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(VENV)-node/made && \
		$(VENV)-node/node_modules/.bin/tsc --project .; \
	else echo "NOT CHECKED: the JavaScript of web/, as npm is not installed (on Debian and Ubuntu: apt install npm)"; fi

test-fast: $(VENV)/dev ## The tests that need no server, no weights and little time
	@$(BIN)/python -m $(PYTEST) -m "not slow" tests/pure

test-one: $(VENV)/dev ## One test file or folder, or those named like a word (T=tests/pure/test_text.py, T=mrz)
	@test -n "$(T)" || { echo "Say which: make test-one T=tests/pure/test_text.py, or T=<a word of their names>"; exit 2; }
	@test="$(T)"; if [ -e "$${test%%::*}" ]; then set -- "$$test"; else set -- -k "$$test"; fi; \
		$(BIN)/python -m pytest "$$@"

test-pythons: ## Try Python 3.11, 3.12 and 3.13, each in an environment of its own (PYTHONS="3.12")
	@PYTHONS="$(PYTHONS)" tests/support/pythons.sh

coverage: $(VENV)/dev ## Say which lines the tests run, web and worker processes included (T=tests/pure for some)
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m $(PYTEST) $(T)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

doctor: $(VENV)/runtime ## Say what this installation has, lacks and would refuse
	@$(BIN)/python -m services.operations.doctor

jobs-failed: $(VENV)/runtime ## List the jobs that failed by the service's fault
	@$(BIN)/python -m services.operations.failed

jobs-rerun: $(VENV)/runtime ## Run a failed job again (JOB=<id>, or JOB=all)
	@test -n "$(JOB)" || { echo "Say which: make jobs-rerun JOB=<id>, or JOB=all"; exit 2; }
	@$(BIN)/python -m services.operations.failed --rerun "$(JOB)"

webhooks-failed: $(VENV)/runtime ## List webhooks that were given up: job, when, host, why
	@$(BIN)/python -m services.operations.webhooks

webhooks-resend: $(VENV)/runtime ## Send them again (ID=<job id>, or ID=all)
	@test -n "$(ID)" || { echo "Say which: make webhooks-resend ID=<job id>, or ID=all"; exit 2; }
	@$(BIN)/python -m services.operations.webhooks "$(ID)"

keys-new: $(VENV)/runtime ## Make an API key (TENANT=shop-1 USER=till-3 SCOPES=read,write; NAME="the till", DAYS=90); it is the last line
	@test -n "$(TENANT)" -a "$(origin USER)" = "command line" || { echo "Say for whom: make keys-new TENANT=shop-1 USER=till-3 SCOPES=read,write"; exit 2; }
	@$(BIN)/python -m services.operations.keys new --tenant "$(TENANT)" --user "$(USER)" --scopes "$(or $(SCOPES),read,write)" \
		--name "$(NAME)" $(if $(DAYS),--days "$(DAYS)")

keys-list: $(VENV)/runtime ## List API keys: whose they are, what they may do, when they were last used
	@$(BIN)/python -m services.operations.keys list

keys-revoke: $(VENV)/runtime ## Refuse an API key from now on (KEY=<id>)
	@test -n "$(KEY)" || { echo "Say which: make keys-revoke KEY=<id>, as make keys-list gives it"; exit 2; }
	@$(BIN)/python -m services.operations.keys revoke "$(KEY)"

audit-verify: $(VENV)/runtime ## Say whether the record of who read what is whole, or which line is wrong
	@$(BIN)/python -m services.operations.audit

models: $(VENV)/runtime ## Fetch the model weights and verify their hashes
	@$(BIN)/python -m services.ocr.models

# A mark in the environment says which lock file it was made from, so that a new one is installed at the next run.
$(VENV)/runtime: requirements/runtime.lock
	@test -f $(VENV)/dev && cmp -s requirements/dev.lock $(VENV)/dev || $(MAKE) --no-print-directory install LOCK=runtime
	@touch $@

$(VENV)/dev: requirements/dev.lock
	@$(MAKE) --no-print-directory install LOCK=dev
	@cp requirements/dev.lock $@; touch $(VENV)/runtime

.PHONY: install
install:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "Python 3.11, 3.12 or 3.13 is needed, this is %d.%d: make PYTHON=python3.12 ..." % v)'
	@test "$$(uname -s) $$(uname -m)" != "Linux aarch64" || { echo "PaddlePaddle has no package for Linux on arm64: build the image ocr:slim instead, which does without (make image)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the packages of requirements/$(LOCK).lock ..."
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes --only-binary :all: \
		--requirement requirements/$(LOCK).lock

bench-speed: $(VENV)/dev models ## Time our tiers and other software on the same images (ARGS="--files 3" for a short try)
	@$(BIN)/python -m benchmarks.speed $(ARGS)

bench-http: $(VENV)/dev models ## Time the service over HTTP beside its bare engine
	@$(BIN)/python -m benchmarks.http $(ARGS)

bench-accuracy: $(VENV)/dev models ## Score our tiers and other software on real scans (OCR_TEST_DATA)
	@$(BIN)/python -m benchmarks.accuracy $(ARGS)

bench-documents: $(VENV)/dev models ## Score what `extract` finds on real documents (OCR_TEST_DATA; ARGS=barcodes for one)
	@$(BIN)/python -m benchmarks.documents $(ARGS)

bench-bills: $(VENV)/dev models ## Score what `extract` finds in drawn bills of known truth, and what confidences are worth
	@$(BIN)/python -m benchmarks.bills $(ARGS)

bench-structure: $(VENV)/dev models ## Score order and structure of drawn pages of known truth (ARGS=--peers for other software too)
	@$(BIN)/python -m benchmarks.structure $(ARGS)

bench-memory: $(VENV)/dev models ## Watch the memory over 1,000 images of varying shape
	@$(BIN)/python -m benchmarks.memory $(ARGS)

bench-listeners: $(VENV)/dev ## Time uploads beside 1,000 clients that listen
	@$(BIN)/python -m benchmarks.listeners $(ARGS)

bench-cancel: $(VENV)/dev models ## Time how soon a worker is free when a long document is cancelled
	@$(BIN)/python -m benchmarks.cancel $(ARGS)

bench-access: $(VENV)/dev ## Time requests with keys and with tokens beside a service that asks nobody
	@$(BIN)/python -m benchmarks.access $(ARGS)

screenshots: $(VENV)/dev models ## Draw the README's picture of the page anew
	@$(BIN)/python -m tests.support.screenshots

.PHONY: image verify-deploy
image: ## Build the container images with docker, podman or buildah (ARGS=slim for one)
	@deploy/image.sh $(ARGS)

$(VENV)-lint/made: requirements/lint.lock
	@test -x $(VENV)-lint/bin/python || $(PYTHON) -m venv $(VENV)-lint
	@echo "Installing the packages of requirements/lint.lock ..."
	@$(VENV)-lint/bin/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes \
		--only-binary :all: --requirement requirements/lint.lock
	@touch $@

$(VENV)-node/made: requirements/node/package-lock.json
	@mkdir -p $(VENV)-node && cp requirements/node/package.json requirements/node/package-lock.json $(VENV)-node
	@npm ci --prefix $(VENV)-node --silent --no-audit --no-fund
	@touch $@

# Ordinary users do not look for programs where nginx and iptables lie.
verify-deploy: $(VENV)-deploy/made ## Prove image, compose file and manifests by running them (ARGS="image --record")
	@PATH="$$PATH:/usr/local/sbin:/usr/sbin:/sbin" $(VENV)-deploy/bin/python -m deploy.verify $(ARGS)

$(VENV)-deploy/made: requirements/deploy.lock
	@test -x $(VENV)-deploy/bin/python || $(PYTHON) -m venv $(VENV)-deploy
	@$(VENV)-deploy/bin/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes \
		--only-binary :all: --requirement requirements/deploy.lock
	@touch $@

lock: ## Resolve the requirements anew (maintainers)
	$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet uv
	for lock in runtime dev deploy; do $(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header \
		--override requirements/overrides.txt --generate-hashes requirements/$$lock.in -o requirements/$$lock.lock; done
	$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header \
		--override requirements/slim-overrides.txt --constraint requirements/runtime.lock --generate-hashes \
		requirements/slim.in -o requirements/slim.lock
	$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header \
		--override requirements/overrides.txt --constraint requirements/dev.lock --generate-hashes \
		requirements/lint.in -o requirements/lint.lock
	cd requirements/node && npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund

clean: ## Remove the environments and the weights, not the data
	rm -rf $(VENV) $(VENV)-* .bench models
