#include "ossicle_mul_16.h"

#include "ossicle_requantise.h"

/* The product of two int16 is at most 2^30. */
static int16_t product(const void *layer, int16_t left, int16_t right) {
  const ossicle_mul_16_layer *own = layer;
  const int32_t result = ossicle_requantise_twice(left * right, own->multiplier, own->shift);
  return (int16_t)ossicle_clamp(result, own->minimum, own->maximum);
}

void ossicle_mul_16(const ossicle_mul_16_layer *layer, const void *left, const void *right,
                    void *output) {
  ossicle_for_each_pair_16(&layer->walk, product, layer, left, right, output);
}
