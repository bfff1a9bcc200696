/* Fixed-point softmax after gemmlowp's exponential and reciprocal, which TFLite's reference kernel
 * uses. Qm denotes an int32 with m integer bits: its real value is raw / 2^(31 - m). A constant's
 * comment is its formula; the tests evaluate each. */
#include "ossicle_softmax.h"

#include "ossicle_requantise.h"

#define ONE_Q0 INT32_MAX
#define ONE_Q2 (INT32_C(1) << 29)

/* value * 2^exponent, saturating. */
static int32_t saturating_shift_left(int32_t value, int32_t exponent) {
  const int32_t limit = (INT32_C(1) << (31 - exponent)) - 1;
  if (value > limit) {
    return INT32_MAX;
  }
  return value < -limit ? INT32_MIN : ossicle_shift_left(value, exponent);
}

/* e^a for a in [-1/4, 0), Q0 to Q0: Taylor's series around -1/8 to the fourth power. With x in
 * [-1/8, 1/8) every power and sum stays below 1/2, so no addition overflows. */
static int32_t exp_of_quarter(int32_t a) {
  const int32_t exp_minus_eighth = 1895147668; /* round(exp(-1/8) * 2^31) */
  const int32_t third = 715827883;             /* round(1/3 * 2^31) */
  const int32_t x = a + (INT32_C(1) << 28);
  const int32_t x2 = ossicle_high_multiply(x, x);
  const int32_t x3 = ossicle_high_multiply(x2, x);
  const int32_t x4 = ossicle_high_multiply(x2, x2);
  const int32_t cubic = ossicle_rounding_shift_right(x4, 2) + x3;
  const int32_t rest = ossicle_rounding_shift_right(ossicle_high_multiply(cubic, third) + x2, 1);
  return exp_minus_eighth + ossicle_high_multiply(exp_minus_eighth, x + rest);
}

/* e^a for a <= 0, Q5 to Q0: the last quarter by the series, the rest by its binary digits. */
static int32_t exp_of_negative(int32_t a) {
  static const int32_t powers[7] = {
      1672461947, /* round(exp(-1/4) * 2^31) */
      1302514674, /* round(exp(-1/2) * 2^31) */
      790015084,  /* round(exp(-1) * 2^31) */
      290630308,  /* round(exp(-2) * 2^31) */
      39332535,   /* round(exp(-4) * 2^31) */
      720401,     /* round(exp(-8) * 2^31) */
      242,        /* round(exp(-16) * 2^31) */
  };
  const int32_t quarter = INT32_C(1) << 24;
  if (a == 0) {
    return ONE_Q0;
  }
  const int32_t last = (a & (quarter - 1)) - quarter; /* in [-1/4, 0) */
  const int32_t rest = last - a;                      /* a multiple of 1/4 in [0, 32) */
  int32_t result = exp_of_quarter(ossicle_shift_left(last, 5));
  for (int32_t bit = 0; bit < 7; ++bit) {
    if (rest & (quarter << bit)) {
      result = ossicle_high_multiply(result, powers[bit]);
    }
  }
  return result;
}

/* 1 / (1 + a) for a in [0, 1), Q0 to Q0, by three steps of Newton and Raphson on half of it. */
static int32_t reciprocal_of_one_plus(int32_t a) {
  const int32_t half = (int32_t)(((int64_t)a + ONE_Q0 + 1) / 2); /* of 1 + a, rounded */
  /* The best straight line for 1/d on [1/2, 1]: 48/17 - 32/17 d, in Q2. */
  int32_t x = 1515870810 + ossicle_high_multiply(half, -1010580540);
  for (int32_t step = 0; step < 3; ++step) {
    const int32_t error = ONE_Q2 - ossicle_high_multiply(half, x);
    x += saturating_shift_left(ossicle_high_multiply(x, error), 2);
  }
  return saturating_shift_left(x, 1); /* half of x in Q2 has the raw value of x in Q1 */
}

static int32_t leading_zeros(uint32_t value) {
  int32_t count = 0;
  for (; count < 32 && !(value & (UINT32_C(1) << 31)); ++count) {
    value <<= 1;
  }
  return count;
}

/* e^((value - maximum) * beta * scale), Q0. */
static int32_t exponential(const ossicle_softmax_layer *layer, int32_t difference) {
  const int32_t scaled =
      ossicle_high_multiply(ossicle_shift_left(difference, layer->shift), layer->multiplier);
  return exp_of_negative(scaled);
}

/* Q12; the compiler has refused rows of 4,096 or more, so the sum stays below 2^12. */
static int32_t sum_of_exponentials(const ossicle_softmax_layer *layer, const int8_t *row,
                                   int32_t maximum) {
  int32_t sum = 0;
  for (int32_t i = 0; i < layer->depth; ++i) {
    const int32_t difference = row[i] - maximum;
    if (difference >= layer->smallest_difference) {
      sum += ossicle_rounding_shift_right(exponential(layer, difference), 12);
    }
  }
  return sum;
}

static int32_t largest(const int8_t *row, int32_t depth) {
  int32_t maximum = row[0];
  for (int32_t i = 1; i < depth; ++i) {
    if (row[i] > maximum) {
      maximum = row[i];
    }
  }
  return maximum;
}

static void softmax_row(const ossicle_softmax_layer *layer, const int8_t *row, int8_t *output) {
  const int32_t maximum = largest(row, layer->depth);
  const uint32_t sum = (uint32_t)sum_of_exponentials(layer, row, maximum);
  const int32_t zeros = leading_zeros(sum); /* at least 1, at most 12: the maximum adds 1 in Q12 */
  const int32_t scale = reciprocal_of_one_plus((int32_t)((sum << zeros) - (UINT32_C(1) << 31)));
  const int32_t shift = (12 - zeros) + 31 - 8; /* from Q0 over the sum's magnitude to 1/256 */
  for (int32_t i = 0; i < layer->depth; ++i) {
    const int32_t difference = row[i] - maximum;
    int32_t share = 0;
    if (difference >= layer->smallest_difference) {
      share = ossicle_rounding_shift_right(
          ossicle_high_multiply(scale, exponential(layer, difference)), shift);
    }
    output[i] = (int8_t)ossicle_clamp(share - 128, INT8_MIN, INT8_MAX);
  }
}

void ossicle_softmax(const ossicle_softmax_layer *layer, const int8_t *input, int8_t *output) {
  for (int32_t i = 0; i < layer->rows; ++i) {
    softmax_row(layer, input + i * layer->depth, output + i * layer->depth);
  }
}
