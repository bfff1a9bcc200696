/* LEAKY_RELU, RELU and RELU6 of int16: each side of zero has its factor. */
#ifndef OSSICLE_LEAKY_RELU_16_H
#define OSSICLE_LEAKY_RELU_16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t multiplier, shift;
} ossicle_leaky_relu_16_factor;

typedef struct {
  int32_t count;
  ossicle_leaky_relu_16_factor above, below; /* of values from zero up, and below it */
  int32_t minimum, maximum;
} ossicle_leaky_relu_16_layer;

/* Both of int16. output may be the input's memory. */
void ossicle_leaky_relu_16(const ossicle_leaky_relu_16_layer *layer, const void *input,
                           void *output);

#ifdef __cplusplus
}
#endif

#endif
