#include "ossicle_mean_16.h"

#include "ossicle_requantise.h"

/* |sum| <= 2^15 * count; the compiler has refused counts of 2^15 or more. */
static int32_t sum_over(const ossicle_reduction_axes *axes, const int16_t *input) {
  int32_t index[OSSICLE_REDUCTION_RANK] = {0};
  int32_t offset = 0;
  int32_t sum = 0;
  do {
    sum += input[offset];
  } while (ossicle_next_along(axes, index, &offset));
  return sum;
}

void ossicle_mean_16(const ossicle_mean_layer *layer, const void *input, void *output) {
  const int16_t *from = input;
  int16_t *to = output;
  int32_t index[OSSICLE_REDUCTION_RANK] = {0};
  int32_t offset = 0;
  do {
    const int32_t mean = ossicle_requantise_twice(sum_over(&layer->reduced, from + offset),
                                                  layer->multiplier, layer->shift);
    *to++ = (int16_t)ossicle_clamp(mean, INT16_MIN, INT16_MAX);
  } while (ossicle_next_along(&layer->kept, index, &offset));
}
