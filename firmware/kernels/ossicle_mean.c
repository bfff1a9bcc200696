#include "ossicle_mean.h"

#include "ossicle_requantise.h"

/* Steps `index` to the next position in row-major order; *offset follows in the input. */
static int next(const ossicle_mean_axes *axes, int32_t *index, int32_t *offset) {
  for (int32_t axis = OSSICLE_MEAN_RANK - 1; axis >= 0; --axis) {
    *offset += axes->strides[axis];
    if (++index[axis] < axes->lengths[axis]) {
      return 1;
    }
    *offset -= index[axis] * axes->strides[axis];
    index[axis] = 0;
  }
  return 0;
}

/* |sum| <= 128 * count; the compiler has refused counts of 2^23 or more. */
static int32_t sum_over(const ossicle_mean_axes *axes, const int8_t *input) {
  int32_t index[OSSICLE_MEAN_RANK] = {0};
  int32_t offset = 0;
  int32_t sum = 0;
  do {
    sum += input[offset];
  } while (next(axes, index, &offset));
  return sum;
}

void ossicle_mean(const ossicle_mean_layer *layer, const int8_t *input, int8_t *output) {
  int32_t index[OSSICLE_MEAN_RANK] = {0};
  int32_t offset = 0;
  do {
    const int32_t sum = sum_over(&layer->reduced, input + offset) + layer->input_offset;
    const int32_t mean = ossicle_requantise_twice(sum, layer->multiplier, layer->shift);
    *output++ = (int8_t)ossicle_clamp(mean + layer->zero_point, INT8_MIN, INT8_MAX);
  } while (next(&layer->kept, index, &offset));
}
