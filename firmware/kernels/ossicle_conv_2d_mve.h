/* CONV_2D for cores with Helium: a generated block multiplies four positions of a line under two
 * filters at a time. */
#ifndef OSSICLE_CONV_2D_MVE_H
#define OSSICLE_CONV_2D_MVE_H

#include "ossicle_fours.h"
#include "ossicle_strip_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* By twos, the last one twice where their number is odd. */
typedef struct {
  int32_t channels;       /* of the output */
  int32_t bytes;          /* of two filters */
  const int8_t *weights;  /* [pair of filters], see ossicle_fours */
  const int32_t *rescale; /* [channel][3], see ossicle_requantise_mve.h */
  int32_t zero_point;     /* of the output */
  int32_t output_step;    /* bytes from a position of a line to the next; three times it and one
                             are below 2^16 */
  void (*block)(const ossicle_fours *work);
} ossicle_filters_mve;

/* A strip is gathered in slices of a pixel's bytes. */
typedef struct {
  int32_t batches;
  int32_t input_bytes, output_bytes; /* of an image */
  int32_t output_line;               /* bytes from a line to the next */
  ossicle_strip_mve strip;
  ossicle_pixel_mve pixel;
  int32_t slices;
  int32_t slice_bytes; /* from a slice's strip to the next one's */
  ossicle_filters_mve filters;
} ossicle_conv_2d_mve_layer;

/* input, output: as for ossicle_conv_2d. Scratch, aligned to 16 bytes: the strip of a tile, of a
 * multiple of four positions; the pixels by which it moves; and what the last vector reads beyond.
 */
void ossicle_conv_2d_mve(const ossicle_conv_2d_mve_layer *layer, const int8_t *input,
                         int8_t *output, void *scratch);

/* Filters of one tap where the strip is the input: channels are a multiple of 16. */
typedef struct {
  int32_t lines, positions;        /* of the output; four positions or more */
  int32_t input_line, output_line; /* bytes from a line's first pixel to the next one's */
  int32_t input_step;              /* bytes from a position's pixel to the next one's */
  ossicle_filters_mve filters;
} ossicle_conv_2d_pointwise_mve_layer;

void ossicle_conv_2d_pointwise_mve(const ossicle_conv_2d_pointwise_mve_layer *layer,
                                   const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
