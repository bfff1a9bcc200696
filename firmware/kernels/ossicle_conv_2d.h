/* CONV_2D: two-dimensional convolution, grouped or not, int8. */
#ifndef OSSICLE_CONV_2D_H
#define OSSICLE_CONV_2D_H

#include "ossicle_requantise.h"
#include "ossicle_window.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches;
  ossicle_axis height, width;
  int32_t input_channels, output_channels;
  int32_t groups;        /* divides both; a filter sees input_channels / groups channels */
  int32_t input_offset;  /* minus the input's zero point */
  const int8_t *weights; /* [output channel][row][column][input channel of the group] */
  const int32_t *biases; /* one an output channel, or NULL */
  ossicle_requantisation output;
} ossicle_conv_2d_layer;

/* input: [batches][height][width][input_channels]; output likewise; they must not overlap. */
void ossicle_conv_2d(const ossicle_conv_2d_layer *layer, const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
