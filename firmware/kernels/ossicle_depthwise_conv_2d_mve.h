/* DEPTHWISE_CONV_2D for cores with Helium: sixteen channels at a time. */
#ifndef OSSICLE_DEPTHWISE_CONV_2D_MVE_H
#define OSSICLE_DEPTHWISE_CONV_2D_MVE_H

#include "ossicle_requantise_mve.h"
#include "ossicle_window.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A slice is sixteen channels, the last one filled with zeros. The tables of `output` have sixteen
 * numbers a slice: of its channels 0, 4, 8, 12, then 1, 5, 9, 13, and so on. No weight is -128: two
 * products make an int16. */
typedef struct {
  int32_t batches;
  ossicle_axis height, width;
  int32_t channels;
  int32_t zero_point;    /* the input's, of which padding consists */
  const int8_t *weights; /* [slice][row][column][16] */
  ossicle_requantisation_mve output;
} ossicle_depthwise_conv_2d_mve_layer;

/* For depth multiplier 1. input, output: as for ossicle_depthwise_conv_2d. Scratch: the rows of one
 * slice that lie under the filter, 16 bytes for each column that lies under it somewhere. */
void ossicle_depthwise_conv_2d_mve(const ossicle_depthwise_conv_2d_mve_layer *layer,
                                   const int8_t *input, int8_t *output, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
