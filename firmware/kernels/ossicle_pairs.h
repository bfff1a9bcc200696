/* Positions by twos under two filters: what the generated blocks `ossicle_pairs_...` compute. */
#ifndef OSSICLE_PAIRS_H
#define OSSICLE_PAIRS_H

#include "ossicle_quads.h"
#include "ossicle_rescale.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The compiler knows the members' offsets on a core of 32 bits. */
typedef struct {
  const int16_t *patches; /* pairs of positions, one after the other (ossicle_quads.h) */
  const int16_t *filters; /* one pair */
  int8_t *output;         /* of the first position under the first filter */
  int32_t count;          /* pairs of positions, at least one */
  int32_t position_step;  /* from a position's output to the next one's; 0: the second is dropped */
  int32_t filter_step;    /* 1; 0: the second filter's outputs are dropped */
  int32_t biases[2];
  ossicle_rescale rescale[2];
  int32_t quads; /* of a row */
} ossicle_pairs;

typedef void (*ossicle_pairs_block)(const ossicle_pairs *);

/* One position (0 or 1 of the pair) under one filter. The sum does not leave 32 bits whatever the
 * order (see weighted.py's bound). */
static inline int32_t ossicle_pairs_sum(const int16_t *patch, const int16_t *filter, int32_t quads,
                                        int32_t sum) {
  for (int32_t i = 0; i < 2 * quads; ++i, patch += 4, filter += 4) {
    sum += patch[0] * filter[0] + patch[1] * filter[1];
  }
  return sum;
}

static inline void ossicle_pairs_in_c(const ossicle_pairs *work, int32_t minimum, int32_t maximum) {
  const int16_t *pair = work->patches;
  int8_t *output = work->output;
  for (int32_t i = 0; i < work->count; ++i, pair += OSSICLE_PAIR_LENGTH(work->quads)) {
    for (int32_t corner = 3; corner >= 0; --corner) {
      const int32_t position = corner % 2;
      const int32_t filter = corner / 2;
      const int32_t sum = ossicle_pairs_sum(pair + 2 * position, work->filters + 2 * filter,
                                            work->quads, work->biases[filter]);
      output[position * work->position_step + filter * work->filter_step] =
          ossicle_rescaled(&work->rescale[filter], sum, minimum, maximum);
    }
    output += 2 * work->position_step;
  }
}

#ifdef __cplusplus
}
#endif

#endif
