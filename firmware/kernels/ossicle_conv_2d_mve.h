/* CONV_2D for cores with Helium: four output positions under two filters at a time. */
#ifndef OSSICLE_CONV_2D_MVE_H
#define OSSICLE_CONV_2D_MVE_H

#include "ossicle_requantise_mve.h"
#include "ossicle_window.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What lies under the filter at one output position is a patch of filter width * height * channels
 * bytes, the bytes of a column of the filter together. Patches lie in a strip, `step` columns
 * apart, so that neighbours share columns. Filters have the order of a patch, go on with zeros to
 * a multiple of 16 bytes, and lie by twos, 16 bytes of the first and of the second in turn. */
typedef struct {
  int32_t batches;
  ossicle_axis height, width;
  int32_t input_channels, output_channels;
  int32_t zero_point;    /* the input's, of which padding consists */
  int32_t tile;          /* output columns that are computed together */
  int32_t rows;          /* output rows until the strip is gathered anew */
  int32_t step;          /* the stride, where neighbours share columns; else the filter's width */
  const int8_t *weights; /* [pair of filters][16 bytes of a patch][2][16] */
  ossicle_requantisation_mve output;
} ossicle_conv_2d_mve_layer;

/* input, output: as for ossicle_conv_2d. Scratch, aligned to 4 bytes: four sums for each position
 * of a tile, rounded up to a multiple of four positions; as many patches; the bytes by which the
 * strip moves, from row to row by the stride's rows of a column, in `rows` rows; and 15 bytes that
 * are read but do not matter. `rows` is 1 unless the tile is the whole row, the stride's rows are
 * fewer than the filter's, and these not dilated. */
void ossicle_conv_2d_mve(const ossicle_conv_2d_mve_layer *layer, const int8_t *input,
                         int8_t *output, void *scratch);

/* The same where the strip is the input: filters of one tap, strides of 1, input channels a
 * multiple of 16. Batches and height are 1, the width counts all positions; the tile is a multiple
 * of four, and no more than these. Scratch: four sums for each position of a tile. */
void ossicle_conv_2d_pointwise_mve(const ossicle_conv_2d_mve_layer *layer, const int8_t *input,
                                   int8_t *output, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
