/* A TCG plugin that counts instructions exactly, and adds up what each is said to take.
 *
 * QEMU executes translation blocks: runs of instructions without a branch in between. Each block's
 * entry adds its length to a counter, which is dear once a block and not once an instruction. Where
 * a block holds the first instruction of a marker, that instruction reports what had run before it.
 * The count holds as long as no block is left in its middle by an interrupt or a fault; between the
 * markers of firmware/app there is neither.
 *
 * Arguments: out=FILE, mark=ADDRESS once a marker, and costs=FILE, whose lines are an address, the
 * cycles of the instruction there, and those that it takes more if another instruction follows than
 * the next one; in the order of the addresses. Each report is a line: the marker's number in the
 * order of the arguments, and the instructions and the cycles executed before it.
 *
 * Distributions do not ship qemu-plugin.h; these few declarations are of QEMU's documented
 * interface (docs/devel/tcg-plugins), unchanged since its version 1. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ossicle_plugin_version.h" /* written for the QEMU that is going to load this */

#define EXPORT __attribute__((visibility("default")))
#define MARKERS_MAX 8

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };

typedef void (*tb_translated)(plugin_id id, struct qemu_plugin_tb *tb);
typedef void (*executed_callback)(unsigned int cpu, void *data);

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, tb_translated callback);
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
                                                 executed_callback callback,
                                                 enum qemu_plugin_cb_flags flags, void *data);
extern void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
                                                   executed_callback callback,
                                                   enum qemu_plugin_cb_flags flags, void *data);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb,
                                                        size_t index);
extern uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
extern size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

EXPORT int qemu_plugin_version = OSSICLE_PLUGIN_VERSION;
EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv);

static uint64_t executed; /* instructions of all blocks entered so far */
static uint64_t cycles;   /* likewise */
static uint64_t markers[MARKERS_MAX];
static int marker_count;
static FILE *out;

/* What an instruction takes. */
typedef struct {
  uint64_t address;
  unsigned cycles, refill; /* the latter if another instruction follows than the next one */
} cost;

static cost *costs;
static size_t cost_count;

/* A translated block. */
typedef struct {
  uint64_t begin, end; /* addresses */
  uint64_t length, cycles;
  unsigned refill; /* of its last instruction */
} block;

static const block *previous; /* the block before this one */

/* A marker in a translated block. */
typedef struct {
  int marker;
  uint64_t rest, rest_cycles; /* of the block from the marker on: already in `executed` */
} place;

/* What this allocates lives as long as a block might: to the end. */
static void *memory(size_t bytes) {
  void *found = malloc(bytes);
  if (found == NULL) {
    abort();
  }
  return found;
}

static int by_address(const void *left, const void *right) {
  const uint64_t a = ((const cost *)left)->address, b = ((const cost *)right)->address;
  return (a > b) - (a < b);
}

static cost cost_at(uint64_t address) {
  const cost key = {address, 0, 0};
  const cost *found = cost_count ? bsearch(&key, costs, cost_count, sizeof key, by_address) : NULL;
  return found ? *found : key;
}

static void on_block(unsigned int cpu, void *data) {
  const block *here = data;
  (void)cpu;
  if (previous != NULL && previous->end != here->begin) {
    cycles += previous->refill;
  }
  previous = here;
  executed += here->length;
  cycles += here->cycles;
}

static void on_marker(unsigned int cpu, void *data) {
  const place *here = data;
  (void)cpu;
  fprintf(out, "%d %" PRIu64 " %" PRIu64 "\n", here->marker, executed - here->rest,
          cycles - here->rest_cycles);
}

static void watch(struct qemu_plugin_insn *insn, int marker, uint64_t rest, uint64_t rest_cycles) {
  place *here = memory(sizeof *here);
  here->marker = marker;
  here->rest = rest;
  here->rest_cycles = rest_cycles;
  qemu_plugin_register_vcpu_insn_exec_cb(insn, on_marker, QEMU_PLUGIN_CB_NO_REGS, here);
}

static block *measured(struct qemu_plugin_tb *tb) {
  block *here = memory(sizeof *here);
  here->length = qemu_plugin_tb_n_insns(tb);
  here->begin = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
  here->cycles = 0;
  for (size_t i = 0; i < here->length; ++i) {
    const struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    const cost of = cost_at(qemu_plugin_insn_vaddr(insn));
    here->cycles += of.cycles;
    here->refill = of.refill;
    here->end = qemu_plugin_insn_vaddr(insn) + qemu_plugin_insn_size(insn);
  }
  return here;
}

static void on_translated(plugin_id id, struct qemu_plugin_tb *tb) {
  block *here = measured(tb);
  uint64_t rest_cycles = here->cycles;
  (void)id;
  qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, here);
  for (size_t i = 0; i < here->length; ++i) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    const uint64_t address = qemu_plugin_insn_vaddr(insn);
    for (int marker = 0; marker < marker_count; ++marker) {
      if (address == markers[marker]) {
        watch(insn, marker, here->length - i, rest_cycles);
      }
    }
    rest_cycles -= cost_at(address).cycles;
  }
}

static int read_costs(const char *path) {
  FILE *file = fopen(path, "r");
  size_t room = 0;
  cost next;
  if (file == NULL) {
    return 0;
  }
  while (fscanf(file, "%" SCNu64 " %u %u", &next.address, &next.cycles, &next.refill) == 3) {
    if (cost_count == room) {
      room = room ? 2 * room : 1024;
      costs = realloc(costs, room * sizeof *costs);
      if (costs == NULL) {
        abort();
      }
    }
    costs[cost_count++] = next;
  }
  fclose(file);
  return 1;
}

int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
  (void)info;
  for (int i = 0; i < argc; ++i) {
    if (strncmp(argv[i], "out=", 4) == 0) {
      out = fopen(argv[i] + 4, "w");
    } else if (strncmp(argv[i], "mark=", 5) == 0 && marker_count < MARKERS_MAX) {
      markers[marker_count++] = strtoull(argv[i] + 5, NULL, 0);
    } else if (strncmp(argv[i], "costs=", 6) == 0) {
      if (!read_costs(argv[i] + 6)) {
        fprintf(stderr, "ossicle_count: cannot read %s\n", argv[i] + 6);
        return 1;
      }
    } else {
      fprintf(stderr, "ossicle_count: cannot use the argument %s\n", argv[i]);
      return 1;
    }
  }
  if (out == NULL) {
    fprintf(stderr, "ossicle_count: cannot write the file named by out=\n");
    return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translated);
  return 0;
}
