# Everything that is done to this repository, each in one word. `make run` is the one to begin with.
STRICT = --explicit-target-dependency-import-check error
RELEASE = .build/release/sluice

.PHONY: run build test check proof sanitize bench format docs

## run: a demo: a site behind Sluice, with an app to kill
run: build
	$(RELEASE) demo

## build: the optimised program, .build/release/sluice
build:
	script/setup build
	swift build -c release --product sluice

## test: everything that can be proven in some minutes; ends with the lines of `swift test`
test:
	script/setup build test
	swift build --build-tests $(STRICT)
	script/golden .build/debug/sluice
	swift test --skip-build

## check: the quick part of test: formatting, house rules, the direction of imports
check:
	swift format lint --strict --recursive Package.swift Sources Tests
	swift build $(STRICT)
	swift test --filter TidyTests

## proof: tens of thousands of generated requests, Sluice beside the real servers
proof: build
	script/setup test
	python3 Tests/Laboratory/lab.py run --sluice $(RELEASE) --generate 2000

# What runs the server, in this process and in others; the rest decides on values in one thread.
SERVING = HTTPTests|NetTests|SystemTests|ServeTests|CommandTests.(Reload|Nginx|Httpd|Debian|Service|Exhaustion|Key)

# XCTest itself leaves something behind at its end, so leaks are not looked for.
sanitize: export ASAN_OPTIONS = detect_leaks=0
# Threads of tests end with their process.
sanitize: export TSAN_OPTIONS = report_thread_leaks=0 suppressions=$(CURDIR)/Tests/thread-sanitizer.txt

## sanitize: the tests of the running server under AddressSanitizer and ThreadSanitizer; takes its time
sanitize:
	script/setup build test
	swift build --build-tests --sanitize=address --scratch-path .build-asan
	swift test --skip-build --sanitize=address --scratch-path .build-asan --filter '$(SERVING)'
	swift build --build-tests --sanitize=thread --scratch-path .build-tsan
	swift test --skip-build --sanitize=thread --scratch-path .build-tsan --filter '$(SERVING)'

## bench: CPU time of a proxied request, beside nginx in the same run
bench: build
	script/setup bench
	python3 Benchmarks/bench.py $(RELEASE)

## format: rewrite every Swift file in the one style
format:
	swift format --in-place --recursive Package.swift Sources Tests

## docs: rewrite the generated pages of docs/
docs:
	UPDATE=1 swift test --filter DocumentationTests
