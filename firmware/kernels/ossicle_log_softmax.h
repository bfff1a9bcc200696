/* LOG_SOFTMAX over the last axis, int8 in, int8 out with scale 1/16 and zero point 127. */
#ifndef OSSICLE_LOG_SOFTMAX_H
#define OSSICLE_LOG_SOFTMAX_H

#include "ossicle_softmax.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  ossicle_softmax_layer softmax;
  int32_t inverse_multiplier, inverse_shift; /* 1 / (input scale * 2^26); shift in [-31, 0] */
} ossicle_log_softmax_layer;

/* input and output: [rows][depth]; they must not overlap. */
void ossicle_log_softmax(const ossicle_log_softmax_layer *layer, const int8_t *input,
                         int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
