/* CONV_2D for cores with Helium: four output positions under two filters at a time. */
#ifndef OSSICLE_CONV_2D_MVE_H
#define OSSICLE_CONV_2D_MVE_H

#include "ossicle_requantise_mve.h"
#include "ossicle_strip_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Filters have the order of a patch, go on with zeros to a multiple of 16 bytes, and lie by twos,
 * 16 bytes of the first and of the second in turn. */
typedef struct {
  int32_t batches;
  ossicle_strip_mve strip;
  int32_t output_channels;
  int32_t vectors;       /* of 16 bytes in a patch */
  const int8_t *weights; /* [pair of filters][vector][2][16] */
  ossicle_requantisation_mve output;
} ossicle_conv_2d_mve_layer;

/* input, output: as for ossicle_conv_2d. Scratch, aligned to 4 bytes: four sums for each position
 * of a tile, rounded up to a multiple of four positions; the strip of as many patches; the pixels
 * by which it moves; and 15 bytes that are read but do not matter. */
void ossicle_conv_2d_mve(const ossicle_conv_2d_mve_layer *layer, const int8_t *input,
                         int8_t *output, void *scratch);

/* The same where the strip is the input: filters of one tap, strides of 1, input channels a
 * multiple of 16. Batches and height are 1, the width counts all positions; the tile is a multiple
 * of four, and no more than there are. Scratch: four sums for each position of a tile. */
void ossicle_conv_2d_pointwise_mve(const ossicle_conv_2d_mve_layer *layer, const int8_t *input,
                                   int8_t *output, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
