/* Frames: collects samples until a window is full, then makes its column. */
#include "ossicle_frontend.h"

#include <string.h>

#include "ossicle_frontend_internal.h"
#if defined(OSSICLE_FRONTEND_MVE)
#include "ossicle_frontend_mve.h"
#endif

#define HOP OSSICLE_FRONTEND_HOP_LENGTH
#define SAMPLES OSSICLE_FRONTEND_SAMPLES

/* Where the first sample of a window lies, and where the one behind its last. */
#define BEGIN OSSICLE_FRONTEND_BEGIN
#define END (OSSICLE_FRONTEND_BEGIN + OSSICLE_FRONTEND_WINDOW_LENGTH)

static void clear(ossicle_frontend *state, uint32_t from, uint32_t to) {
  memset(state->samples + from, 0, (to - from) * sizeof state->samples[0]);
}

/* Copies samples towards the start; `to` may reach into `from`. */
static void move_back(int16_t *to, const int16_t *from, size_t samples) {
#if defined(OSSICLE_FRONTEND_MVE)
  ossicle_frontend_copy_mve(to, from, samples);
#else
  memmove(to, from, samples * sizeof to[0]);
#endif
}

/* Takes samples into the window. */
static void append(ossicle_frontend *state, const int16_t *pcm, size_t samples) {
#if OSSICLE_FRONTEND_FILTERED
  ossicle_frontend_filter(&state->filters, pcm, samples, state->samples + state->filled);
#elif defined(OSSICLE_FRONTEND_MVE)
  ossicle_frontend_copy_mve(state->samples + state->filled, pcm, samples);
#else
  if (samples > 0) { /* an empty chunk may come with a null pointer, which memcpy must not see */
    memcpy(state->samples + state->filled, pcm, samples * sizeof pcm[0]);
  }
#endif
  state->filled += (uint32_t)samples;
}

#if OSSICLE_FRONTEND_STAGED

static void make_column(ossicle_frontend *state, int gain, int8_t *column) {
  ossicle_frontend_levels(state->intervals, gain, state->levels);
  ossicle_frontend_column(&state->stages, state->levels, column);
}

/* Whether the last frame completed a column: deltas wait for further ones. */
static int is_complete(const ossicle_frontend *state) { return state->stages.complete; }

static int has_waiting(ossicle_frontend *state, int8_t *column) {
  return ossicle_frontend_last_column(&state->stages, column);
}

static void reset_stages(ossicle_frontend *state) {
  memset(&state->stages, 0, sizeof state->stages);
}

#else

static void make_column(ossicle_frontend *state, int gain, int8_t *column) {
  ossicle_frontend_levels(state->intervals, gain, column);
}

static int is_complete(const ossicle_frontend *state) { return (void)state, 1; }

static int has_waiting(ossicle_frontend *state, int8_t *column) {
  return (void)state, (void)column, 0;
}

static void reset_stages(ossicle_frontend *state) { (void)state; }

#endif

/* The window is full: analyses it, then moves one hop on. */
static void frame(ossicle_frontend *state, int8_t *column) {
  int gain = ossicle_frontend_analyse(state->samples, state->spectrum, state->intervals);
  make_column(state, gain, column);
  move_back(state->samples + BEGIN, state->samples + BEGIN + HOP, END - BEGIN - HOP);
}

void ossicle_frontend_reset(ossicle_frontend *state) {
  clear(state, 0, SAMPLES); /* silence before the sound: the first window is centred at its start */
  state->filled = OSSICLE_FRONTEND_LEFT;
#if OSSICLE_FRONTEND_FILTERED
  memset(&state->filters, 0, sizeof state->filters);
#endif
  reset_stages(state);
}

size_t ossicle_frontend_push(ossicle_frontend *state, const int16_t *pcm, size_t samples,
                             int8_t *column, int *ready) {
  size_t missing = END - state->filled;
  size_t taken = samples < missing ? samples : missing;
  append(state, pcm, taken);
  *ready = state->filled == END;
  if (*ready) {
    frame(state, column);
    state->filled = END - HOP;
    if (!is_complete(state)) {
      *ready = 0;
    }
  }
  return taken;
}

int ossicle_frontend_flush(ossicle_frontend *state, int8_t *column) {
  while (state->filled >= OSSICLE_FRONTEND_LEFT) { /* the next centre lies within the sound */
    clear(state, state->filled, SAMPLES);
    frame(state, column);
    state->filled -= state->filled < HOP ? state->filled : HOP;
    if (is_complete(state)) {
      return 1;
    }
  }
  if (has_waiting(state, column)) {
    return 1;
  }
  ossicle_frontend_reset(state);
  return 0;
}
