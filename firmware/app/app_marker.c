#include "app_marker.h"

/* noinline and an empty asm: a call of each stays a call, and no two are folded into one. */
#define MARKER(name)                                                                               \
  __attribute__((noinline)) void name(void) { __asm__ volatile("" ::: "memory"); }

MARKER(app_mark_run_begin)
MARKER(app_mark_layer)
MARKER(app_mark_run_end)
MARKER(app_mark_frontend_begin)
MARKER(app_mark_frontend_end)
MARKER(app_mark_last_frame)
MARKER(app_mark_vote_begin)
MARKER(app_mark_vote_end)
