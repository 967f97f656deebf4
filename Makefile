# The two commands of the README are `make demo` and `make test`; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
DOTNET ?= dotnet
# The two architectures of the packages, as .NET and Debian name them. `make packages ARCH=arm64` compiles for the other one.
HOST_ARCH := $(if $(filter aarch64,$(shell uname -m)),arm64,x64)
ARCH ?= $(HOST_ARCH)
OTHER := $(if $(filter-out $(HOST_ARCH),$(ARCH)),-$(ARCH))
OUT := artifacts/publish$(OTHER)
AGENT := $(OUT)/difusor-agent
TEST_BINARY = tests/$(1)/bin/Release/net10.0/linux-$(HOST_ARCH)/$(1)
TESTS := $(call TEST_BINARY,Difusor.Agent.Tests) $(call TEST_BINARY,Difusor.Agent.SystemTests)
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
export DIFUSOR_AGENT := $(CURDIR)/$(AGENT)

.PHONY: help build publish packages demo test simulate openings shipped bench test-crash test-load store-driver

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

build: ## compile everything, warnings are errors
	@tests/need build
	$(DOTNET) build Difusor.Agent.sln -c Release -v q

CROSS = $(if $(filter arm64,$(ARCH)),aarch64,x86_64)-linux-gnu-
publish: ## the one native binary, in artifacts/publish; with ARCH=arm64 in artifacts/publish-arm64
	@tests/need build$(OTHER)
	$(DOTNET) publish agent/Agent/Difusor.Agent.csproj -c Release -r linux-$(ARCH) -o $(OUT) -v q
	@# Into a file of its own: what publish leaves may be a link to the package cache's.
	@$(if $(OTHER),$(CROSS))strip --strip-unneeded -o $(OUT)/.stripped $(OUT)/libMonoPosixHelper.so && mv -f $(OUT)/.stripped $(OUT)/libMonoPosixHelper.so

PACKAGES := artifacts/packages$(OTHER)
packages: publish ## the .deb, the .rpm and SHA256SUMS, in artifacts/packages
	@tests/need package
	packaging/build $(OUT) $(PACKAGES)

.PHONY: lint-packages reproducible
lint-packages: packages ## lintian and rpmlint
	packaging/lint $(PACKAGES)

reproducible: ## compile and package the last commit twice from clean copies: the same bytes
	@tests/need package
	packaging/reproducible --whole

.PHONY: release
release: ## from a clean clone of the last commit: tests, packages, lint, SHA256SUMS and notes, in artifacts/release (RELEASE_TESTS=true: a trial)
	@tests/need package
	packaging/release artifacts/release

.PHONY: lock
lock: ## write the packages.lock.json again, after a version in Directory.Packages.props was changed; every other restore must fit them
	@tests/need build
	DIFUSOR_LOCK=1 $(DOTNET) restore Difusor.Agent.sln --force-evaluate

.PHONY: test-system
test-system: ## the packages on a booted system (root, Debian): setup, the night of 2021, attacks, crashes, upgrade, removal; a table
	@tests/system/all $(OUT) $(PACKAGES)

.PHONY: axe
axe: ## axe-core on each page that the agent writes, in Chromium, light and dark, desk and phone (npm, Chromium)
	@tests/axe

.PHONY: upgrades
upgrades: packages ## from each earlier version, built from its commit, on a booted system (root, Debian): held, in a delivery, after the opening, and back
	@tests/need system
	@python3 -B tests/system/upgrade $(PACKAGES)

.PHONY: test-vm
test-vm: ## the .deb on real kernels in qemu (root, Debian; no KVM: half an hour): SELinux on XFS, AppArmor on ext4; every refusal is red. MACHINES=selinux: one
	@tests/need vm
	@$(MAKE) --no-print-directory packages
	@python3 -B tests/vm/run $(PACKAGES) $(MACHINES)

