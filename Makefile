# Every verb installs what it needs first: the virtual environment into .venv/, the control plane into the user's cache.
PYTHON ?= python3
ARGS ?=
SIZES ?= 0 100 1000
BUY ?= 50 200

VENV := .venv/.installed
RUN := PYTHONPATH=operator:deploy/local .venv/bin/python
# Bytecode is kept whatever the shell says: every process of a run would compile all of it again.
TEST := PYTHONDONTWRITEBYTECODE= .venv/bin/pytest -n 4
SOURCES := operator deploy/helm deploy/image deploy/local deploy/monitoring docs tests
PROOF := tests/model tests/proof tests/simulation tests/mutants tests/e2e \
	$(addprefix tests/scenario/test_, matrix.py restore.py two_operators.py)
CHART := deploy/helm/flink-workspace-operator
# Not --quiet: that would let warnings pass, strict or not.
MKDOCS := NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict
PAGES := PYTHONPATH=operator:deploy/local:. .venv/bin/python -m docs.generator
DASHBOARD := $(RUN) deploy/monitoring/generate.py
listed = awk -F ':.*$(1) ' '/^[a-z0-9-]+:.*$(1) / { printf "  make %-14s %s\n", $$1, $$2 }'

.DEFAULT_GOAL := help
.PHONY: help help-all demo up down test proof mutate e2e-argocd kind kind-down sbom check crds argocd dashboard packages docs \
	kubectl-flink site bench lock clean control-plane argo-cd helm promtool

