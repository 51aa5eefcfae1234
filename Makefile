# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# "make" alone lists the targets. Options pass through:
#   make test-unit ARGS="-k retry"
#   make test-integration TARGET=email_security_domain ARGS=-v
#   make test PYTHON=python3.13

SHELL := bash
CACHE := $(CURDIR)/.cache

# The first interpreter that runs (a shim may exist and not run) and that the pinned ansible-core supports.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$python && break; \
	done)
SETUP = @$(or $(PYTHON),$(error Python 3.11 to 3.13 is needed: name one with PYTHON=...)) tests/tools/setup.py

export PATH := $(CACHE)/venv/bin:$(PATH)
export ANSIBLE_HOME := $(CACHE)/home/.ansible
export ANSIBLE_COLLECTIONS_PATH := $(CACHE)/collections
export MYPYPATH := $(CACHE)/collections:$(CURDIR)/tests
# For whatever starts Ansible, and antsibull: temporary files and logs go under HOME.
OWN_HOME := HOME=$(CACHE)/home
# Processes that share the tests have to find the same ones, in the same order.
PYTEST := PYTHONHASHSEED=0 $(OWN_HOME) pytest
IN_PARALLEL := --numprocesses 2
GENERATOR := PYTHONPATH=$(CACHE)/collections python -m generator

# In the order in which "make test" starts them: quick ones first, then long ones.
STEPS := test-format test-lint test-types test-sanity test-integration test-unit test-faults-short test-awx test-guides \
	test-ansible-lint build test-docs

.PHONY: help
help: ## list the targets (the default)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo demo-real
demo: setup-demo ## show a domain, a block and an allow policy with an emulator of the API, on this machine only
	@$(OWN_HOME) python tests/demo/run.py $(ARGS)

demo-real: setup-demo ## the same playbook against the real API, with your own token
	@$(OWN_HOME) python tests/demo/run.py --real $(ARGS)

.PHONY: test
test: setup setup-awx ## everything below, two steps at a time; starts nothing more after a failure
	@MAKE="$(MAKE)" tests/tools/steps.sh $(STEPS)

.PHONY: $(STEPS)
test-format: setup ## check the format of the Python code
	ruff format --check .

test-lint: setup ## generated files, ruff, yamllint, shellcheck, changelog fragments
	$(GENERATOR) --check
	ruff check .
	yamllint --strict .
	git grep -lz --untracked -E '^#!.*sh$$' -- ':!*.md' ':!*.py' | xargs -0 shellcheck --external-sources
	$(OWN_HOME) antsibull-changelog lint
	$(OWN_HOME) antsibull-changelog lint-changelog-yaml --strict changelogs/changelog.yaml

test-types: setup ## mypy
	mypy $(ARGS)

# Part of the tests covers part of the code: no coverage when options are given.
test-unit: setup ## unit tests with coverage, or a part of them: ARGS="-k retry"
	$(PYTEST) $(or $(ARGS),--cov $(IN_PARALLEL))

test-faults-short: setup ## a fixed part of test-faults; ARGS="-k 'PATCH and 503'"
	$(PYTEST) tests/faults $(or $(ARGS),$(IN_PARALLEL))

test-docs: setup docs ## check the markup, the references and the site of the documentation
	$(OWN_HOME) antsibull-docs lint-collection-docs --plugin-docs --check-extra-docs-refs --validate-collection-refs self .

test-guides: setup ## follow the guides word for word; one of them: ARGS="-k drift"
	$(OWN_HOME) pytest tests/guides $(ARGS)

test-integration: setup ## playbooks against the emulator; a single target: TARGET=name
	python tests/tools/run_ansible_test.py integration $(ARGS) $(TARGET)

test-awx: setup-awx ## docs/awx against AWX's rules, its jobs against the emulator
	$(OWN_HOME) pytest tests/awx $(ARGS)

test-sanity: setup ## ansible-test sanity on each supported and installed Python
	python tests/tools/run_ansible_test.py sanity $(ARGS)

test-ansible-lint: setup-awx ## ansible-lint, profile production
	$(OWN_HOME) ansible-lint $(ARGS)

build: setup ## build the archive, install it, use it, and check it with galaxy-importer
	python tests/tools/build.py

.PHONY: test-faults
test-faults: setup ## all fault tests (half an hour), see docs/testing.md
	FAULTS=long $(OWN_HOME) pytest tests/faults --numprocesses 2 $(ARGS)

.PHONY: test-matrix
test-matrix: setup ## unit, sanity and integration tests with each supported ansible-core; ARGS="2.16 2.21 --only units"
	python tests/tools/matrix.py $(ARGS)

.PHONY: docs
docs: setup ## build the documentation site into .cache/docs
	$(OWN_HOME) python tests/tools/build_docs.py

.PHONY: bench
bench: setup ## measure performance, into docs/benchmarks.md (20 minutes); ARGS=--quick, ARGS="--only requests,wall"
	PYTHONPATH=tests:$(CACHE)/collections python -m benchmarks $(ARGS)

.PHONY: changelog
changelog: setup ## add a release to the changelog, from changelogs/fragments (docs/release.md)
	$(OWN_HOME) antsibull-changelog release $(ARGS)

.PHONY: generate
generate: setup ## write what is derived from the declarations and from generator/words
	$(GENERATOR)

.PHONY: format
format: setup ## reformat the Python code, and fix what ruff can fix
	ruff check --fix .
	ruff format .

.PHONY: setup setup-demo
setup: ## create the environment in .cache (runs by itself when needed)
	$(SETUP) full

setup-demo: # a part of it, quicker
	$(SETUP) demo

.PHONY: setup-awx
setup-awx: setup # the collection awx.awx
	@python tests/tools/fetch_collection.py awx.awx

.PHONY: clean
clean: ## delete everything that the targets created
	rm -rf .cache tests/output
