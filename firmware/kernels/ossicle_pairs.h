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
  const ossicle_channels *channels; /* of the two filters */
  int32_t quads;                    /* of a row */
} ossicle_pairs;

typedef void (*ossicle_pairs_block)(const ossicle_pairs *);

/* Sums by position and filter. */
typedef struct {
  int32_t of[2][2];
} ossicle_pairs_sums;

/* Two positions under two filters, all four at once, so that an element that is loaded serves
 * twice. The sums do not leave 32 bits whatever the order (see weighted.py's bound). */
static inline ossicle_pairs_sums ossicle_pairs_sum(const ossicle_pairs *work, const int16_t *pair) {
  const int16_t *filters = work->filters;
  const int16_t *const end = filters + OSSICLE_PAIR_LENGTH(work->quads);
  int32_t first = work->channels->biases[0], second = work->channels->biases[1];
  int32_t lower_first = first, lower_second = second;
  for (; filters != end; pair += 4, filters += 4) {
    first += pair[0] * filters[0];
    second += pair[0] * filters[2];
    lower_first += pair[2] * filters[0];
    lower_second += pair[2] * filters[2];
    first += pair[1] * filters[1];
    second += pair[1] * filters[3];
    lower_first += pair[3] * filters[1];
    lower_second += pair[3] * filters[3];
  }
  const ossicle_pairs_sums sums = {{{first, second}, {lower_first, lower_second}}};
  return sums;
}

static inline void ossicle_pairs_in_c(const ossicle_pairs *work, int32_t minimum, int32_t maximum) {
  const int16_t *pair = work->patches;
  int8_t *output = work->output;
  for (int32_t i = 0; i < work->count; ++i, pair += OSSICLE_PAIR_LENGTH(work->quads)) {
    const ossicle_pairs_sums sums = ossicle_pairs_sum(work, pair);
    for (int32_t corner = 3; corner >= 0; --corner) {
      const int32_t position = corner % 2;
      const int32_t filter = corner / 2;
      output[position * work->position_step + filter * work->filter_step] = ossicle_rescaled(
          &work->channels->rescale[filter], sums.of[position][filter], minimum, maximum);
    }
    output += 2 * work->position_step;
  }
}

#ifdef __cplusplus
}
#endif

#endif
