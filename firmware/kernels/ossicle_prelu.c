#include "ossicle_prelu.h"

#include "ossicle_requantise.h"

/* |q - zero point| <= 255, so the product stays below 2^16. */
static int8_t bent(const void *layer, int8_t input, int8_t slope) {
  const ossicle_prelu_layer *own = layer;
  const int32_t offset = input + own->input_offset;
  const int32_t result = offset >= 0
                             ? ossicle_requantise_twice(offset, own->multiplier, own->shift)
                             : ossicle_requantise_twice(offset * (slope + own->slope_offset),
                                                        own->slope_multiplier, own->slope_shift);
  return (int8_t)ossicle_clamp(result + own->zero_point, INT8_MIN, INT8_MAX);
}

void ossicle_prelu(const ossicle_prelu_layer *layer, const int8_t *input, const int8_t *slopes,
                   int8_t *output) {
  ossicle_for_each_pair(&layer->walk, bent, layer, input, slopes, output);
}
