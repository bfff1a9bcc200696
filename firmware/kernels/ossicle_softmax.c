#include "ossicle_softmax.h"

#include "ossicle_softmax_row.h"

static void softmax_row(const ossicle_softmax_layer *layer, const int8_t *row, int8_t *output) {
  const int32_t maximum = ossicle_largest_of(row, layer->depth);
  const uint32_t sum = (uint32_t)ossicle_sum_of_exponentials(layer, row, maximum);
  const int32_t zeros =
      ossicle_leading_zeros(sum); /* at least 1, at most 12: the maximum adds 1 in Q12 */
  const int32_t scale =
      ossicle_reciprocal_of_one_plus((int32_t)((sum << zeros) - (UINT32_C(1) << 31)));
  const int32_t shift = (12 - zeros) + 31 - 8; /* from Q0 over the sum's magnitude to 1/256 */
  for (int32_t i = 0; i < layer->depth; ++i) {
    const int32_t difference = row[i] - maximum;
    int32_t share = 0;
    if (difference >= layer->smallest_difference) {
      share = ossicle_rounding_shift_right(
          ossicle_high_multiply(scale, ossicle_exponential(layer, difference)), shift);
    }
    output[i] = (int8_t)ossicle_clamp(share - 128, INT8_MIN, INT8_MAX);
  }
}

void ossicle_softmax(const ossicle_softmax_layer *layer, const int8_t *input, int8_t *output) {
  for (int32_t i = 0; i < layer->rows; ++i) {
    softmax_row(layer, input + i * layer->depth, output + i * layer->depth);
  }
}
