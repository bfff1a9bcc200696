#include "ossicle_log_softmax.h"

#include "ossicle_softmax_row.h"

/* Numbers m * 2^e are split so that m lies around 2^(-1/4), and log m follows by a quotient of
 * polynomials in q = 2 (m - 2^(-1/4)). All constants are Q0. */
#define LOG_2 1488522236               /* round(log(2) * 2^31) */
#define ROOT_OF_HALF 1518500250        /* round(2^(-1/2) * 2^31) */
#define FOURTH_ROOT_OF_HALF 1805811301 /* round(2^(-1/4) * 2^31) */
#define NUMERATOR_2 117049297          /* round(11/240 * 2^(1/4) * 2^31) */
#define DENOMINATOR_0 1057819769       /* round((2^(3/4) - 2^(1/4)) * 2^31) */
#define DENOMINATOR_1 638450708        /* round(1/4 * 2^(1/4) * 2^31) */
#define DENOMINATOR_2 127690142        /* round(1/20 * 2^(1/4) * 2^31) */
#define QUARTER_Q6 (INT32_C(1) << 23)
#define INTEGER_BITS 12 /* of the sum */

/* log(m) - log(2^(-1/4)) of m in [2^(-1/2), 1], Q0 to Q6. */
static int32_t log_near_root(int32_t m) {
  const int32_t half_sum = (int32_t)(((int64_t)m + FOURTH_ROOT_OF_HALF + 1) / 2);
  const int32_t q = 2 * (m - FOURTH_ROOT_OF_HALF);
  const int32_t q2 = ossicle_high_multiply(q, q);
  const int32_t numerator = ossicle_high_multiply(q, m) +
                            ossicle_high_multiply(ossicle_high_multiply(q, q2), NUMERATOR_2);
  const int32_t inner = DENOMINATOR_0 + q + ossicle_high_multiply(DENOMINATOR_2, q2);
  const int32_t denominator_less_one =
      ossicle_high_multiply(half_sum, inner) + ossicle_high_multiply(DENOMINATOR_1, q);
  return ossicle_high_multiply(ossicle_rounding_shift_right(numerator, 6),
                               ossicle_reciprocal_of_one_plus(denominator_less_one));
}

static int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

static int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

/* log(sum), Q12 to Q5, of a sum of at least 1: the split of sum, or that of sum * 2^(-1/2),
 * whichever has the smaller m and the larger e. */
static int32_t log_of(int32_t sum) {
  const int32_t zeros = ossicle_leading_zeros((uint32_t)sum);
  const int32_t scaled = ossicle_high_multiply(ossicle_shift_left(sum, zeros - 1), ROOT_OF_HALF);
  const int32_t down = ossicle_high_multiply(sum, ROOT_OF_HALF);
  const int32_t down_zeros = ossicle_leading_zeros((uint32_t)down) - 1;
  const int32_t m = smaller(ossicle_saturating_shift_left(scaled, 1),
                            ossicle_saturating_shift_left(sum, down_zeros));
  const int32_t e = larger((INTEGER_BITS - zeros) * 4 * QUARTER_Q6 + QUARTER_Q6,
                           (INTEGER_BITS - down_zeros) * 4 * QUARTER_Q6 - QUARTER_Q6);
  return ossicle_saturating_shift_left(ossicle_high_multiply(e, LOG_2) + log_near_root(m), 1);
}

static void log_softmax_row(const ossicle_log_softmax_layer *layer, const int8_t *row,
                            int8_t *output) {
  const ossicle_softmax_layer *const own = &layer->softmax;
  const int32_t maximum = ossicle_largest_of(row, own->depth);
  const int32_t log_sum = log_of(ossicle_sum_of_exponentials(own, row, maximum));
  const int32_t lowest = ossicle_requantise_twice(log_sum + INT32_MIN, layer->inverse_multiplier,
                                                  layer->inverse_shift);
  for (int32_t i = 0; i < own->depth; ++i) {
    const int32_t difference = row[i] - maximum;
    output[i] = INT8_MIN;
    if (difference >= own->smallest_difference && difference > lowest) {
      const int32_t logarithm = ossicle_scaled_difference(own, difference) - log_sum;
      const int32_t steps = ossicle_rounding_shift_right(logarithm, 26 - 4);
      output[i] = (int8_t)ossicle_clamp(steps + INT8_MAX, INT8_MIN, INT8_MAX);
    }
  }
}

void ossicle_log_softmax(const ossicle_log_softmax_layer *layer, const int8_t *input,
                         int8_t *output) {
  const int32_t depth = layer->softmax.depth;
  for (int32_t i = 0; i < layer->softmax.rows; ++i) {
    log_softmax_row(layer, input + i * depth, output + i * depth);
  }
}
