/* A strip of outputs of four channels under filters of 3 x 3: what the generated blocks
 * `ossicle_depthwise_3x3_...` compute. */
#ifndef OSSICLE_DEPTHWISE_3X3_H
#define OSSICLE_DEPTHWISE_3X3_H

#include "ossicle_rescale.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OSSICLE_DEPTHWISE_GROUP 4 /* channels at a time */

/* A channel's filter is three columns of four int16: rows 0, 1, 1, 2, as two pairs. Its weights and
 * its bias are doubled, which spares the doubling of every sum; the compiler has proved that no
 * doubled sum leaves 32 bits. */
#define OSSICLE_DEPTHWISE_FILTER 12

/* A channel's requantisation. */
typedef struct {
  int32_t bias;
  int32_t multiplier;  /* as in ossicle_requantisation */
  int32_t half, shift; /* as in ossicle_rescale */
} ossicle_depthwise_channel;

/* Rows are kept as pairs of int16, the upper row first, less the zero point; a column and channel
 * has `pairs` of them one below the other. A step down is one pair: two rows of output at stride 1
 * down, one at stride 2. The compiler knows the members' offsets on a core of 32 bits. */
typedef struct {
  const int16_t *columns; /* [column][channel of the group][pair][2] */
  int8_t *output;
  const int16_t *filters;                    /* of the group */
  const ossicle_depthwise_channel *channels; /* likewise */
  int32_t steps;                             /* at least one */
  int32_t width;                             /* outputs a row */
  int32_t pixel_step;                        /* from an output to the next of its row */
  int32_t row_step;                          /* to the one below */
} ossicle_depthwise_3x3;

typedef void (*ossicle_depthwise_3x3_block)(const ossicle_depthwise_3x3 *);

/* |sum * multiplier| < 2^62; the compiler has proved that no high product with `half` added leaves
 * 32 bits. */
static inline int8_t ossicle_depthwise_3x3_output(const ossicle_depthwise_channel *channel,
                                                  const int16_t *filter, const int16_t *rows,
                                                  int32_t column_step, int32_t minimum,
                                                  int32_t maximum) {
  int32_t sum = channel->bias;
  for (int32_t j = 0; j < 3; ++j, rows += column_step, filter += 4) {
    sum += filter[0] * rows[0] + filter[1] * rows[1] + filter[3] * rows[2];
  }
  const int64_t product = (int64_t)sum * channel->multiplier + (INT64_C(1) << 31);
  return ossicle_rounded((int32_t)(product >> 32), channel->half, channel->shift, minimum, maximum);
}

static inline void ossicle_depthwise_3x3_in_c(const ossicle_depthwise_3x3 *work, int32_t down,
                                              int32_t across, int32_t pairs, int32_t minimum,
                                              int32_t maximum) {
  const int32_t column_step = OSSICLE_DEPTHWISE_GROUP * pairs * 2;
  for (int32_t c = 0; c < OSSICLE_DEPTHWISE_GROUP; ++c) {
    for (int32_t x = 0; x < work->width; ++x) {
      const int16_t *rows = work->columns + x * across * column_step + c * pairs * 2;
      int8_t *output = work->output + x * work->pixel_step + c;
      for (int32_t y = 0; y < work->steps * (3 - down); ++y, rows += down) {
        *output = ossicle_depthwise_3x3_output(&work->channels[c],
                                               work->filters + c * OSSICLE_DEPTHWISE_FILTER, rows,
                                               column_step, minimum, maximum);
        output += work->row_step;
      }
    }
  }
}

#ifdef __cplusplus
}
#endif

#endif
