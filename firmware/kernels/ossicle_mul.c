#include "ossicle_mul.h"

#include "ossicle_requantise.h"

/* |q - zero point| <= 255, so the product stays below 2^16. */
static int8_t product(const ossicle_mul_layer *layer, int8_t left, int8_t right) {
  const int32_t total = (left + layer->left_offset) * (right + layer->right_offset);
  const int32_t result =
      ossicle_requantise_twice(total, layer->multiplier, layer->shift) + layer->zero_point;
  return (int8_t)ossicle_clamp(result, layer->minimum, layer->maximum);
}

void ossicle_mul(const ossicle_mul_layer *layer, const int8_t *left, const int8_t *right,
                 int8_t *output) {
  int32_t index[OSSICLE_BROADCAST_RANK] = {0};
  do {
    const int8_t *a = ossicle_row_of(layer->walk.left, left, index);
    const int8_t *b = ossicle_row_of(layer->walk.right, right, index);
    for (int32_t i = 0; i < layer->walk.shape[OSSICLE_BROADCAST_LAST]; ++i) {
      *output++ = product(layer, *a, *b);
      a += layer->walk.left[OSSICLE_BROADCAST_LAST];
      b += layer->walk.right[OSSICLE_BROADCAST_LAST];
    }
  } while (ossicle_next_row(&layer->walk, index));
}
