/* FULLY_CONNECTED for cores with Helium: four outputs at a time. */
#ifndef OSSICLE_FULLY_CONNECTED_MVE_H
#define OSSICLE_FULLY_CONNECTED_MVE_H

#include "ossicle_fully_connected.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Tables of one number an output go on to a multiple of four. */
typedef struct {
  int32_t batches;
  int32_t input_depth, output_depth;
  const int8_t *weights; /* [four outputs][16 inputs][4][16], filled up with zeros */
  const int32_t *biases; /* less the input's zero point times the weights' sum */
  ossicle_requantisation output;
  const int32_t *tails; /* as for ossicle_fully_connected */
  int32_t lift;         /* |sums| * 2^lift < 2^31; the shifts less `lift` are in [-31, -2] */
} ossicle_fully_connected_mve_layer;

/* input, output: as for ossicle_fully_connected. */
void ossicle_fully_connected_mve(const ossicle_fully_connected_mve_layer *layer,
                                 const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
