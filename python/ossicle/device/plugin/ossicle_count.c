/* A TCG plugin that counts instructions exactly.
 *
 * QEMU executes translation blocks: runs of instructions without a branch in between. Each block's
 * entry adds its length to a counter, which is dear once a block and not once an instruction. Where
 * a block holds the first instruction of a marker, that instruction reports what had run before it.
 * The count holds as long as no block is left in its middle by an interrupt or a fault; between the
 * markers of firmware/app there is neither.
 *
 * Arguments: out=FILE, and mark=ADDRESS once a marker. Each report is a line: the marker's number
 * in the order of the arguments, and the instructions executed before it.
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

EXPORT int qemu_plugin_version = OSSICLE_PLUGIN_VERSION;
EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv);

static uint64_t executed; /* instructions of all blocks entered so far */
static uint64_t markers[MARKERS_MAX];
static int marker_count;
static FILE *out;

/* A marker in a translated block. */
typedef struct {
  int marker;
  uint64_t rest; /* instructions of the block from the marker on: already in `executed` */
} place;

static void on_block(unsigned int cpu, void *data) {
  (void)cpu;
  executed += (uint64_t)(uintptr_t)data;
}

static void on_marker(unsigned int cpu, void *data) {
  const place *here = data;
  (void)cpu;
  fprintf(out, "%d %" PRIu64 "\n", here->marker, executed - here->rest);
}

static void watch(struct qemu_plugin_insn *insn, int marker, uint64_t rest) {
  place *here = malloc(sizeof *here); /* lives as long as the block might: to the end */
  if (here == NULL) {
    abort();
  }
  here->marker = marker;
  here->rest = rest;
  qemu_plugin_register_vcpu_insn_exec_cb(insn, on_marker, QEMU_PLUGIN_CB_NO_REGS, here);
}

static void on_translated(plugin_id id, struct qemu_plugin_tb *tb) {
  size_t length = qemu_plugin_tb_n_insns(tb);
  (void)id;
  qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS,
                                       (void *)(uintptr_t)length);
  for (size_t i = 0; i < length; ++i) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    for (int marker = 0; marker < marker_count; ++marker) {
      if (qemu_plugin_insn_vaddr(insn) == markers[marker]) {
        watch(insn, marker, length - i);
      }
    }
  }
}

int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
  (void)info;
  for (int i = 0; i < argc; ++i) {
    if (strncmp(argv[i], "out=", 4) == 0) {
      out = fopen(argv[i] + 4, "w");
    } else if (strncmp(argv[i], "mark=", 5) == 0 && marker_count < MARKERS_MAX) {
      markers[marker_count++] = strtoull(argv[i] + 5, NULL, 0);
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
