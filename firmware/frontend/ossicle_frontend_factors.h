/* Factors and places of the points of the FFT without their tables, where OSSICLE_FRONTEND_SMALL is
 * defined: from one table of an eighth of a turn, the very same numbers in less flash and more
 * time.
 */
#ifndef OSSICLE_FRONTEND_FACTORS_H
#define OSSICLE_FRONTEND_FACTORS_H

#include "ossicle_frontend_arithmetic.h"

typedef struct {
  int32_t cosine;
  int32_t sine;
} ossicle_frontend_factor;

#define OSSICLE_FRONTEND_EIGHTH (OSSICLE_FRONTEND_FFT_LENGTH / 8)

/* n turns / FFT_LENGTH, of a quarter of a turn at most: beyond an eighth sine and cosine of what is
 * missing to the quarter change places. `turn` is the table. */
OSSICLE_FRONTEND_INLINE ossicle_frontend_factor ossicle_frontend_factor_at(const int32_t *turn,
                                                                           uint32_t n) {
  const uint32_t missing = 2 * OSSICLE_FRONTEND_EIGHTH - n;
  const int32_t *near = turn + 2 * (n < missing ? n : missing);
  const ossicle_frontend_factor factor = {near[0], near[1]};
  const ossicle_frontend_factor exchanged = {near[1], near[0]};
  return n <= missing ? factor : exchanged;
}

OSSICLE_FRONTEND_INLINE uint32_t ossicle_frontend_reversed(uint32_t bits) {
#if defined(OSSICLE_FRONTEND_THUMB2)
  __asm__("rbit %0, %0" : "+r"(bits));
#else
  bits = bits >> 16 | bits << 16;
  bits = (bits >> 8 & 0x00ff00ffu) | (bits & 0x00ff00ffu) << 8;
  bits = (bits >> 4 & 0x0f0f0f0fu) | (bits & 0x0f0f0f0fu) << 4;
  bits = (bits >> 2 & 0x33333333u) | (bits & 0x33333333u) << 2;
  bits = (bits >> 1 & 0x55555555u) | (bits & 0x55555555u) << 1;
#endif
  return bits;
}

/* Where point n lies. Its number's digits, of base 4, are -1, 0, 1 and 2, and that is the order of
 * their blocks but for -1, which is the last; where HAS_RADIX2 the highest digit is of base 2. So 1
 * is added to every digit of base 4, the digits are reversed, and 1 is taken away again from each,
 * modulo 4: its lower bit is inverted, and then the upper one where the lower has become 1.
 * Reversing all bits leaves the lower bit of a digit above the upper one. */
OSSICLE_FRONTEND_INLINE uint32_t ossicle_frontend_place_at(uint32_t n) {
  const uint32_t points = 2 * OSSICLE_FRONTEND_EIGHTH;
  const uint32_t radix2 = OSSICLE_FRONTEND_HAS_RADIX2;
  const uint32_t ones = 0x55555555u & ((points >> radix2) - 1);
  const uint32_t upper = ones << (1 + radix2);
  const uint32_t bits = ossicle_frontend_reversed(n + ones) / (UINT32_MAX / points + 1);
  const uint32_t lower = bits & (upper | radix2);
  return lower ^ lower >> 1 ^ (bits << 1 & upper) ^ (points - 1 - radix2);
}

#endif
