/* LOGISTIC and TANH of int16: by a table of the sigmoid and straight lines between its points. */
#ifndef OSSICLE_SIGMOID_16_H
#define OSSICLE_SIGMOID_16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OSSICLE_SIGMOID_16_POINTS 256

typedef struct {
  int32_t count;
  int32_t multiplier, shift; /* input scale * 3 * 2^12; multiplier below 2^15, shift in [0, 31] */
  const int16_t *table;      /* the sigmoid at i / 24, in 2^-16, less 2^15 */
} ossicle_sigmoid_16_layer;

/* Both of int16; output is in 2^-15. output may be the input's memory. */
void ossicle_logistic_16(const ossicle_sigmoid_16_layer *layer, const void *input, void *output);
void ossicle_tanh_16(const ossicle_sigmoid_16_layer *layer, const void *input, void *output);

#ifdef __cplusplus
}
#endif

#endif
