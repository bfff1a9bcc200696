#include "ossicle_leaky_relu_16.h"

#include "ossicle_requantise.h"

/* A value is at most 2^15 and a shift at most 15, so 2^30 is not left. */
void ossicle_leaky_relu_16(const ossicle_leaky_relu_16_layer *layer, const void *input,
                           void *output) {
  const int16_t *from = input;
  int16_t *to = output;
  for (int32_t i = 0; i < layer->count; ++i) {
    const ossicle_leaky_relu_16_factor *factor = from[i] < 0 ? &layer->below : &layer->above;
    const int32_t result = ossicle_requantise_twice(from[i], factor->multiplier, factor->shift);
    to[i] = (int16_t)ossicle_clamp(result, layer->minimum, layer->maximum);
  }
}
