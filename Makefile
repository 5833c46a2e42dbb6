# `make help` lists the targets; variables you may set are in the next two blocks.

# --- settings ---------------------------------------------------------------
CC       ?= cc
CFLAGS   ?= -O2 -g
B        ?= build#            where every generated file goes
V        ?= 0#                1 prints the commands
FUZZ_SECONDS ?= 60#           how long `make fuzz` runs each target
STUDY    ?= studies/opening_salvo.yaml#  what `make demo` runs
HDF5     ?= $(shell pkg-config --exists hdf5-serial && echo hdf5-serial || echo hdf5)
CLANG    ?= clang#            for tsan and portable
PACKAGES ?= openblas lapacke $(HDF5) yaml-0.1 libmd zlib libzip expat# pkg-config names of the dependencies

# --- install locations (GNU names; DESTDIR is prepended) --------------------
prefix       ?= /usr/local
bindir       ?= $(prefix)/bin
libdir       ?= $(prefix)/lib
includedir   ?= $(prefix)/include
datadir      ?= $(prefix)/share
mandir       ?= $(datadir)/man
pkgconfigdir ?= $(libdir)/pkgconfig
completiondir ?= $(datadir)/bash-completion/completions
INSTALL      ?= install

# --- sources: add a file and it is built ------------------------------------
B       := $(strip $(B))
Q       := $(if $(filter 1,$(strip $(V))),,@)
VERSION := $(shell sed -n 's/.*WIO_VERSION "\(.*\)".*/\1/p' core/wassily.h)
MAJOR   := $(firstword $(subst ., ,$(VERSION)))

