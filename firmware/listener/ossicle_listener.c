#include "ossicle_listener.h"

#include "ossicle_model_ends.h"
#include "ossicle_vote.h"

static void begin_window(ossicle_listener *listener) {
  ossicle_frontend_reset(&listener->frontend);
  listener->samples = 0;
  listener->columns = 0;
  listener->peak = 0;
}

/* A window has as many columns as the model's input, so that none comes beyond its end. */
#if OSSICLE_MODEL_STREAMS

static void hear(ossicle_listener *listener, const int8_t *column) {
  if (listener->columns++ == 0) {
    ossicle_model_begin(listener->arena);
  }
  ossicle_model_push(listener->arena, column);
}

static void judge(ossicle_listener *listener) { (void)listener; } /* its last column did */

#else

static void hear(ossicle_listener *listener, const int8_t *column) {
  int8_t *input = (int8_t *)(listener->arena + OSSICLE_MODEL_INPUT_OFFSET);
  ossicle_place_column(input, listener->columns++, column, OSSICLE_FRONTEND_FEATURES);
}

static void judge(ossicle_listener *listener) { ossicle_model_run(listener->arena); }

#endif

static void push(ossicle_listener *listener, const int16_t *pcm, size_t samples) {
  int8_t column[OSSICLE_FRONTEND_FEATURES];
  while (samples > 0) {
    int ready;
    const size_t taken = ossicle_frontend_push(&listener->frontend, pcm, samples, column, &ready);
    pcm += taken;
    samples -= taken;
    if (ready) {
      hear(listener, column);
    }
  }
}

static ossicle_heard answer(ossicle_listener *listener) {
  int8_t column[OSSICLE_FRONTEND_FEATURES];
  while (ossicle_frontend_flush(&listener->frontend, column)) {
    hear(listener, column);
  }
  judge(listener);
  const int8_t *outputs = (const int8_t *)(listener->arena + OSSICLE_MODEL_OUTPUT_OFFSET);
  const uint16_t label = ossicle_largest(outputs);
  const ossicle_heard heard = {
      .outputs = outputs,
      .label = label,
      .peak = listener->peak,
      .level = (uint8_t)(outputs[label] + 128),
      .silent = !ossicle_vote_is_heard(listener->peak),
  };
  return heard;
}

void ossicle_listener_reset(ossicle_listener *listener, void *arena) {
  listener->arena = arena;
  begin_window(listener);
}

size_t ossicle_listener_push(ossicle_listener *listener, const int16_t *pcm, size_t samples,
                             ossicle_heard *heard, int *ready) {
  const size_t missing = OSSICLE_MODEL_PCM_SAMPLES - listener->samples;
  const size_t taken = samples < missing ? samples : missing;
  push(listener, pcm, taken);
  listener->samples += (uint32_t)taken;
  listener->peak = ossicle_peak(listener->peak, pcm, taken);
  *ready = taken == missing;
  if (*ready) {
    *heard = answer(listener);
    begin_window(listener);
  }
  return taken;
}
