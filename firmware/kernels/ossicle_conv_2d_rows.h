/* CONV_2D a row of outputs at a time, for windows that move by one column: equal to
 * ossicle_conv_2d, faster, for some scratch memory. The image is widened once a row, not once a
 * position. */
#ifndef OSSICLE_CONV_2D_ROWS_H
#define OSSICLE_CONV_2D_ROWS_H

#include "ossicle_quads.h"
#include "ossicle_rows.h"
#include "ossicle_window.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A row of the image becomes planes of channels by twos: of four channels, the first and the third,
 * then the second and the fourth; what is left of them in turn, with zeros for a partner that is
 * not there. With one channel only, it becomes one plane, of that row and the next. */
typedef struct {
  int32_t batches;
  ossicle_axis height, width; /* width: stride and dilation 1, two positions or more; */
                              /* height: dilation 1 */
  int32_t input_channels, output_channels;
  int32_t input_offset;        /* minus the input's zero point */
  const int8_t *filters;       /* by twos, [row][plane][tap], interleaved by quads; or NULL; then */
  const int16_t *wide_filters; /* as they are multiplied */
  const int32_t *biases;       /* as many as filters */
  ossicle_requantisation output; /* within what ossicle_rescale.h asks for */
  int32_t row_planes;            /* planes of a row of the image */
  int32_t window_planes;         /* planes of the window */
  int32_t rows;                  /* rows of outputs for which filters are widened once */
  ossicle_rows_block block;
} ossicle_conv_2d_rows_layer;

/* input: [batches][height][width][input_channels]; output likewise; they must not overlap;
 * scratch: aligned to 4 bytes: the planes of all rows of the image under `rows` rows of outputs
 * (one more with one channel and an odd height), and a pair of filters, if they are given as bytes.
 */
void ossicle_conv_2d_rows(const ossicle_conv_2d_rows_layer *layer, const int8_t *input,
                          int8_t *output, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
