#include "ossicle_fixed_point.h"

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
int32_t ossicle_exp_of_negative(int32_t a) {
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
  int32_t result = exp_of_quarter(ossicle_shift_left(last, 5));
  for (int32_t bit = 0; bit < 7; ++bit) {
    if (rest & (quarter << bit)) {
      result = ossicle_high_multiply(result, powers[bit]);
    }
  }
  return result;
}
