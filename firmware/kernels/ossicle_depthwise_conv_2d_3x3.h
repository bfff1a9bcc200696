/* DEPTHWISE_CONV_2D with filters of 3 x 3, four channels at a time, rows by pairs: faster than
 * ossicle_depthwise_conv_2d for some scratch memory, and equal to it. */
#ifndef OSSICLE_DEPTHWISE_CONV_2D_3X3_H
#define OSSICLE_DEPTHWISE_CONV_2D_3X3_H

#include "ossicle_depthwise_3x3.h"
#include "ossicle_window.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OSSICLE_DEPTHWISE_MOST_PAIRS 8

typedef struct {
  int32_t batches;
  /* Three taps, dilation 1, stride 1 or 2, the same along both; or one row, with stride 2 down. */
  ossicle_axis height, width;
  int32_t channels;            /* at least four; of the input and of the output */
  int32_t input_offset;        /* minus the input's zero point */
  const int8_t *filters;       /* [channel][column][row], or NULL; then */
  const int16_t *wide_filters; /* as they are multiplied */
  const int32_t *requantise;   /* ossicle_depthwise_channel, one a channel */
  int32_t pairs;               /* of rows in scratch memory: at least two */
  int32_t columns;             /* of scratch memory: all that the outputs of a row need */
  ossicle_depthwise_3x3_block block;
} ossicle_depthwise_conv_2d_3x3_layer;

/* input, output: as for ossicle_depthwise_conv_2d; scratch: 16 * columns * pairs bytes, aligned to
 * 4. */
void ossicle_depthwise_conv_2d_3x3(const ossicle_depthwise_conv_2d_3x3_layer *layer,
                                   const int8_t *input, int8_t *output, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
