/* DEPTHWISE_CONV_2D for cores with Helium: a patch of one channel is a vector, or a few; four
 * positions of a line at a time. */
#ifndef OSSICLE_DEPTHWISE_CONV_2D_MVE_H
#define OSSICLE_DEPTHWISE_CONV_2D_MVE_H

#include "ossicle_strip_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Filters have the order of a patch and go on with zeros to a multiple of 16 bytes. Where a vector
 * holds two neighbours' patches, each filter is there a second time, as the second one wants it. */
typedef struct {
  int32_t batches;
  int32_t input_bytes, output_bytes; /* of an image */
  int32_t output_line, output_step; /* bytes from a line to the next, from a position to the next */
  ossicle_strip_mve strip;
  int32_t channels, depth_multiplier;
  int32_t slice;          /* input channels that have their strips at a time; a multiple of four */
  int32_t vectors;        /* of 16 bytes in a patch */
  int32_t holds_two;      /* whether a vector holds two patches */
  int32_t strip_bytes;    /* of one channel */
  const int8_t *weights;  /* [output channel][vector][16], or [output channel][2][16] */
  const int32_t *rescale; /* [output channel][3], see ossicle_requantise_mve.h */
  int32_t zero_point, minimum, maximum;
} ossicle_depthwise_conv_2d_mve_layer;

/* input, output: as for ossicle_depthwise_conv_2d. Scratch: the strips of a slice. Each is that of
 * a tile, of a multiple of four positions; the pixels by which it moves; and 15 bytes that are read
 * but do not matter. */
void ossicle_depthwise_conv_2d_mve(const ossicle_depthwise_conv_2d_mve_layer *layer,
                                   const int8_t *input, int8_t *output, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
