/* TRANSPOSE_CONV: each input element lays a filter over the output, int8. */
#ifndef OSSICLE_TRANSPOSE_CONV_H
#define OSSICLE_TRANSPOSE_CONV_H

#include "ossicle_requantise.h"
#include "ossicle_window.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches;
  ossicle_axis height, width; /* dilation 1; padding: elements cut off before the output */
  int32_t input_channels, output_channels;
  int32_t input_offset;  /* minus the input's zero point */
  const int8_t *weights; /* [output channel][row][column][input channel] */
  const int32_t *biases; /* one an output channel, or NULL */
  ossicle_requantisation output;
} ossicle_transpose_conv_layer;

/* input: [batches][height][width][input_channels]; output likewise; they must not overlap. */
void ossicle_transpose_conv(const ossicle_transpose_conv_layer *layer, const int8_t *input,
                            int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
