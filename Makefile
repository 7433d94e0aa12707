# Two commands do everything on a fresh machine: `make serve` and `make test`.
# `make help` lists the rest.

PYTHON ?= python3
HOST   ?= 127.0.0.1
PORT   ?= 8000

VENV    := .venv
BIN     := $(VENV)/bin
DIANCE  := $(BIN)/diance
RUNTIME := $(VENV)/.installed
DEV     := $(VENV)/.installed-dev
TRAIN   := $(VENV)/.installed-train
# Any Chromium will do; the first on PATH is taken.
CHROMIUM ?= $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name))))
# Without a terminal pip shows no bars; it still names each package as it fetches it.
PIP     := $(BIN)/python -m pip --disable-pip-version-check

export DIANCE_HOST := $(HOST)
export DIANCE_PORT := $(PORT)

.DEFAULT_GOAL := help
.PHONY: help serve test test-browser crash fuzz build eval agreement ablation bench reading profile load soak scale train lint sbom clean

help: ## Show this help
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

serve: build ## Set up whatever is missing and start the server (HOST, PORT)
	@$(DIANCE) serve

build: $(RUNTIME) ## Build the index; does nothing when it is up to date
	@$(DIANCE) build

test: $(DEV) ## Set up whatever is missing and run all tests but those in a browser
	@$(DIANCE) build
	@$(BIN)/python -m pytest

test-browser: $(DEV) ## Run the tests that drive a real browser (Chromium, installed if missing)
	@$(DIANCE) build
	@[ -n "$(CHROMIUM)" ] || { echo "· installing Chromium"; \
	  apt-get update -q; apt-get install -qy --no-install-recommends chromium fonts-noto-cjk; } \
	  || { echo "Chromium is needed: sudo apt-get install chromium, or CHROMIUM=/path/to/it"; exit 1; }
	@CHROMIUM=$(CHROMIUM) $(BIN)/python -m pytest -m browser tests/browser

crash: $(DEV) ## Kill builds and ingests, swap indexes under load (KILLS=100, SWAPS=20)
	@KILLS=$(or $(KILLS),100) SWAPS=$(or $(SWAPS),20) $(BIN)/python -m pytest -q -s \
	  tests/indexer/test_kills.py tests/indexer/test_damage.py tests/server/test_hot_swap.py

fuzz: $(DEV) ## Bad input by the hundred thousand (PARSER, NUMBERS, QUERIES, FILES, REQUESTS, SEED)
	@$(DIANCE) build
	@$(BIN)/python -m tests.fuzz $(if $(PARSER),--parser $(PARSER)) $(if $(NUMBERS),--numbers $(NUMBERS)) \
	  $(if $(QUERIES),--queries $(QUERIES)) $(if $(FILES),--files $(FILES)) \
	  $(if $(REQUESTS),--requests $(REQUESTS)) $(if $(SEED),--seed $(SEED))

eval: $(RUNTIME) ## Measure retrieval on eval/datasets/dev.jsonl (QUESTIONS=file for another)
	@$(DIANCE) build
	@$(DIANCE) eval $(if $(QUESTIONS),--questions $(QUESTIONS))

agreement: $(DEV) ## Compare the Milvus engine (Lite, or DIANCE_MILVUS_URI) with the embedded one
	@$(DIANCE) build
	@$(DIANCE) eval --engines $(if $(QUESTIONS),--questions $(QUESTIONS))

ablation: $(DEV) ## Measure what each part of the search adds (QUESTIONS=file, PLOT=figure.svg)
	@$(DIANCE) eval --ablation $(if $(QUESTIONS),--questions $(QUESTIONS)) $(if $(PLOT),--plot $(PLOT))

bench: $(DEV) ## Measure the search beside its peers (SYSTEMS="diance txtai", QUESTIONS=file, ROUNDS=3)
	@$(DIANCE) build
	@$(BIN)/python -m eval.bench $(if $(SYSTEMS),--systems "$(SYSTEMS)") \
	  $(if $(QUESTIONS),--questions $(QUESTIONS)) $(if $(ROUNDS),--rounds $(ROUNDS))

reading: $(DEV) ## Measure how exactly documents are read (CASES=folder, STATUTES=file)
	@$(DIANCE) build
	@$(DIANCE) eval-reading $(if $(CASES),--cases $(CASES)) $(if $(STATUTES),--statutes $(STATUTES))

profile: $(RUNTIME) ## Measure what a search costs, by stage and over HTTP (SEARCHES=2000)
	@$(DIANCE) build
	@$(BIN)/python -m eval.query_cost_cli $(if $(SEARCHES),--searches $(SEARCHES))

scale: $(DEV) ## Measure cost by size, to a million clauses (STATUTES=file SIZES=1500,… VECTORS=file)
	@[ -n "$(STATUTES)" ] || { echo "name a file of statutory articles: make scale STATUTES=…"; exit 1; }
	@$(BIN)/python -m eval.scale --statutes $(STATUTES) $(if $(SIZES),--sizes $(SIZES)) \
	  $(if $(VECTORS),--vectors $(VECTORS))

load: $(DEV) ## Put load on a server of its own, about 3 minutes (SECONDS=20 each scenario, WORKERS=2)
	@$(DIANCE) build
	@$(BIN)/python -m eval.load load $(if $(SECONDS),--seconds $(SECONDS)) $(if $(WORKERS),--workers $(WORKERS))

soak: $(DEV) ## Ask a server of its own REQUESTS=100000 times; memory and files must not grow
	@$(DIANCE) build
	@$(BIN)/python -m eval.load soak $(if $(REQUESTS),--requests $(REQUESTS)) $(if $(WORKERS),--workers $(WORKERS))

train: $(TRAIN) ## Train the embedding model again (BENCHMARK=folder; hours on a CPU)
	@$(BIN)/python -m indexer.training --benchmark $(BENCHMARK)

lint: $(DEV) ## ruff, mypy --strict, licences and known holes of dependencies
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pip-licenses >/dev/null && echo "· licences: all on the list in pyproject.toml"
	@.ci/audit $(BIN)

sbom: $(DEV) ## Write build/sbom.json: everything that runs, as CycloneDX
	@$(BIN)/python .ci/sbom.py build/sbom.json

clean: ## Remove the virtual environment, the model, the index and caches
	rm -rf $(VENV) build diance.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.11 …"; exit 1; }
	@echo "· creating the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): pyproject.toml constraints.txt | $(BIN)/python
	@echo "· installing the dependencies (about 350 MB to download, a few minutes)"
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(DEV): $(RUNTIME)
	@echo "· installing the test tools"
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

$(TRAIN): $(RUNTIME)
	@echo "· installing the training tools"
	@$(PIP) install -c constraints.txt -e '.[train]'
	@touch $@
