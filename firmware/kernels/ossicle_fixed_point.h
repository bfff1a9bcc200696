/* Fixed-point exponential and reciprocal after gemmlowp's, which TFLite's reference kernels use. Qm
 * denotes an int32 with m integer bits: its real value is raw / 2^(31 - m). A constant's comment is
 * its formula; the tests evaluate each. */
#ifndef OSSICLE_FIXED_POINT_H
#define OSSICLE_FIXED_POINT_H

#include "ossicle_requantise.h"

#ifdef __cplusplus
extern "C" {
#endif

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

/* e^a for a <= 0, Q5 to Q0. */
int32_t ossicle_exp_of_negative(int32_t a);

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

#ifdef __cplusplus
}
#endif

#endif
