/* Positions of a row under two filters: what the generated blocks `ossicle_rows_...` compute.
 *
 * A plane is a row of words, two int16 each: two channels (or two rows) of the image at one column.
 * A position's sum is that of all planes, in each of which `taps` neighbouring words lie under a
 * row of the window. */
#ifndef OSSICLE_ROWS_H
#define OSSICLE_ROWS_H

#include "ossicle_rescale.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The compiler knows the members' offsets on a core of 32 bits. */
typedef struct {
  const int16_t *planes;  /* the first plane's word under the first tap of the first position */
  const int16_t *filters; /* [plane][tap][filter][2] */
  const int16_t *filters_end;
  int8_t *output;            /* of the first position under the first filter */
  const int16_t *threes_end; /* `planes` at the first position that is not one of three */
  const int16_t *twos_end;   /* `planes` behind the last position; those between go by twos */
  int32_t position_step;     /* from a position's output to the next one's */
  int32_t filter_step;       /* 1; 0: the second filter's outputs are dropped */
  int32_t biases[2];
  ossicle_rescale rescale[2];
} ossicle_rows;

typedef void (*ossicle_rows_block)(const ossicle_rows *);

/* One position under one filter; the sum does not leave 32 bits whatever the order. */
static inline int32_t ossicle_rows_sum(const ossicle_rows *work, const int16_t *words,
                                       int32_t filter, int32_t taps, int32_t plane_words) {
  int32_t sum = work->biases[filter];
  for (const int16_t *weights = work->filters; weights != work->filters_end;
       weights += 4 * taps, words += 2 * plane_words) {
    for (int32_t tap = 0; tap < taps; ++tap) {
      const int16_t *const pair = weights + 4 * tap + 2 * filter;
      sum += words[2 * tap] * pair[0] + words[2 * tap + 1] * pair[1];
    }
  }
  return sum;
}

static inline void ossicle_rows_in_c(const ossicle_rows *work, int32_t taps, int32_t plane_words,
                                     int32_t minimum, int32_t maximum) {
  int8_t *output = work->output;
  for (const int16_t *words = work->planes; words != work->twos_end; words += 2) {
    for (int32_t filter = 1; filter >= 0; --filter) {
      const int32_t sum = ossicle_rows_sum(work, words, filter, taps, plane_words);
      output[filter * work->filter_step] =
          ossicle_rescaled(&work->rescale[filter], sum, minimum, maximum);
    }
    output += work->position_step;
  }
}

#ifdef __cplusplus
}
#endif

#endif
