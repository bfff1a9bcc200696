/* DEPTHWISE_CONV_2D for cores with Helium: a patch of one channel is a vector, or a few. */
#ifndef OSSICLE_DEPTHWISE_CONV_2D_MVE_H
#define OSSICLE_DEPTHWISE_CONV_2D_MVE_H

#include "ossicle_requantise_mve.h"
#include "ossicle_strip_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Filters have the order of a patch and go on with zeros to a multiple of 16 bytes. */
typedef struct {
  int32_t batches;
  ossicle_strip_mve strip;
  int32_t depth_multiplier;
  int32_t slice;         /* input channels that have their strips at a time; a multiple of four */
  int32_t vectors;       /* of 16 bytes in a patch */
  int32_t strip_bytes;   /* of one channel */
  const int8_t *weights; /* [output channel, up to a multiple of four][vector][16] */
  ossicle_requantisation_mve output;
} ossicle_depthwise_conv_2d_mve_layer;

/* input, output: as for ossicle_depthwise_conv_2d. Scratch, aligned to 4 bytes: four sums for each
 * position of a tile, and the strips of a slice: the patches of a tile, the pixels by which the
 * strip moves, and 15 bytes that are read but do not matter. */
void ossicle_depthwise_conv_2d_mve(const ossicle_depthwise_conv_2d_mve_layer *layer,
                                   const int8_t *input, int8_t *output, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
