#include "ossicle_fixed_point_16.h"

#include "ossicle_requantise.h"

#define ONE_Q0 INT16_MAX
#define ONE_Q2 (1 << 13)

/* value * multiplier / 2^15, to nearest, ties towards plus infinity. Both are of 16 bits. */
static int32_t high_multiply(int32_t value, int32_t multiplier) {
  return (value * multiplier + (1 << 14)) >> 15;
}

/* e^a for a in [-1/4, 0), Q0 to Q0: Taylor's series around -1/8 to the fourth power. */
static int32_t exp_of_quarter(int32_t a) {
  const int32_t exp_minus_eighth = 28918; /* round(exp(-1/8) * 2^15) */
  const int32_t third = 10923;            /* round(1/3 * 2^15) */
  const int32_t x = a + (1 << 12);
  const int32_t x2 = high_multiply(x, x);
  const int32_t x3 = high_multiply(x2, x);
  const int32_t x4 = high_multiply(x2, x2);
  const int32_t cubic = ossicle_rounding_shift_right(x4, 2) + x3;
  const int32_t rest = ossicle_rounding_shift_right(high_multiply(cubic, third) + x2, 1);
  const int32_t result = exp_minus_eighth + high_multiply(exp_minus_eighth, x + rest);
  return result > ONE_Q0 ? ONE_Q0 : result;
}

/* e^a for a <= 0, Qm to Q0, m in [1, 7]: the last quarter by the series, the rest by its binary
 * digits. */
static int32_t exp_of_negative(int32_t a, int32_t integer_bits) {
  static const int16_t powers[7] = {
      25520, /* round(exp(-1/4) * 2^15) */
      19875, /* round(exp(-1/2) * 2^15) */
      12055, /* round(exp(-1) * 2^15) */
      4435,  /* round(exp(-2) * 2^15) */
      600,   /* round(exp(-4) * 2^15) */
      11,    /* round(exp(-8) * 2^15) */
      0,     /* round(exp(-16) * 2^15) */
  };
  const int32_t quarter = 1 << (13 - integer_bits);
  if (a == 0) {
    return ONE_Q0;
  }
  if (a < -(quarter << 7)) { /* -32 */
    return 0;
  }
  const int32_t last = (a & (quarter - 1)) - quarter; /* in [-1/4, 0) */
  const int32_t rest = last - a;                      /* a multiple of 1/4 in [0, 32) */
  int32_t result = exp_of_quarter(ossicle_shift_left(last, integer_bits));
  for (int32_t bit = 0; bit < 7; ++bit) {
    if (rest & (quarter << bit)) {
      result = high_multiply(result, powers[bit]);
    }
  }
  return result;
}

/* 2 / (1 + a) for a in [0, 1), Q0 to Q2, by three steps of Newton and Raphson on half of 1 + a. */
static int32_t twice_reciprocal_of_one_plus(int32_t a) {
  const int32_t half = (a + ONE_Q0 + 1) >> 1;
  int32_t x = 23130 + high_multiply(half, -15420); /* round(48/17 * 2^13), round(-32/17 * 2^13) */
  for (int32_t step = 0; step < 3; ++step) {
    const int32_t error = ONE_Q2 - high_multiply(half, x);
    x += high_multiply(x, error) * 4;
  }
  return x;
}

int32_t ossicle_sigmoid_q3(int32_t value) {
  if (value == 0) {
    return 1 << 14;
  }
  const int32_t exponential = exp_of_negative(value > 0 ? -value : value, 3);
  const int32_t found = twice_reciprocal_of_one_plus(exponential) * 2;
  const int32_t positive = found > ONE_Q0 ? ONE_Q0 : found;
  return value > 0 ? positive : ONE_Q0 - positive;
}

int32_t ossicle_tanh_q(int32_t value, int32_t integer_bits) {
  if (value == 0) {
    return 0;
  }
  const int32_t exponential = exp_of_negative(value > 0 ? -value : value, integer_bits + 1);
  const int32_t found = (twice_reciprocal_of_one_plus(exponential) - ONE_Q2) * 4;
  const int32_t positive = found > ONE_Q0 ? ONE_Q0 : found;
  return value > 0 ? positive : -positive;
}
