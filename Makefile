# Everything sets itself up: `make demo` and `make test` work on a fresh machine with Python and pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Two processes, each a whole file at a time; threads of one must not spin while the other has the cores.
PYTEST := GOMP_SPINCOUNT=2000 $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder
# Tests start hundreds of processes, each of which would compile latens anew where this is set.
export PYTHONDONTWRITEBYTECODE :=
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
USER_READY := $(VENV)/.installed
# PyPI's torch brings gigabytes of CUDA on Linux; this index has the same version without them.
CPU_INDEX ?= https://download.pytorch.org/whl/cpu
SYSTEM ?= $(shell uname -s)
NVIDIA ?= $(shell command -v nvidia-smi || ls -d /proc/driver/nvidia 2>/dev/null)
DEV_READY := $(VENV)/.installed-dev

.PHONY: help demo test check fast format reliability fuzz mutants bench all clean

help:
	@echo "make demo         install, run the main job on the data inside the package, say where the report is"
	@echo "make test         install, then check"
	@echo "make check        format, lint, types, imports, fast tests and doctests"
	@echo "make fast         the fast tests alone"
	@echo "make reliability  kill real commands at every file operation, and go on"
	@echo "make fuzz         broken files of every kind that is read: 20,000, or FUZZ_INPUTS=N, FUZZ_SEED=WORD"
	@echo "make mutants      small errors put into the code, which its tests must notice: 100, or MUTANTS=N, MUTANTS_SEED=WORD"
	@echo "make bench        race ours against its peers; rows that have no result yet"
	@echo "make all          check, then the slow tests too"
	@echo "make format       put the code in its format"

demo: $(USER_READY)
	$(BIN)/latens run fashion-mnist-10k --out runs/demo --overwrite

test: check

check: $(DEV_READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST)

fast: $(DEV_READY)
	$(PYTEST) -q

reliability: $(DEV_READY)
	$(BIN)/pytest -m slow tests/training tests/reliability

# A fresh seed each time, which is printed; what fails is kept in .fuzz/ with the line that repeats it.
FUZZ_INPUTS ?= 20000
FUZZ_SEED ?=
fuzz: $(DEV_READY)
	$(BIN)/python tests/fuzzing/run.py --inputs $(FUZZ_INPUTS) --seed "$(FUZZ_SEED)"

# A fresh seed each time, which is printed. In minutes on two cores; never in CI.
MUTANTS ?= 100
MUTANTS_SEED ?=
mutants: $(DEV_READY)
	$(BIN)/python tests/mutants/run.py --mutants $(MUTANTS) --seed "$(MUTANTS_SEED)"

bench: $(DEV_READY)
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/page.py

all: check
	$(BIN)/pytest -m slow

format: $(DEV_READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# On Linux without an NVIDIA driver, torch comes first, and from the index of CPU builds alone, with the user's own
# proxy and certificates. Whether it can be reached is known in 15 seconds; the download may take longer.
ifeq ($(SYSTEM)$(strip $(NVIDIA)),Linux)
FROM_CPU_INDEX := PIP_EXTRA_INDEX_URL=$(CPU_INDEX) PIP_FIND_LINKS=$(VENV)/include
define install_torch
@$(FROM_CPU_INDEX) $(PIP) install --dry-run --no-index --no-deps -c constraints.txt torch >/dev/null 2>&1 || \
  { $(FROM_CPU_INDEX) timeout 15 $(PIP) --timeout 5 --retries 0 index versions --index-url $(CPU_INDEX) torch >/dev/null 2>&1 && \
    $(FROM_CPU_INDEX) $(PIP) install --no-deps -c constraints.txt --index-url $(CPU_INDEX) torch; } || \
  echo "$(CPU_INDEX) cannot be used here, so torch comes from pip's usual index: from PyPI with gigabytes of CUDA."
endef
endif

$(USER_READY): pyproject.toml constraints.txt | $(VENV)/bin/python
	$(install_torch)
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(DEV_READY): pyproject.toml constraints.txt | $(VENV)/bin/python
	$(install_torch)
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@ $(USER_READY)
