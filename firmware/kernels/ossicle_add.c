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

/* Steps `index` to the next position in row-major order and gives the operand's element there. */
static int32_t position(const ossicle_add_operand *operand, const int32_t *index) {
  int32_t offset = 0;
  for (int32_t axis = 0; axis < OSSICLE_ADD_RANK; ++axis) {
    offset += index[axis] * operand->strides[axis];
  }
  return offset;
}

static int next(const int32_t *shape, int32_t *index) {
  for (int32_t axis = OSSICLE_ADD_RANK - 1; axis >= 0; --axis) {
    if (++index[axis] < shape[axis]) {
      return 1;
    }
    index[axis] = 0;
  }
  return 0;
}

void ossicle_add(const ossicle_add_layer *layer, const int8_t *left, const int8_t *right,
                 int8_t *output) {
  int32_t index[OSSICLE_ADD_RANK] = {0};
  do {
    *output++ =
        sum(layer, left[position(&layer->left, index)], right[position(&layer->right, index)]);
  } while (next(layer->shape, index));
}