LIB_C   := $(sort $(wildcard core/*.c solvers/*/*.c io/*.c))
CLI_C   := $(sort $(wildcard io/cli/*.c))
TEST_C  := $(sort $(wildcard tests/test_*.c))
BENCH_C := $(sort $(wildcard benchmarks/bench_*.c))
FUZZ_C  := $(sort $(wildcard tests/fuzz/fuzz_*.c))
ALL_C   := $(LIB_C) $(CLI_C) $(TEST_C) $(BENCH_C) $(FUZZ_C) \
           $(wildcard tests/support.c tests/portable.c)
ALL_H   := $(wildcard core/*.h solvers/*/*.h io/*.h io/cli/*.h tests/*.h benchmarks/*.h)
SCRIPTS := setup .ci/run tests/run tests/golden.sh tests/arrows benchmarks/run tests/portable

obj      = $(1:%.c=$(B)/%.o)
SO      := $(B)/libwassily.so.$(VERSION)
LIB_A   := $(B)/libwassily.a
CLI     := $(B)/wassily
TESTS   := $(TEST_C:tests/%.c=$(B)/%)
BENCHES := $(BENCH_C:benchmarks/%.c=$(B)/%)
FUZZERS := $(FUZZ_C:tests/fuzz/%.c=$(B)/%)
TABLES   = $(sort $(wildcard studies/tables/*/*))
STUDIES  = $(sort $(wildcard studies/*.yaml))
COMMANDS := $(sort $(patsubst io/cli/%.c,%,$(shell grep -l 'const cli_command cli_' $(CLI_C))))
PAGES   := $(B)/man/wassily.1 $(COMMANDS:%=$(B)/man/wassily-%.1)

# --- compiling: TRUST 4.3, and one rule for every build ---------------------
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wvla -Wundef -Wformat=2 -Werror=format-security $(WERROR)
# clang 14 knows the zero, but only under a second flag: asked for where it is taken as it is.
taken     = $(shell $(CC) $(1) -Werror -x c -c /dev/null -o /dev/null 2>/dev/null && echo '$(1)')
HARDEN_C := -fstack-protector-strong -fstack-clash-protection \
            $(call taken,-ftrivial-auto-var-init=zero) -fno-common $(if $(filter x86_64,$(shell uname -m)),-fcf-protection=full)
EXACT    := $(call taken,-fexcess-precision=standard)
FORTIFY  ?= -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
HARDEN_L := -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code -Wl,--as-needed
DEPS_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
DEPS_LIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm
PATHS := -DWIO_TABLES_SOURCE='"$(CURDIR)/studies/tables"' \
         -DWIO_TABLES_INSTALLED='"$(datadir)/wassily/tables"'
PATHS_O := $(call obj,$(if $(LIB_C),$(shell grep -lE 'WIO_TABLES_(SOURCE|INSTALLED)' $(LIB_C))))
COMPILE = $(CC) -std=c11 -D_GNU_SOURCE $(WARN) $(HARDEN_C) $(FORTIFY) -fPIC -fvisibility=hidden \
          -fopenmp -ffp-contract=off -fno-fast-math $(EXACT) \
          $(DEPS_CFLAGS) $(OWN) $(CPPFLAGS) $(CFLAGS)
LINK    = $(CC) -fopenmp $(CFLAGS) $(HARDEN_L) $(LDFLAGS)

.DELETE_ON_ERROR:
.SUFFIXES:

## all: build the library and the wassily command (default)
.PHONY: all
all: $(SO) $(LIB_A) $(CLI)

# A stamp holds the settings: objects follow when CC, CFLAGS or prefix change.
quote = '$(subst ','\'',$(1))'
stamp = mkdir -p $(@D); printf '%s\n' $(call quote,$(1)) | cmp -s - $@ || printf '%s\n' $(call quote,$(1)) > $@
.PHONY: FORCE
FORCE:
$(B)/settings: FORCE
	@$(call stamp,$(COMPILE) $(LINK) $(DEPS_LIBS))
$(B)/places: FORCE
	@$(call stamp,$(PATHS))

$(PATHS_O): private OWN := $(PATHS)
$(PATHS_O): $(B)/places
$(B)/%.o: %.c $(B)/settings
	@mkdir -p $(@D)
	@$(if $(Q),printf '  CC    %s\n' $<)
	$(Q)$(COMPILE) -MMD -MP -c $< -o $@

$(SO): $(call obj,$(LIB_C))
	@$(if $(Q),printf '  LINK  %s\n' $@)
	$(Q)$(LINK) -shared -Wl,-soname,libwassily.so.$(MAJOR) -o $@ $^ $(DEPS_LIBS)
	$(Q)ln -sf $(notdir $@) $(B)/libwassily.so.$(MAJOR)
	$(Q)ln -sf $(notdir $@) $(B)/libwassily.so

$(LIB_A): $(call obj,$(LIB_C))
	@$(if $(Q),printf '  AR    %s\n' $@)
	$(Q)$(RM) $@
	$(Q)$(AR) rcsD $@ $^

$(CLI): $(call obj,$(CLI_C)) $(LIB_A)
	@$(if $(Q),printf '  LINK  %s\n' $@)
	$(Q)$(LINK) -pie -o $@ $^ $(DEPS_LIBS)

$(TESTS): $(B)/%: $(B)/tests/%.o $(if $(wildcard tests/support.c),$(B)/tests/support.o) $(LIB_A)
	@$(if $(Q),printf '  LINK  %s\n' $@)
	$(Q)$(LINK) -o $@ $^ $(shell pkg-config --libs check) $(DEPS_LIBS)

$(FUZZERS): $(B)/%: $(B)/tests/fuzz/%.o $(LIB_A)
	@$(if $(Q),printf '  LINK  %s\n' $@)
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(DEPS_LIBS)

$(BENCHES): $(B)/%: $(B)/benchmarks/%.o $(LIB_A)
	@$(if $(Q),printf '  LINK  %s\n' $@)
	$(Q)$(LINK) -o $@ $^ $(DEPS_LIBS)

## demo: build, and run the opening study on an embedded table (STUDY=... for another)
.PHONY: demo
demo: all
	$(Q)$(CLI) run $(STUDY) -o $(B)/$(basename $(notdir $(STUDY))).h5 --force

## check: build and run every test; CK_RUN_SUITE=... and tests/run choose (also: test)
.PHONY: check test suites
test: check
check: arrows symbols suites
suites: all $(TESTS)
	$(Q)B=$(B) tests/run

## golden: rewrite the expected output in tests/golden; read the diff before committing it
.PHONY: golden
golden: $(CLI)
	$(Q)B=$(B) tests/golden.sh --write

## sanitize: run the tests under AddressSanitizer and UBSan
.PHONY: sanitize
sanitize:
	$(Q)ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1 \
	  $(MAKE) --no-print-directory suites B=$(B)/sanitize FORTIFY=-U_FORTIFY_SOURCE \
	  CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all'

# Only clang's OpenMP tells ThreadSanitizer what it synchronises (by archer, which it loads itself).
# BLAS and Check are not instrumented. setarch: the kernel's random addresses are beyond clang 14.
THREADED := apply change determinism extract factor iterative power_series solver steady sweep gth inverse invert lu scenario studies end_to_end
## tsan: run the threaded suites under clang's ThreadSanitizer (clang, libomp-dev, libclang-rt-dev)
.PHONY: tsan
tsan:
	$(Q)$(MAKE) --no-print-directory all $(patsubst tests/%.c,$(B)/tsan/%,$(wildcard \
	  $(THREADED:%=tests/test_%.c))) B=$(B)/tsan CC='$(CLANG)' FORTIFY=-U_FORTIFY_SOURCE \
	  CFLAGS='-O1 -g -fsanitize=thread -fno-omit-frame-pointer'
	$(Q)B=$(B)/tsan TSAN_OPTIONS=ignore_noninstrumented_modules=1:halt_on_error=1 \
	  setarch -R tests/run $(THREADED)

## kernels: run the suites of equal bits with every kernel of OpenBLAS that this processor can run
KERNELS := Prescott Nehalem Sandybridge $(if $(shell grep -m1 -w avx2 /proc/cpuinfo),Haswell Zen) \
           $(if $(shell grep -m1 -w avx512vl /proc/cpuinfo),SkylakeX) \
           $(if $(shell grep -m1 -w avx512_bf16 /proc/cpuinfo),Cooperlake)
.PHONY: kernels
kernels: $(B)/test_woven $(B)/test_determinism $(B)/test_steady $(B)/test_change
	$(Q)for k in $(KERNELS); do echo "kernel $$k"; \
	  OPENBLAS_CORETYPE=$$k B=$(B) tests/run woven determinism steady change || exit 1; done

PORTABLE_C := $(wildcard core/*.c solvers/linear/*.c) tests/portable.c
$(B)/portable: $(call obj,$(PORTABLE_C))
	$(Q)$(LINK) -o $@ $^ $(DEPS_LIBS)
## portable: fail when our own kernels give other bits with another compiler or processor
.PHONY: portable
portable:
	$(Q)B=$(B) MAKE='$(MAKE)' tests/portable '$(CLANG)'

## fuzz: libFuzzer (clang) with ASan and UBSan on every parser, FUZZ_SECONDS each
.PHONY: fuzz fuzzers
fuzzers: $(FUZZERS)
fuzz:
	$(Q)$(MAKE) --no-print-directory fuzzers B=$(B)/fuzz CC=clang WARN=-w FORTIFY=-U_FORTIFY_SOURCE \
	  CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'
	$(Q)for f in $(FUZZ_C:tests/fuzz/fuzz_%.c=%); do \
	  mkdir -p $(B)/fuzz/new/$$f $(B)/fuzz/crashes || exit 1; \
	  echo "fuzz_$$f: $(strip $(FUZZ_SECONDS)) s"; \
	  OMP_NUM_THREADS=1 $(B)/fuzz/fuzz_$$f -max_total_time=$(strip $(FUZZ_SECONDS)) -timeout=10 \
	    -rss_limit_mb=4096 -max_len=4096 -dict=tests/fuzz/$$f.dict -verbosity=0 -print_final_stats=1 \
	    -artifact_prefix=$(B)/fuzz/crashes/$$f- $(B)/fuzz/new/$$f tests/fuzz/$$f || exit 1; done

## memcheck: run the test programs under valgrind
.PHONY: memcheck
memcheck: all $(TESTS)
	$(Q)B=$(B) tests/run --valgrind

## coverage: run the tests and print line coverage; fails below 85 %
.PHONY: coverage
coverage:
	$(Q)find $(B)/coverage -name '*.gcda' -delete 2>/dev/null || true
	$(Q)$(MAKE) --no-print-directory suites B=$(B)/coverage FORTIFY= CFLAGS='-O0 -g --coverage'
	$(Q)gcovr --root . --object-directory $(B)/coverage --filter 'core/' --filter 'solvers/' \
	  --filter 'io/' --exclude-unreachable-branches --fail-under-line 85 --txt $(B)/coverage.txt
	$(Q)tail -n 3 $(B)/coverage.txt; echo 'by file: $(B)/coverage.txt'

## bench: run the benchmarks beside their rivals; BENCH=--quick or --full chooses the sizes
.PHONY: bench
bench: $(CLI) $(BENCHES)
	$(Q)B=$(B) benchmarks/run $(BENCH)

## lint: clang-tidy, cppcheck and shellcheck
.PHONY: lint
lint:
	$(Q)clang-tidy --quiet $(LIB_C) $(CLI_C) -- -std=c11 -D_GNU_SOURCE $(DEPS_CFLAGS) $(PATHS)
	$(Q)cppcheck --quiet --std=c11 --error-exitcode=1 --enable=warning,portability,performance \
	  --inline-suppr $(PATHS) $(LIB_C) $(CLI_C)
	$(Q)shellcheck $(SCRIPTS)

## format: rewrite the sources with clang-format
.PHONY: format
format:
	$(Q)clang-format -i $(ALL_C) $(ALL_H)

## format-check: fail when a source is not formatted
.PHONY: format-check
format-check:
	$(Q)clang-format --dry-run --Werror $(ALL_C) $(ALL_H)

## arrows: fail when a file uses what its folder may not (part of check)
.PHONY: arrows
arrows:
	$(Q)tests/arrows

## symbols: fail when the shared library exports a name without the wio_ prefix (part of check)
.PHONY: symbols
symbols: $(SO)
	$(Q)! nm -D --defined-only $(SO) | awk '{print $$3}' | grep -vE '^(wio_|\.gomp_critical_user_wio_)'

## man: write the manual pages to $(B)/man
.PHONY: man
man: $(PAGES)
$(B)/man/wassily.1: $(CLI)
	@mkdir -p $(@D)
	$(Q)$(CLI) help --man > $@
$(B)/man/wassily-%.1: $(CLI)
	@mkdir -p $(@D)
	$(Q)$(CLI) help --man $* > $@
$(B)/wassily.bash: $(CLI)
	$(Q)$(CLI) completion > $@

## install: copy command, library, header, tables, studies and manual under $(DESTDIR)$(prefix)
.PHONY: install
install: all man $(B)/wassily.bash
	$(Q)$(INSTALL) -d $(addprefix $(DESTDIR),$(bindir) $(libdir) $(includedir) $(pkgconfigdir) \
	  $(mandir)/man1 $(completiondir) $(datadir)/wassily/studies \
	  $(addprefix $(datadir)/wassily/,$(sort $(patsubst studies/%/,%,$(dir $(TABLES))))))
	$(Q)$(INSTALL) -m 755 $(CLI) $(DESTDIR)$(bindir)/
	$(Q)$(INSTALL) -m 755 $(SO) $(DESTDIR)$(libdir)/
	$(Q)$(INSTALL) -m 644 $(LIB_A) $(DESTDIR)$(libdir)/
	$(Q)ln -sf $(notdir $(SO)) $(DESTDIR)$(libdir)/libwassily.so.$(MAJOR)
	$(Q)ln -sf $(notdir $(SO)) $(DESTDIR)$(libdir)/libwassily.so
	$(Q)$(INSTALL) -m 644 core/wassily.h $(DESTDIR)$(includedir)/
	$(Q)for f in $(TABLES:studies/%=%); do \
	  $(INSTALL) -m 644 studies/$$f $(DESTDIR)$(datadir)/wassily/$$f || exit 1; done
	$(Q)$(INSTALL) -m 644 $(STUDIES) $(DESTDIR)$(datadir)/wassily/studies/
	$(Q)$(INSTALL) -m 644 $(PAGES) $(DESTDIR)$(mandir)/man1/
	$(Q)$(INSTALL) -m 644 $(B)/wassily.bash $(DESTDIR)$(completiondir)/wassily
	$(Q)sed -e 's|@PREFIX@|$(prefix)|' -e 's|@LIBDIR@|$(libdir)|' -e 's|@VERSION@|$(VERSION)|' \
	  -e 's|@INCLUDEDIR@|$(includedir)|' -e 's|@PACKAGES@|$(PACKAGES)|' \
	  wassily.pc.in > $(DESTDIR)$(pkgconfigdir)/wassily.pc

## uninstall: remove what install copied
.PHONY: uninstall
uninstall:
	$(Q)$(RM) $(addprefix $(DESTDIR),$(bindir)/wassily $(libdir)/libwassily.a \
	  $(libdir)/libwassily.so $(libdir)/libwassily.so.$(MAJOR) $(libdir)/$(notdir $(SO)) \
	  $(includedir)/wassily.h $(pkgconfigdir)/wassily.pc $(completiondir)/wassily \
	  $(PAGES:$(B)/man/%=$(mandir)/man1/%))
	$(Q)$(RM) -r $(DESTDIR)$(datadir)/wassily

## info: print the settings of this build
.PHONY: info
info:
	@printf '%-11s %s\n' version '$(VERSION)' \
	  commit "$$(git describe --always --dirty 2>/dev/null || echo unknown)" \
	  compiler "$$($(CC) --version | head -n 1)" CFLAGS '$(CFLAGS)' libraries '$(DEPS_LIBS)' \
	  versions "$$(for p in $(PACKAGES); do printf '%s %s  ' $$p "$$(pkg-config --modversion $$p)"; done)" \
	  machine "$$(uname -srm), $$(nproc) processors" build '$(B)' prefix '$(prefix)'

## clean: remove the build directory
.PHONY: clean
clean:
	$(Q)$(RM) -r $(B)

## help: print this list
.PHONY: help
help:
	@sed -n 's/^## \([a-z-]*\): \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
	  awk -F '|' '{printf "%-15s %s\n", $$1, $$2}'
	@echo '  variables: CC CFLAGS CPPFLAGS LDFLAGS B V STUDY prefix DESTDIR ...; see the first lines'

-include $(patsubst %.c,$(B)/%.d,$(ALL_C))
