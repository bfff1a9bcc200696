/* Frames: collects samples until a window is full, then makes its column. */
#include "ossicle_frontend.h"

#include <string.h>

#include "ossicle_frontend_internal.h"

#define WINDOW OSSICLE_FRONTEND_WINDOW_LENGTH
#define HOP OSSICLE_FRONTEND_HOP_LENGTH

/* Samples of a window that lie before its centre. */
#define BEFORE (WINDOW - WINDOW / 2)

static void clear(ossicle_frontend *state, uint32_t from, uint32_t to) {
  memset(state->samples + from, 0, (to - from) * sizeof state->samples[0]);
}

/* The window is full: makes its column, then moves one hop on. */
static void frame(ossicle_frontend *state, int8_t *column) {
  int gain = ossicle_frontend_spectrum(state->samples, state->spectrum);
  ossicle_frontend_levels(state->spectrum, gain, column);
  memmove(state->samples, state->samples + HOP, (WINDOW - HOP) * sizeof state->samples[0]);
}

void ossicle_frontend_reset(ossicle_frontend *state) {
  clear(state, 0,
        BEFORE); /* silence before the sound: the first window is centred at its first sample */
  state->filled = BEFORE;
}

size_t ossicle_frontend_push(ossicle_frontend *state, const int16_t *pcm, size_t samples,
                             int8_t *column, int *ready) {
  size_t missing = WINDOW - state->filled;
  size_t taken = samples < missing ? samples : missing;
  if (taken > 0) { /* an empty chunk may come with a null pointer, which memcpy must not see */
    memcpy(state->samples + state->filled, pcm, taken * sizeof pcm[0]);
  }
  state->filled += (uint32_t)taken;
  *ready = state->filled == WINDOW;
  if (*ready) {
    frame(state, column);
    state->filled = WINDOW - HOP;
  }
  return taken;
}

int ossicle_frontend_flush(ossicle_frontend *state, int8_t *column) {
  if (state->filled < BEFORE) { /* the next centre lies behind the end of the sound */
    ossicle_frontend_reset(state);
    return 0;
  }
  clear(state, state->filled, WINDOW);
  frame(state, column);
  state->filled -= state->filled < HOP ? state->filled : HOP;
  return 1;
}
