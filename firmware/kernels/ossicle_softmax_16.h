/* SOFTMAX of int16 over the last axis: by tables of the exponential and of the reciprocal. */
#ifndef OSSICLE_SOFTMAX_16_H
#define OSSICLE_SOFTMAX_16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t rows, depth;       /* depth at most 2^15 */
  int32_t multiplier, shift; /* beta * input scale * 65535 / 10; shift at most 14 */
  /* Both 513 points in 2^-15, between which there are straight lines. */
  const int16_t *exponentials; /* of -10 to 0 */
  const int16_t *reciprocals;  /* of 1 to 2 */
} ossicle_softmax_16_layer;

/* input and output: int16, [rows][depth], output in 2^-15. output may be the input's memory. */
void ossicle_softmax_16(const ossicle_softmax_16_layer *layer, const void *input, void *output);

#ifdef __cplusplus
}
#endif

#endif
