# Each target begins with Scripts/bootstrap, which is quick where all is there.
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: bootstrap build install uninstall demo test scripts-test pages-test examples-test docs-test bench figures docs format golden fuzz

bootstrap:
	@Scripts/bootstrap

build: bootstrap
	swift build -c release

# Takes what make build made, so that root needs no compiler. DESTDIR stands for / while a package is made.
install:
	@Scripts/install --prefix "$(PREFIX)" --destdir "$(DESTDIR)"

uninstall:
	@Scripts/install --prefix "$(PREFIX)" --destdir "$(DESTDIR)" --uninstall

demo: build
	.build/release/emq demo

test: bootstrap
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Examples/Package.swift Examples/Sources Fuzzing/Package.swift Fuzzing/Sources
	swift build -c release --build-tests
	swift test -c release --skip-build --skip DashboardTests
	# By itself, as its server waits for threads that other tests keep busy.
	swift test -c release --skip-build --filter DashboardTests
	Scripts/check-install
	Scripts/check-scripts
	Scripts/check-pages
	Scripts/check-postgresql
	Scripts/check-distributed-search
	Scripts/check-examples
	Scripts/check-documentation
	BUILD=.build/release Scripts/documentation

# A quick trial of every script.
scripts-test: build
	Scripts/check-scripts

# Opens every page that the program makes in Chromium, which it installs.
pages-test: build
	Scripts/check-pages

# Builds and runs the package in Examples/, which depends on this one as others would, and compiles the articles' code.
examples-test: build
	Scripts/check-examples

# What pages refer to is there, the tutorials can be followed, and DocC has nothing to warn of.
docs-test: build
	Scripts/check-documentation
	Scripts/check-tutorials
	BUILD=.build/release Scripts/documentation

bench: build
	Benchmarks/run.py

# Every reader of files for SECONDS each, after a build of its own.
SECONDS ?= 60
fuzz: bootstrap
	Scripts/fuzz --seconds $(SECONDS)

# Fills the figures of README and docs with what their commands print; hours on two cores.
figures: build
	Scripts/figures

# Renders the documentation to .docs/; a warning is an error.
docs: build
	BUILD=.build/release Scripts/documentation

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests Examples/Package.swift Examples/Sources Fuzzing/Package.swift Fuzzing/Sources

# Remakes the values that tests compare with; needs PyTorch, which bootstrap installs unless LIBTORCH is set.
golden: bootstrap
	.deps/venv/bin/pip install --quiet onnx pillow scipy torch
	for script in Tests/Golden/*.py; do .deps/venv/bin/python "$$script" || exit 1; done
