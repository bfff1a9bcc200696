/* Fixed-point arithmetic with one rounding each, the same on every core.
 *
 * A product of an int32 and a Q31 factor, shifted right by 32, is half the product: what the FFT
 * wants. Cores with the DSP extension have an instruction for each of them; the compiler does not
 * find them, so they are named. Elsewhere the C says the same: by a product of 64 bits or, on cores
 * whose multiplier gives but 32, by four products of 16-bit halves. The tests compare all of them,
 * bit for bit. Shifting a negative number right is left to the implementation by C99; here it must
 * be arithmetic.
 */
#ifndef OSSICLE_FRONTEND_ARITHMETIC_H
#define OSSICLE_FRONTEND_ARITHMETIC_H

#include <stdint.h>

#include "ossicle_frontend.h"

/* An array of negative size, and so an error, where the shift is not arithmetic. */
typedef char ossicle_frontend_shift_is_arithmetic[(-1 >> 1) == -1 ? 1 : -1];

#if defined(__GNUC__)
#define OSSICLE_FRONTEND_INLINE static inline __attribute__((always_inline))
#else
#define OSSICLE_FRONTEND_INLINE static inline
#endif

/* Asks for `times` copies of the body of the loop that follows, which saves most of its counting.
 */
#define OSSICLE_FRONTEND_PRAGMA(text) _Pragma(#text)
#if defined(__GNUC__) && !defined(__clang__) && !defined(__OPTIMIZE_SIZE__)
#define OSSICLE_FRONTEND_UNROLL(times) OSSICLE_FRONTEND_PRAGMA(GCC unroll times)
#else
#define OSSICLE_FRONTEND_UNROLL(times)
#endif

/* Defined where the instructions of the DSP extension are named. */
#if defined(__GNUC__) && defined(__ARM_FEATURE_DSP) && !defined(OSSICLE_FRONTEND_PORTABLE)
#define OSSICLE_FRONTEND_DSP
#endif

/* Two sums over the bins of a mel interval, as they are added up. */
typedef struct {
  ossicle_frontend_wide total;  /* of the powers so far */
  ossicle_frontend_wide moment; /* of the totals so far, modulo 2^64 */
  ossicle_frontend_carry carry; /* what the moment has above that */
} ossicle_frontend_sums;

#if defined(OSSICLE_FRONTEND_LANES)

#include "ossicle_frontend_lanes_arithmetic.h"

#elif defined(OSSICLE_FRONTEND_DSP)

/* round(a * b / 2^32), halves up. */
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mul(int32_t a, int32_t b) {
  int32_t result;
  __asm__("smmulr %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
  return result;
}

/* sum + round(a * b / 2^32), halves up. */
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mul_add(int32_t sum, int32_t a, int32_t b) {
  int32_t result;
  __asm__("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

/* sum + round(-a * b / 2^32), halves up. */
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mul_sub(int32_t sum, int32_t a, int32_t b) {
  int32_t result;
  __asm__("smmlsr %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

/* Adds the power of a bin to the total, and then the total to the moment; goes on to the next bin,
 * a step of 1 or -1. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_add_bin(ossicle_frontend_sums *sums,
                                                      const ossicle_frontend_complex **bin,
                                                      int step) {
  int32_t re, im;
  __asm__ volatile(
      "ldrd %3, %4, [%5], %6\n\t"
      "smlal %Q0, %R0, %3, %3\n\t"
      "smlal %Q0, %R0, %4, %4\n\t"
      "adds %Q1, %Q1, %Q0\n\t"
      "adcs %R1, %R1, %R0\n\t"
      "adc %2, %2, #0"
      : "+&r"(sums->total), "+&r"(sums->moment), "+&r"(sums->carry), "=&r"(re), "=&r"(im),
        "+&r"(*bin)
      : "i"(8 * step)
      : "cc", "memory");
}

#else

#if defined(__ARM_ARCH_6M__) || defined(OSSICLE_FRONTEND_HALVES)

/* Nothing overflows: |high * low| < 2^31 - 2^15, and what is carried is below 2^16. */
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mul(int32_t a, int32_t b) {
  int32_t a_low = a & 0xffff;
  int32_t b_low = b & 0xffff;
  uint32_t low = (uint32_t)a_low * (uint32_t)b_low;
  int32_t middle = (a >> 16) * b_low + (int32_t)(low >> 16);
  int32_t high = (a >> 16) * (b >> 16) + (middle >> 16);
  middle = a_low * (b >> 16) + (middle & 0xffff);
  return high + (middle >> 16) + (middle >> 15 & 1);
}

#else

/* Here |a * b| <= 2^62, so adding half a unit of the result does not overflow. */
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mul(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + ((int64_t)1 << 31)) >> 32);
}

#endif

OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mul_add(int32_t sum, int32_t a, int32_t b) {
  return sum + ossicle_frontend_mul(a, b);
}

/* A factor is never -2^31. */
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mul_sub(int32_t sum, int32_t a, int32_t b) {
  return sum + ossicle_frontend_mul(a, -b);
}

OSSICLE_FRONTEND_INLINE void ossicle_frontend_add_bin(ossicle_frontend_sums *sums,
                                                      const ossicle_frontend_complex **bin,
                                                      int step) {
  int64_t re = (*bin)->re;
  int64_t im = (*bin)->im;
  *bin += step;
  sums->total += (uint64_t)(re * re) + (uint64_t)(im * im);
  sums->moment += sums->total;
  sums->carry += sums->moment < sums->total;
}

#endif

#if !defined(OSSICLE_FRONTEND_LANES)

/* 2 * middle - value, which fits where 2 * middle may not. */
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mirror(int32_t middle, int32_t value) {
  return (int32_t)(2 * (uint32_t)middle - (uint32_t)value);
}

#endif

/* floor(a * b / 2^32), by two products of 32 bits. */
OSSICLE_FRONTEND_INLINE uint64_t ossicle_frontend_mul_wide(uint64_t a, uint32_t b) {
  return (a >> 32) * b + (((a & UINT32_MAX) * b) >> 32);
}

/* The zero bits above the highest one of a number that is not 0. */
OSSICLE_FRONTEND_INLINE uint32_t ossicle_frontend_leading_zeros(uint64_t number) {
#if defined(__GNUC__)
  uint32_t high = (uint32_t)(number >> 32);
  uint32_t low = (uint32_t)number;
  return (uint32_t)(high != 0 ? __builtin_clz(high) : 32 + __builtin_clz(low));
#else
  uint32_t zeros = 0;
  for (; number >> 63 == 0; number <<= 1) {
    zeros++;
  }
  return zeros;
#endif
}

#endif