.PHONY: hostile hostile-findings
hostile: publish ## a hostile sender by seed beside an honest one, against the daemon under its unit's limits (root): SEEDS x HOSTILE_SECONDS
	@tests/need hostile
	@failed=; for seed in $${SEEDS:-1 2 3 4 5 6 7 8 9 10}; do \
		python3 -B tests/system/hostile/run.py $(AGENT) --seed $$seed --seconds $${HOSTILE_SECONDS:-360} || failed="$$failed $$seed"; \
	done; [ -z "$$failed" ] || { echo "failed with the seeds$$failed"; exit 1; }

hostile-findings: publish ## each finding of a hostile sender alone: time to live of the genuine corte, peak memory, what told it (root)
	@tests/need hostile
	python3 -B tests/system/hostile/findings.py $(AGENT)

demo: publish ## the whole story in a temporary folder, without root
	@$(AGENT) demo

test: publish build ## all tests; ends with the line: N passed, N failed
	@tests/need test
	@tests/run $(TESTS)

simulate: build ## 10,000 election nights with lying servers and wrong clocks, in virtual time
	DIFUSOR_NIGHTS=$${DIFUSOR_NIGHTS:-10000} DIFUSOR_SEED=$${DIFUSOR_SEED:-1} $(call TEST_BINARY,Difusor.Agent.Tests) -class 'Difusor.Agent.Tests.Gate.ClockSimulationTests' -showLiveOutput

.PHONY: fuzz fuzz-executions
fuzz: build ## spoiled manifests, headers, zips and tars, a minute each, other texts a minute in all; prints the counts
	DIFUSOR_FUZZ_SECONDS=$${DIFUSOR_FUZZ_SECONDS:-60} $(call TEST_BINARY,Difusor.Agent.Tests) -class '*FuzzTests' -showLiveOutput

fuzz-executions: build ## the same, each parser 10,000,000 times (DIFUSOR_FUZZ_EXECUTIONS); prints the counts a second; hours
	DIFUSOR_FUZZ_EXECUTIONS=$${DIFUSOR_FUZZ_EXECUTIONS:-1e7} $(call TEST_BINARY,Difusor.Agent.Tests) -class '*FuzzTests' -showLiveOutput

shipped: ## write the files that come from the program's tables: agent.yaml, schema, man pages, completions, events pages, catalog
	@tests/need build
	$(DOTNET) run --project tools/Difusor.Agent.Shipped -c Release -v q -- $(CURDIR)

PACKAGE_MAKER := tests/tools/make_prep_package.py
.PHONY: terminal
terminal: publish ## docs/terminal.md and its pictures: demo, status page on a desk and a phone, the report of the night; of a real run
	python3 tools/terminal.py $(AGENT) $(PACKAGE_MAKER) docs

bench: publish store-driver ## a second corte and verify beside the shell's tools; last file closed to verdict; start, memory, journal: medians of 5. BASE=/path/to/other/difusor-agent: verify and publication beside another build's, their ratios
ifdef BASE
	python3 tests/benchmarks/against.py $(AGENT) $(BASE) $(PACKAGE_MAKER)
else
	@# First, for ext4 makes files slowly where others remove many.
	python3 tests/benchmarks/corte.py $(AGENT) $(PACKAGE_MAKER)
	python3 tests/benchmarks/corte.py $(AGENT) $(PACKAGE_MAKER) --page-bytes 50000
	python3 tests/benchmarks/verify.py $(AGENT) $(PACKAGE_MAKER)
	python3 tests/benchmarks/arrival.py $(STORE_DRIVER)
	python3 tests/benchmarks/night.py $(AGENT) $(PACKAGE_MAKER)
	python3 tests/benchmarks/journal.py $(AGENT)
endif

.PHONY: files
files: publish ## 10,000 to 500,000 files in a package: seconds and peak memory of verify and of the publication, a table (15 GB of /var/tmp)
	python3 tests/benchmarks/files.py $(AGENT)

STORE_DRIVER := $(CURDIR)/artifacts/store-driver/difusor-store-driver
SYSTEM_TESTS := $(call TEST_BINARY,Difusor.Agent.SystemTests)

