/* DEPTHWISE_CONV_2D: each input channel under its own filters, int8. */
#ifndef OSSICLE_DEPTHWISE_CONV_2D_H
#define OSSICLE_DEPTHWISE_CONV_2D_H

#include "ossicle_requantise.h"
#include "ossicle_window.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches;
  ossicle_axis height, width;
  int32_t input_channels;
  int32_t depth_multiplier; /* output channels an input channel */
  int32_t input_offset;     /* minus the input's zero point */
  const int8_t *weights;    /* [row][column][output channel] */
  const int32_t *biases;    /* one an output channel, or NULL */
  ossicle_requantisation output;
} ossicle_depthwise_conv_2d_layer;

/* input: [batches][height][width][input_channels];
 * output: [batches][height][width][input_channels * depth_multiplier]; they must not overlap. */
void ossicle_depthwise_conv_2d(const ossicle_depthwise_conv_2d_layer *layer, const int8_t *input,
                               int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
