#include "ossicle_mean.h"

#include "ossicle_requantise.h"

/* |sum| <= 128 * count; the compiler has refused counts of 2^23 or more. */
static int32_t sum_over(const ossicle_reduction_axes *axes, const int8_t *input) {
  int32_t index[OSSICLE_REDUCTION_RANK] = {0};
  int32_t offset = 0;
  int32_t sum = 0;
  do {
    sum += input[offset];
  } while (ossicle_next_along(axes, index, &offset));
  return sum;
}

void ossicle_mean(const ossicle_mean_layer *layer, const int8_t *input, int8_t *output) {
  int32_t index[OSSICLE_REDUCTION_RANK] = {0};
  int32_t offset = 0;
  do {
    const int32_t sum = sum_over(&layer->reduced, input + offset) + layer->input_offset;
    const int32_t mean = ossicle_requantise_twice(sum, layer->multiplier, layer->shift);
    *output++ = (int8_t)ossicle_clamp(mean + layer->zero_point, INT8_MIN, INT8_MAX);
  } while (ossicle_next_along(&layer->kept, index, &offset));
}
