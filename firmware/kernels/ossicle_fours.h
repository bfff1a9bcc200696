/* What the generated blocks ossicle_fours_* do: positions by fours under two filters, on cores with
 * Helium. */
#ifndef OSSICLE_FOURS_H
#define OSSICLE_FOURS_H

#include "ossicle_requantise.h"

/* The offsets of members are known to the compiler's blocks/fours.py. */
typedef struct {
  const int8_t *strip;     /* what the first position's filter reads first */
  const int8_t *filters;   /* [step][tap, from the last to the first][2][16] */
  const int32_t *channels; /* of both filters' outputs, see ossicle_requantise_mve.h */
  int32_t output_step;     /* bytes from four positions' outputs to those of the next */
  int8_t *output;
  int32_t outputs; /* two a position */
  int32_t zero_point;
  uint16_t offsets[8]; /* of the outputs of four positions, by the two filters in turn */
} ossicle_fours;

/* Bytes from a position to the next, from a tap to the next, and from a step, which is a vector of
 * each tap, to the next. */
typedef struct {
  int32_t taps, steps;
  int32_t position, tap, step;
} ossicle_fours_shape;

static inline int32_t ossicle_fours_sum(const int8_t *strip, const int8_t *filter,
                                        const ossicle_fours_shape *shape) {
  int32_t sum = 0;
  for (int32_t step = 0; step < shape->steps; ++step) {
    for (int32_t tap = shape->taps - 1; tap >= 0; --tap, filter += 32) {
      const int8_t *vector = strip + step * shape->step + tap * shape->tap;
      for (int32_t i = 0; i < 16; ++i) {
        sum += vector[i] * filter[i];
      }
    }
  }
  return sum;
}

/* The twin of the assembly, in C. */
static inline void ossicle_fours_in_c(const ossicle_fours *work, ossicle_fours_shape shape,
                                      int32_t minimum, int32_t maximum) {
  for (int32_t i = 0; i < work->outputs; ++i) {
    const int32_t *channel = work->channels + i % 2 * 3;
    const int8_t *strip = work->strip + i / 2 * shape.position;
    const int32_t sum = ossicle_fours_sum(strip, work->filters + i % 2 * 16, &shape);
    const int32_t scaled = ossicle_requantise_twice(sum + channel[0], channel[1], channel[2]);
    work->output[i / 8 * work->output_step + work->offsets[i % 8]] =
        (int8_t)ossicle_clamp(scaled + work->zero_point, minimum, maximum);
  }
}

#endif
