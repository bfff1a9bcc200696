/* Fixed-point exponential and reciprocal after gemmlowp's, which TFLite's reference kernels use. Qm
 * denotes an int32 with m integer bits: its real value is raw / 2^(31 - m). A constant's comment is
 * its formula; the tests evaluate each. */
#ifndef OSSICLE_FIXED_POINT_H
#define OSSICLE_FIXED_POINT_H

#include "ossicle_requantise.h"

#define OSSICLE_ONE_Q0 INT32_MAX
#define OSSICLE_ONE_Q2 (INT32_C(1) << 29)

/* value * 2^exponent, saturating. */
static inline int32_t ossicle_saturating_shift_left(int32_t value, int32_t exponent) {
  const int32_t limit = INT32_MAX >> exponent;
  if (value > limit) {
    return INT32_MAX;
  }
  return value < -limit ? INT32_MIN : ossicle_shift_left(value, exponent);
}

/* e^a for a in [-1/4, 0), Q0 to Q0: Taylor's series around -1/8 to the fourth power. With x in
 * [-1/8, 1/8) every power and sum stays below 1/2, so no addition overflows. */
static inline int32_t ossicle_exp_of_quarter(int32_t a) {
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
static inline int32_t ossicle_exp_of_negative(int32_t a) {
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
    return OSSICLE_ONE_Q0;
  }
  const int32_t last = (a & (quarter - 1)) - quarter; /* in [-1/4, 0) */
  const int32_t rest = last - a;                      /* a multiple of 1/4 in [0, 32) */
  int32_t result = ossicle_exp_of_quarter(ossicle_shift_left(last, 5));
  for (int32_t bit = 0; bit < 7; ++bit) {
    if (rest & (quarter << bit)) {
      result = ossicle_high_multiply(result, powers[bit]);
    }
  }
  return result;
}

/* 1 / (1 + a) for a in [0, 1), Q0 to Q0, by three steps of Newton and Raphson on half of it. */
static inline int32_t ossicle_reciprocal_of_one_plus(int32_t a) {
  const int32_t half = (int32_t)(((int64_t)a + OSSICLE_ONE_Q0 + 1) / 2); /* of 1 + a, rounded */
  /* The best straight line for 1/d on [1/2, 1]: 48/17 - 32/17 d, in Q2. */
  int32_t x = 1515870810 + ossicle_high_multiply(half, -1010580540);
  for (int32_t step = 0; step < 3; ++step) {
    const int32_t error = OSSICLE_ONE_Q2 - ossicle_high_multiply(half, x);
    x += ossicle_saturating_shift_left(ossicle_high_multiply(x, error), 2);
  }
  return ossicle_saturating_shift_left(x, 1); /* half of x in Q2 has the raw value of x in Q1 */
}

static inline int32_t ossicle_leading_zeros(uint32_t value) {
  int32_t count = 0;
  for (; count < 32 && !(value & (UINT32_C(1) << 31)); ++count) {
    value <<= 1;
  }
  return count;
}

#endif
