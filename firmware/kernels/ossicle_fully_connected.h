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

/* input: [batches][input_depth]; output: [batches][output_depth]; they must not overlap.
 * Unlike the convolutions this rounds as a double-precision product would: see docs/arithmetic.md.
 */
void ossicle_fully_connected(const ossicle_fully_connected_layer *layer, const int8_t *input,
                             int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
