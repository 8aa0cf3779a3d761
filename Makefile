# What people run. Every target sets up its own environment first; only Python 3.11+ and make are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Set on Linux without a GPU to get the small build of torch; see the README.
TORCH_INDEX ?=

OPENAI2 := .build/openai2
SITE_PACKAGES := "import sysconfig; print(sysconfig.get_path('purelib'))"

.PHONY: demo test test-openai2 check bench docs clean
.DELETE_ON_ERROR:

demo: $(READY)
	@$(BIN)/cotsmith demo $(DEMO)

test: $(READY)
	$(BIN)/python -m pytest -n auto

# What speaks to LLMs once more with the older major of OpenAI's SDK, which other packages still ask for.
test-openai2: $(OPENAI2)/.ready .build/cotsmith
	PYTHONPATH=$(CURDIR)/.build $(OPENAI2)/bin/python -m pytest tests/authoring/test_clients.py \
		tests/authoring/test_dspy_engine.py \
		tests/authoring/test_optimize_with_llm.py::test_an_llm_mends_the_demo_draft_and_greedy_stands_beside

check: $(READY) .build/cotsmith
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=.build $(BIN)/mypy -p cotsmith
	MYPYPATH=.build $(BIN)/mypy --explicit-package-bases tests benchmarks docs
	$(BIN)/lint-imports
	$(BIN)/python -m cotsmith.validate.reference --check
	$(BIN)/python docs/make_cli_reference.py --check
	$(BIN)/python docs/make_pictures.py --check
	$(BIN)/python tests/wheel_smoke.py

bench: $(READY)
	$(BIN)/python -m benchmarks

docs: $(READY)
	$(BIN)/python -m cotsmith.validate.reference
	$(BIN)/python docs/make_cli_reference.py
	$(BIN)/python docs/make_pictures.py

clean:
	rm -rf $(VENV) .build build dist *.egg-info

# The environment is stale when what it was made from has changed.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cotsmith needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --quiet --upgrade "pip>=25.1"
	$(if $(TORCH_INDEX),$(PIP) install --quiet -c constraints.txt --index-url $(TORCH_INDEX) torch)
	@echo "Installing cotsmith and what it needs into $(VENV); this takes a minute or more."
	@$(PIP) install -c constraints.txt -e . --group dev > $(VENV)/install.log 2>&1 || { cat $(VENV)/install.log; exit 1; }
	touch $@

# Everything of the first environment, but the older SDK before the newer one. That the extra dspy goes with it, too, is
# what pip finds out here.
$(OPENAI2)/.ready: $(READY)
	$(PYTHON) -m venv --clear $(OPENAI2)
	$(BIN)/python -c $(SITE_PACKAGES) > $$($(OPENAI2)/bin/python -c $(SITE_PACKAGES))/first.pth
	$(OPENAI2)/bin/python -m pip --disable-pip-version-check install --quiet "openai==2.54.0" "cotsmith[dspy]"
	touch $@

# mypy reads the tests' `import cotsmith` through this link, whatever the clone's folder is called.
.build/cotsmith:
	mkdir -p .build
	ln -sfn .. $@
