#include "ossicle_add.h"

#include "ossicle_requantise.h"

/* Headroom, so that little is lost when an operand is scaled down: |q - zero point| <= 255 < 2^8,
 * so the shifted operand stays below 2^28, and so does the sum of two scaled by at most 1/2 each.
 */
#define HEADROOM_BITS 20

static int32_t scaled(const ossicle_add_operand *operand, int8_t value) {
  return ossicle_requantise_twice(ossicle_shift_left(value + operand->offset, HEADROOM_BITS),
                                  operand->multiplier, operand->shift);
}

static int8_t sum(const ossicle_add_layer *layer, int8_t left, int8_t right) {
  const int32_t total = scaled(&layer->left, left) + scaled(&layer->right, right);
  const int32_t result =
      ossicle_requantise_twice(total, layer->multiplier, layer->shift) + layer->zero_point;
  return (int8_t)ossicle_clamp(result, layer->minimum, layer->maximum);
}

/* Steps `index` along all axes but the last. */
static int next(const int32_t *shape, int32_t *index) {
  for (int32_t axis = OSSICLE_ADD_RANK - 2; axis >= 0; --axis) {
    if (++index[axis] < shape[axis]) {
      return 1;
    }
    index[axis] = 0;
  }
  return 0;
}

static const int8_t *row_of(const ossicle_add_operand *operand, const int8_t *tensor,
                            const int32_t *index) {
  for (int32_t axis = 0; axis < OSSICLE_ADD_RANK - 1; ++axis) {
    tensor += index[axis] * operand->strides[axis];
  }
  return tensor;
}

void ossicle_add(const ossicle_add_layer *layer, const int8_t *left, const int8_t *right,
                 int8_t *output) {
  const int32_t last = OSSICLE_ADD_RANK - 1;
  int32_t index[OSSICLE_ADD_RANK] = {0};
  do {
    const int8_t *a = row_of(&layer->left, left, index);
    const int8_t *b = row_of(&layer->right, right, index);
    for (int32_t i = 0; i < layer->shape[last]; ++i) {
      *output++ = sum(layer, *a, *b);
      a += layer->left.strides[last];
      b += layer->right.strides[last];
    }
  } while (next(layer->shape, index));
}