.PHONY: test-arm64
test-arm64: ## the binary for arm64 by qemu-user: verify beside this host's binary, and the demo (root, Debian, Linux 6.7)
	@tests/need arm64
	$(MAKE) --no-print-directory publish
	$(MAKE) --no-print-directory publish ARCH=arm64
	tests/arm64 artifacts/publish-arm64 artifacts/publish

store-driver: # the store alone, native, for the crash tests and the benchmark
	@tests/need build
	$(DOTNET) publish tests/Difusor.Agent.StoreDriver -c Release -o artifacts/store-driver -v q

test-crash: publish store-driver ## SIGKILL at every mutating system call of the store and of the daemon, 200 power cuts, the fault table (root)
	@tests/need test
	$(DOTNET) build tests/Difusor.Agent.SystemTests -c Release -v q
	DIFUSOR_CRASH=all DIFUSOR_POWER_CUTS=$${DIFUSOR_POWER_CUTS:-200} DIFUSOR_STORE_DRIVER=$(STORE_DRIVER) \
		TEST_ARGS="-class *KillTests -class *PowerLossTests -class *DurabilityTraceTests -class *.FaultTests -showLiveOutput" tests/run $(SYSTEM_TESTS)

test-load: ## a real Apache under 100 connections, 1,000 swaps: the shipped vhost beside the bare link
	@tests/need test
	$(DOTNET) build tests/Difusor.Agent.SystemTests -c Release -v q
	DIFUSOR_SWAPS=1000 TEST_ARGS="-class *ApacheLoadTests -showLiveOutput" tests/run $(SYSTEM_TESTS)

.PHONY: syslog
syslog: publish ## 10,000 events while rsyslogd is stopped for a minute and the agent is restarted, over TCP and over TLS: none lost, in order
	@tests/need test
	$(DOTNET) build tests/Difusor.Agent.SystemTests -c Release -v q
	DIFUSOR_SYSLOG_EVENTS=$${DIFUSOR_SYSLOG_EVENTS:-10000} DIFUSOR_SYSLOG_SECONDS=$${DIFUSOR_SYSLOG_SECONDS:-60} \
		TEST_ARGS="-class *SyslogOverRestartsTests -showLiveOutput" tests/run $(SYSTEM_TESTS)

.PHONY: cortes
cortes: publish ## a thousand cortes in a row: time, memory, descriptors and inodes, a line a hundred
	python3 tests/benchmarks/cortes.py $(AGENT)

.PHONY: apart
apart: ## why staging/ has the flag T: 13,175 files made beside as many removed ones, with and without it (ext4)
	python3 tests/benchmarks/apart.py

.PHONY: tamper watch
watch: publish ## what the watch costs while nothing happens: wake-ups a second, CPU of the rescans over five minutes
	python3 tests/benchmarks/watch.py $(AGENT) $(PACKAGE_MAKER)

tamper: publish ## every kind of tampering on 13,175 files, 3,000 at random, 1,000 swaps beside backups: found after, healed after (root)
	@tests/need test
	$(DOTNET) build tests/Difusor.Agent.SystemTests -c Release -v q
	TMPDIR=$$(mktemp -d) && chmod 755 "$$TMPDIR" && export TMPDIR && trap 'rm -rf "$$TMPDIR"' EXIT && DIFUSOR_KEEP_FOLDERS=1 \
		DIFUSOR_TAMPER_FILES=$${DIFUSOR_TAMPER_FILES:-13175} DIFUSOR_TAMPERINGS=$${DIFUSOR_TAMPERINGS:-3000} DIFUSOR_SWAPS=1000 \
		TEST_ARGS="-class *TamperTableTests -class *RandomTamperTests -class *NoFalseAlarmTests -class *HealObstacleTests -parallelMode none -showLiveOutput" tests/run $(SYSTEM_TESTS)

openings: publish ## the opening of 2021, 50 times, with real chronyd servers under faketime
	DIFUSOR_OPENINGS=$${DIFUSOR_OPENINGS:-50} dotnet run --project tests/Difusor.Agent.SystemTests -c Release -- -method '*TheRealProfile*' -showLiveOutput
