#include "ossicle_mul.h"

#include "ossicle_requantise.h"

/* |q - zero point| <= 255, so the product stays below 2^16. */
static int8_t product(const void *layer, int8_t left, int8_t right) {
  const ossicle_mul_layer *own = layer;
  const int32_t total = (left + own->left_offset) * (right + own->right_offset);
  const int32_t result =
      ossicle_requantise_twice(total, own->multiplier, own->shift) + own->zero_point;
  return (int8_t)ossicle_clamp(result, own->minimum, own->maximum);
}

void ossicle_mul(const ossicle_mul_layer *layer, const int8_t *left, const int8_t *right,
                 int8_t *output) {
  ossicle_for_each_pair(&layer->walk, product, layer, left, right, output);
}
