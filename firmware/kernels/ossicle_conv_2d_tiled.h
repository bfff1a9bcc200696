/* CONV_2D as a matrix product, a tile of output positions at a time: faster than ossicle_conv_2d
 * for some scratch memory, and equal to it. */
#ifndef OSSICLE_CONV_2D_TILED_H
#define OSSICLE_CONV_2D_TILED_H

#include "ossicle_block_2x2.h"
#include "ossicle_conv_2d.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  ossicle_conv_2d_layer convolution; /* groups 1; what ossicle_requantise_down asks for */
  int32_t tile;                      /* output positions gathered at once; even */
} ossicle_conv_2d_tiled_layer;

/* Scratch: `tile` patches and two filters as int16 quads, the sums, one patch as int8; `taps` is
 * the filter's height * width * input channels. */
#define OSSICLE_CONV_2D_TILED_SCRATCH_BYTES(tile, taps)                                            \
  (((tile) + 2) * OSSICLE_QUADS(taps) * 8 + (tile) * 8 + (taps))

/* input, output: as for ossicle_conv_2d; scratch: aligned to 4 bytes. */
void ossicle_conv_2d_tiled(const ossicle_conv_2d_tiled_layer *layer, const int8_t *input,
                           int8_t *output, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
