/* SOFTMAX over the last axis, int8 in, int8 out with scale 1/256 and zero point -128. */
#ifndef OSSICLE_SOFTMAX_H
#define OSSICLE_SOFTMAX_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t rows, depth;
  int32_t multiplier, shift;   /* beta * input scale * 2^26; shift in [0, 30] */
  int32_t smallest_difference; /* below the row's maximum by more than this counts as nothing */
} ossicle_softmax_layer;

/* input and output: [rows][depth]; they must not overlap. */
void ossicle_softmax(const ossicle_softmax_layer *layer, const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
