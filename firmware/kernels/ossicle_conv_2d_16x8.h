/* CONV_2D and DEPTHWISE_CONV_2D of int16 with int8 weights; zero points are 0. */
#ifndef OSSICLE_CONV_2D_16X8_H
#define OSSICLE_CONV_2D_16X8_H

#include "ossicle_window.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches;
  ossicle_axis height, width;
  int32_t input_channels, output_channels;
  int32_t groups;             /* divides both; as many as input channels in a depthwise one */
  const int8_t *weights;      /* [output channel][row][column][input channel of the group] */
  const int64_t *biases;      /* one an output channel, or NULL */
  const int16_t *multipliers; /* one for the whole tensor or one a channel */
  const int8_t *shifts;       /* as many; in [-31, 7] */
  int32_t channel_step;       /* 1: one a channel; 0: one for the whole tensor */
  int32_t minimum, maximum;   /* the fused activation's range */
} ossicle_conv_2d_16x8_layer;

/* input: int16, [batches][height][width][input_channels]; output likewise; they must not overlap.
 */
void ossicle_conv_2d_16x8(const ossicle_conv_2d_16x8_layer *layer, const void *input, void *output);

#ifdef __cplusplus
}
#endif

#endif
