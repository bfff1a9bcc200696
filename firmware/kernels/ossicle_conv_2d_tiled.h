/* CONV_2D as a matrix product, a tile of output positions at a time: equal to ossicle_conv_2d,
 * faster, for some scratch memory. */
#ifndef OSSICLE_CONV_2D_TILED_H
#define OSSICLE_CONV_2D_TILED_H

#include "ossicle_pairs.h"
#include "ossicle_window.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Filters come by twos, interleaved by quads; the last of an odd number has a partner of zeros. */
typedef struct {
  int32_t batches;
  ossicle_axis height, width;
  int32_t input_channels, output_channels;
  int32_t input_offset;        /* minus the input's zero point */
  const int8_t *filters;       /* as bytes, or NULL; then */
  const int16_t *wide_filters; /* as they are multiplied */
  const int32_t *channels;     /* ossicle_channels, as many as pairs of filters */
  int32_t tile;                /* output positions gathered at once; even */
  ossicle_pairs_block block;
} ossicle_conv_2d_tiled_layer;

/* input: [batches][height][width][input_channels]; output likewise; they must not overlap;
 * scratch: aligned to 4 bytes: `tile` patches as int16 quads; a pair of filters, if they are given
 * as bytes; one patch as bytes, if the input channels are no multiple of four. */
void ossicle_conv_2d_tiled(const ossicle_conv_2d_tiled_layer *layer, const int8_t *input,
                           int8_t *output, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
