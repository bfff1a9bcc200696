/* CONV_2D by Toom-Cook convolution, for windows that move by one element along one of the axes:
 * equal to ossicle_conv_2d with fewer products, for larger filters in flash and scratch memory. */
#ifndef OSSICLE_CONV_2D_TOOM_H
#define OSSICLE_CONV_2D_TOOM_H

#include "ossicle_sums.h"
#include "ossicle_toom.h"
#include "ossicle_window.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A line of the image lies along the axis in which blocks of outputs are computed together; it may
 * be a row or a column. A unit is a line's elements under a block as one section of the filter has
 * them at one point: all channels, by quads, of two blocks interleaved. */
typedef struct {
  int32_t batches;
  ossicle_axis along, across;      /* along: stride and dilation 1; across: dilation 1 */
  int32_t input_step, output_step; /* along: from one element's channels to the next one's */
  int32_t input_line, output_line; /* across: from a line to the next */
  int32_t input_channels, output_channels;
  int32_t input_offset;          /* minus the input's zero point */
  const int16_t *filters;        /* [pair][point][line][section][quad][8] */
  const int32_t *biases;         /* as many as filters */
  ossicle_requantisation output; /* within what ossicle_rescale.h asks for */
  int32_t outputs;               /* of a block */
  int32_t points;
  const int8_t *sections; /* by point, how many have it */
  int32_t lines;          /* of outputs, for which the image is transformed once */
  ossicle_toom_split_block split;
  ossicle_sums_block sums;
  ossicle_toom_join_block join;
} ossicle_conv_2d_toom_layer;

/* input: [batches][height][width][input_channels]; output likewise; they must not overlap;
 * scratch: aligned to 4 bytes: the units of all lines of the image under `lines` lines of outputs;
 * for each of the latter four sums a point; and the channels of one element, rounded up to four. */
void ossicle_conv_2d_toom(const ossicle_conv_2d_toom_layer *layer, const int8_t *input,
                          int8_t *output, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
