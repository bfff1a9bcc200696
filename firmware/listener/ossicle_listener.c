#include "ossicle_listener.h"

#include <string.h>

#include "ossicle_model_ends.h"
#include "ossicle_vote.h"

#define WINDOW OSSICLE_MODEL_PCM_SAMPLES

/* An ear's next window begins when those of all others have begun. It has ended by then. */
#define SKIPPED (OSSICLE_LISTENER_EARS * OSSICLE_LISTENER_HOP - WINDOW)

static void begin_window(ossicle_ear *ear, uint32_t skipped) {
  ossicle_frontend_reset(&ear->frontend);
  ear->skipped = skipped;
  ear->samples = 0;
  ear->columns = 0;
  ear->peak = 0;
}

/* A window has as many columns as the model's input, so that none comes beyond its end. */
#if OSSICLE_MODEL_STREAMS

#if OSSICLE_LISTENER_EARS > 1
#error "an arena hears one window at a time column by column"
#endif

static void hear(ossicle_ear *ear, uint8_t *arena, const int8_t *column) {
  if (ear->columns++ == 0) {
    ossicle_model_begin(arena);
  }
  ossicle_model_push(arena, column);
}

static void judge(const ossicle_ear *ear, uint8_t *arena) { /* the last column did */
  (void)ear, (void)arena;
}

#elif OSSICLE_LISTENER_EARS > 1

static void hear(ossicle_ear *ear, uint8_t *arena, const int8_t *column) {
  (void)arena;
  ossicle_place_column(ear->input, ear->columns++, column, OSSICLE_FRONTEND_FEATURES);
}

static void judge(const ossicle_ear *ear, uint8_t *arena) {
  memcpy(arena + OSSICLE_MODEL_INPUT_OFFSET, ear->input, sizeof ear->input);
  ossicle_model_run(arena);
}

#else

static void hear(ossicle_ear *ear, uint8_t *arena, const int8_t *column) {
  int8_t *input = (int8_t *)(arena + OSSICLE_MODEL_INPUT_OFFSET);
  ossicle_place_column(input, ear->columns++, column, OSSICLE_FRONTEND_FEATURES);
}

static void judge(const ossicle_ear *ear, uint8_t *arena) {
  (void)ear;
  ossicle_model_run(arena);
}

#endif

/* The samples that an ear still takes. */
static size_t missing(const ossicle_ear *ear) { return ear->skipped + (WINDOW - ear->samples); }

/* Takes no more samples than are missing. */
static void push(ossicle_ear *ear, uint8_t *arena, const int16_t *pcm, size_t samples) {
  int8_t column[OSSICLE_FRONTEND_FEATURES];
  const size_t skipped = samples < ear->skipped ? samples : ear->skipped;
  ear->skipped -= (uint32_t)skipped;
  pcm += skipped;
  samples -= skipped;
  ear->samples += (uint32_t)samples;
  ear->peak = ossicle_peak(ear->peak, pcm, samples);
  while (samples > 0) {
    int ready;
    const size_t taken = ossicle_frontend_push(&ear->frontend, pcm, samples, column, &ready);
    pcm += taken;
    samples -= taken;
    if (ready) {
      hear(ear, arena, column);
    }
  }
}

static ossicle_heard answer(ossicle_ear *ear, uint8_t *arena) {
  int8_t column[OSSICLE_FRONTEND_FEATURES];
  while (ossicle_frontend_flush(&ear->frontend, column)) {
    hear(ear, arena, column);
  }
  judge(ear, arena);
  const int8_t *outputs = (const int8_t *)(arena + OSSICLE_MODEL_OUTPUT_OFFSET);
  const uint16_t label = ossicle_largest(outputs);
  const ossicle_heard heard = {
      .outputs = outputs,
      .label = label,
      .peak = ear->peak,
      .level = (uint8_t)(outputs[label] + 128),
      .silent = !ossicle_vote_is_heard(ear->peak),
  };
  return heard;
}

void ossicle_listener_reset(ossicle_listener *listener, void *arena) {
  listener->arena = arena;
  for (uint32_t i = 0; i < OSSICLE_LISTENER_EARS; ++i) {
    begin_window(&listener->ears[i], i * OSSICLE_LISTENER_HOP);
  }
}

size_t ossicle_listener_push(ossicle_listener *listener, const int16_t *pcm, size_t samples,
                             ossicle_heard *heard, int *ready) {
  size_t taken = samples;
  for (uint32_t i = 0; i < OSSICLE_LISTENER_EARS; ++i) {
    const size_t most = missing(&listener->ears[i]);
    taken = most < taken ? most : taken;
  }
  *ready = 0;
  for (uint32_t i = 0; i < OSSICLE_LISTENER_EARS; ++i) {
    ossicle_ear *ear = &listener->ears[i];
    push(ear, listener->arena, pcm, taken);
    if (missing(ear) == 0) { /* no two windows end together */
      *heard = answer(ear, listener->arena);
      *ready = 1;
      begin_window(ear, SKIPPED);
    }
  }
  return taken;
}
