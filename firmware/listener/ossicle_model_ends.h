/* What lies before and behind a model: columns of features to its input, outputs to a label. */
#ifndef OSSICLE_MODEL_ENDS_H
#define OSSICLE_MODEL_ENDS_H

#include <stddef.h>
#include <stdint.h>

#include "ossicle_model.h"

/* The largest magnitude, 0 to 32768, of these samples and of those before, whose own is `peak`. */
static inline uint16_t ossicle_peak(uint16_t peak, const int16_t *pcm, size_t samples) {
  for (size_t i = 0; i < samples; ++i) {
    const int32_t magnitude = pcm[i] < 0 ? -(int32_t)pcm[i] : pcm[i]; /* 32768 fits 32 bits */
    if (magnitude > peak) {
      peak = (uint16_t)magnitude;
    }
  }
  return peak;
}

/* Puts column number `frame` of `features` features into an input, which is [feature][frame]. */
static inline void ossicle_place_column(int8_t *input, size_t frame, const int8_t *column,
                                        size_t features) {
  const size_t frames = OSSICLE_MODEL_INPUT_BYTES / features;
  for (size_t i = 0; i < features; ++i) {
    input[i * frames + frame] = column[i];
  }
}

/* Which of the model's outputs is the largest; the lowest of several. */
static inline uint16_t ossicle_largest(const int8_t *output) {
  uint16_t best = 0;
  for (uint16_t i = 1; i < OSSICLE_MODEL_OUTPUT_BYTES; ++i) {
    best = output[i] > output[best] ? i : best;
  }
  return best;
}

#endif