help: ## show this; `make help-all` shows the others too
	@$(call listed,##) Makefile

help-all: help ##+ show all verbs
	@echo
	@$(call listed,##[+]) Makefile
	@printf '\nFor machines without a container engine, see tests/lab/README.md:\n'
	@$(call listed,##[+]) tests/lab/verbs.mk

demo: $(VENV) ## buy the samples from the emulator, through a real Kubernetes API server, and show what happens
	@$(RUN) -m flink_local demo

up: $(VENV) ## start the same, and leave it running for you to try things with .local/up/kubectl
	@$(RUN) -m flink_local up

down: $(VENV) ## stop what `make up` left running
	@$(RUN) -m flink_local down

test: $(VENV) control-plane helm promtool ## all tests but the long ones of the proof; for example: make test ARGS="tests/unit -k quote"
	@$(TEST) --dist loadgroup --no-loadscope-reorder $(ARGS)

proof: $(VENV) control-plane ## everything that shows that nothing is bought twice, with its long parts; for example: make proof ARGS="-k lost"
	@$(TEST) --dist worksteal -m '' --facts --summary-file .local/proof/proof.md $(PROOF) $(ARGS)

mutate: $(VENV) ##+ change the code that decides about money, one condition at a time, and list what no test notices; for example: make mutate ARGS=core/orders
	@PYTHONPATH=operator:deploy/local:. .venv/bin/python -m tests.mutants.machine $(ARGS)

e2e-argocd: $(VENV) control-plane argo-cd ##+ what a real Argo CD does with a FlinkWorkspace, with a timeline; minutes
	@.venv/bin/pytest -m argocd tests/gitops/argocd $(ARGS)

kind: $(VENV) ## a cluster of containers, with the trial and the samples; needs an engine; a node image of your own: KIND_NODE_IMAGE=...
	@$(RUN) -m flink_local kind

kind-down: $(VENV) ##+ remove the cluster that `make kind` left running
	@$(RUN) -m flink_local kind-down

sbom: $(VENV) ##+ list what is in an image, as CycloneDX, in .local/sbom/image.cdx.json; ROOT=... is its file system
	@test -n "$(ROOT)" || { echo "FAILED: of which image? make sbom ROOT=folder, with its file system in it" >&2; exit 1; }
	@mkdir -p .local/sbom && $(RUN) deploy/image/sbom.py "$(ROOT)" > .local/sbom/image.cdx.json

check: $(VENV) ## lint, formatting, types, import contracts, size limits, generated files, pages, workflows
	@.venv/bin/ruff check $(SOURCES)
	@.venv/bin/ruff format --check $(SOURCES)
	@.venv/bin/mypy $(SOURCES)
	@PYTHONPATH=operator .venv/bin/lint-imports
	@$(RUN) -m tests.limits operator deploy/local tests/lab docs
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && $(RUN) -m flink_workspace_operator.api.crd "$$fresh" \
		&& diff -r --exclude=Kustomization crds "$$fresh" || { echo "FAILED: crds/ does not fit the models; run: make crds" >&2; exit 1; }
	@$(RUN) deploy/argocd/generate.py | diff deploy/argocd/argocd-cm.yaml - \
		|| { echo "FAILED: deploy/argocd/argocd-cm.yaml does not fit the scripts; run: make argocd" >&2; exit 1; }
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && $(RUN) deploy/helm/generate.py "$$fresh" \
		&& diff -r $(CHART)/files "$$fresh/files" && diff $(CHART)/values.schema.json "$$fresh/values.schema.json" \
		|| { echo "FAILED: $(CHART) does not fit what it is made from; run: make packages" >&2; exit 1; }
	@$(DASHBOARD) | diff deploy/monitoring/dashboard.json - \
		|| { echo "FAILED: deploy/monitoring/dashboard.json is old; run: make dashboard" >&2; exit 1; }
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && $(PAGES) "$$fresh" && cd "$$fresh" \
		&& find * -type f -exec diff "$(CURDIR)/docs/{}" {} \; 2>&1 | { ! grep . ; } \
		|| { echo "FAILED: generated pages of docs/ are old; run: make docs" >&2; exit 1; }
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && $(MKDOCS) --site-dir "$$fresh"
	@.venv/bin/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@.venv/bin/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	@.venv/bin/zizmor --quiet --offline --collect=all .github

crds: $(VENV) ##+ generate crds/ from the models
	@$(RUN) -m flink_workspace_operator.api.crd crds

argocd: $(VENV) control-plane ##+ generate deploy/argocd/argocd-cm.yaml, and capture the objects that its scripts are tested with
	@$(RUN) deploy/argocd/generate.py > deploy/argocd/argocd-cm.yaml
	@.venv/bin/pytest -n 3 --write-fixtures tests/gitops/test_situations.py -k as_told
	@PYTHONPATH=operator:deploy/local:. .venv/bin/python -m tests.gitops.capture

packages: $(VENV) control-plane ##+ generate deploy/install.yaml, and what the chart shares with kustomize
	@$(RUN) deploy/helm/generate.py $(CHART)
	@kubectl=$$($(RUN) -c 'from flink_local.binaries import installed_binaries as b; print(b().path("kubectl"))') \
		&& { echo '# Made from overlays/production by `make packages`.'; "$$kubectl" kustomize deploy/overlays/production; } \
		> deploy/install.yaml

dashboard: $(VENV) ##+ generate deploy/monitoring/dashboard.json
	@$(DASHBOARD) > deploy/monitoring/dashboard.json

site: $(VENV) ## build the pages as a site into .local/site; index.html is where to begin
	@$(MKDOCS)

# What was compiled here counts with the same version of Python; any other reads the sources.
kubectl-flink: PIP = .venv/bin/pip install --quiet --disable-pip-version-check --no-compile --upgrade --target .local/kubectl-flink/content
kubectl-flink: $(VENV) ## make `kubectl flink`, as one file for the PATH and as a wheel, in .local/kubectl-flink
	@rm -rf .local/kubectl-flink && mkdir -p .local/kubectl-flink/content
	@.venv/bin/uv build --quiet --wheel --no-build-isolation --python .venv/bin/python --out-dir .local/kubectl-flink operator/kubectl_flink
	@$(PIP) --require-hashes --only-binary=:all: --requirement operator/kubectl_flink/requirements.txt
	@$(PIP) --no-deps --no-index .local/kubectl-flink/kubectl_flink-*.whl
	@find .local/kubectl-flink/content -name '*.so' -delete
	@.venv/bin/python -m compileall -q -b --invalidation-mode unchecked-hash .local/kubectl-flink/content
	@.venv/bin/python -m zipapp .local/kubectl-flink/content --compress --python '/usr/bin/env python3' \
		--main kubectl_flink.__main__:main_of_zipapp --output .local/kubectl-flink/kubectl-flink
	@chmod 755 .local/kubectl-flink/kubectl-flink && cp .local/kubectl-flink/kubectl-flink .local/kubectl-flink/kubectl_complete-flink
	@rm -rf .local/kubectl-flink/content && echo "Made .local/kubectl-flink/: put kubectl-flink and kubectl_complete-flink on the PATH."

docs: $(VENV) ##+ generate the pages that come from the code: settings, metrics, API reference, reasons, errors
	@$(PAGES) docs

lock: $(VENV) ##+ pin requirements*.in with hashes, taking newer versions
	@for name in operator/kubectl_flink/requirements requirements requirements-dev requirements-go requirements-image; do \
		.venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-header --no-annotate --output-file $$name.txt $$name.in || exit 1; \
	done

bench: $(VENV) control-plane ## measure what the operator costs, at rest and when many are bought at once; for example: make bench SIZES="0 100" BUY=50
	@PYTHONPATH=operator:deploy/local:. .venv/bin/python -m tests.bench $(SIZES) --buy $(BUY)

clean: ## stop what runs and remove what was made in this checkout
	@if [ -e .local ] && [ -e $(VENV) ]; then $(RUN) -m flink_local down; fi
	@rm -rf .venv .local .mypy_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

argo-cd: $(VENV) ##+ build Argo CD, unless it is in the user's cache already
	@$(RUN) -m flink_local build-argo-cd

helm: $(VENV) ##+ build Helm, unless it is in the user's cache already
	@$(RUN) -m flink_local build-helm

promtool: $(VENV) ##+ build promtool, unless it is in the user's cache already
	@$(RUN) -m flink_local build-promtool

control-plane: $(VENV) ##+ build the control plane, unless it is in the user's cache already
	@$(RUN) -m flink_local build

$(VENV): requirements-dev.txt deploy/local/install.py
	@$(PYTHON) deploy/local/install.py

include tests/lab/verbs.mk
