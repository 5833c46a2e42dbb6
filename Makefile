# `make help` lists the targets; variables you may set are in the next two blocks.

# --- settings ---------------------------------------------------------------
CC       ?= cc
CFLAGS   ?= -O2 -g
B        ?= build#            where every generated file goes
V        ?= 0#                1 prints the commands
HDF5     ?= $(shell pkg-config --exists hdf5-serial && echo hdf5-serial || echo hdf5)
PACKAGES ?= openblas lapacke $(HDF5) yaml-0.1 libmd# pkg-config names of the dependencies

# --- install locations (GNU names; DESTDIR is prepended) --------------------
prefix       ?= /usr/local
bindir       ?= $(prefix)/bin
libdir       ?= $(prefix)/lib
includedir   ?= $(prefix)/include
datadir      ?= $(prefix)/share
mandir       ?= $(datadir)/man
pkgconfigdir ?= $(libdir)/pkgconfig
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
ALL_C   := $(LIB_C) $(CLI_C) $(TEST_C) $(BENCH_C) $(wildcard tests/support.c)
ALL_H   := $(wildcard core/*.h solvers/*/*.h io/*.h io/cli/*.h tests/*.h benchmarks/*.h)

obj      = $(1:%.c=$(B)/%.o)
SO      := $(B)/libwassily.so.$(VERSION)
LIB_A   := $(B)/libwassily.a
CLI     := $(B)/wassily
TESTS   := $(TEST_C:tests/%.c=$(B)/%)
BENCHES := $(BENCH_C:benchmarks/%.c=$(B)/%)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wvla -Wundef -Wformat=2 -Werror=format-security $(WERROR)
HARDEN_C := -fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero \
            -fno-common $(if $(filter x86_64,$(shell uname -m)),-fcf-protection=full)
FORTIFY  ?= -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
HARDEN_L := -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code -Wl,--as-needed
DEPS_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
DEPS_LIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm
PATHS := -DWIO_TABLES_SOURCE='"$(CURDIR)/studies/tables"' \
         -DWIO_TABLES_INSTALLED='"$(datadir)/wassily/tables"'
COMPILE = $(CC) -std=c11 -D_GNU_SOURCE $(WARN) $(HARDEN_C) $(FORTIFY) -fPIC -fvisibility=hidden \
          -fopenmp -ffp-contract=off -fno-fast-math -fexcess-precision=standard \
          $(DEPS_CFLAGS) $(PATHS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@
LINK    = $(CC) -fopenmp $(CFLAGS) $(HARDEN_L) $(LDFLAGS)

.DELETE_ON_ERROR:
.SUFFIXES:

## all: build the library and the wassily command (default)
.PHONY: all
all: $(SO) $(LIB_A) $(CLI)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@$(if $(Q),printf '  CC    %s\n' $<)
	$(Q)$(COMPILE)

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
	$(Q)$(LINK) -o $@ $^ $(shell pkg-config --libs check) $(DEPS_LIBS)

$(BENCHES): $(B)/%: $(B)/benchmarks/%.o $(LIB_A)
	$(Q)$(LINK) -o $@ $^ $(DEPS_LIBS)

## clean: remove the build directory
.PHONY: clean
clean:
	$(Q)$(RM) -r $(B)

-include $(patsubst %.c,$(B)/%.d,$(ALL_C))
