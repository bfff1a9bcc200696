/* FULLY_CONNECTED: a matrix times vectors, int8. */
#ifndef OSSICLE_FULLY_CONNECTED_H
#define OSSICLE_FULLY_CONNECTED_H

#include "ossicle_requantise.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches;
  int32_t input_depth, output_depth;
  int32_t input_offset;  /* minus the input's zero point */
  const int8_t *weights; /* [output][input] */
  const int32_t *biases; /* one an output, or NULL */
  ossicle_requantisation output;
  const int32_t *tails; /* the low 22 bits of each factor, its multiplier being the high 31 */
} ossicle_fully_connected_layer;

/* The output of one accumulator of `channel`. Unlike the convolutions this rounds as a
 * double-precision product would: see docs/arithmetic.md. */
static inline int32_t ossicle_fully_connected_rounded(const ossicle_fully_connected_layer *layer,
                                                      int32_t value, int32_t channel) {
  const ossicle_requantisation *to = &layer->output;
  const int32_t index = channel * to->channel_step;
  const int32_t scaled = ossicle_requantise_in_double(value, to->multipliers[index],
                                                      layer->tails[index], to->shifts[index]);
  return ossicle_clamp(scaled + to->zero_point, to->minimum, to->maximum);
}

static inline int8_t ossicle_fully_connected_output(const ossicle_fully_connected_layer *layer,
                                                    int32_t value, int32_t channel) {
  return (int8_t)ossicle_fully_connected_rounded(layer, value, channel);
}

/* input: [batches][input_depth]; output: [batches][output_depth]; they must not overlap. */
void ossicle_fully_connected(const ossicle_fully_connected_layer *layer, const int8_t *input,
                             int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
