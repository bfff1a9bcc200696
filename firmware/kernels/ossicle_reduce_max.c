#include "ossicle_reduce_max.h"

static int8_t largest_along(const ossicle_reduction_axes *axes, const int8_t *input) {
  int32_t index[OSSICLE_REDUCTION_RANK] = {0};
  int32_t offset = 0;
  int8_t largest = INT8_MIN;
  do {
    largest = input[offset] > largest ? input[offset] : largest;
  } while (ossicle_next_along(axes, index, &offset));
  return largest;
}

void ossicle_reduce_max(const ossicle_reduce_max_layer *layer, const int8_t *input,
                        int8_t *output) {
  int32_t index[OSSICLE_REDUCTION_RANK] = {0};
  int32_t offset = 0;
  do {
    *output++ = largest_along(&layer->reduced, input + offset);
  } while (ossicle_next_along(&layer->kept, index, &offset));
}
