/* Fixed-point arithmetic with one rounding each, the same on every core.
 *
 * A product of an int32 and a Q31 factor, shifted right by 32, is half the product: what the FFT
 * wants. Cores with the DSP extension have an instruction for each of them, other cores with
 * Thumb-2 a long product that may begin at a half; the compiler does not find them, so they are
 * named. Elsewhere the C says the same: by a product of 64 bits or, on cores whose multiplier gives
 * but 32, by four products of 16-bit halves. The tests compare all of them, bit for bit. Shifting a
 * negative number right is left to the implementation by C99; here it must be arithmetic.
 */
#ifndef OSSICLE_FRONTEND_ARITHMETIC_H
#define OSSICLE_FRONTEND_ARITHMETIC_H

#include <stdint.h>

#include "ossicle_frontend.h"

/* An array of negative size, and so an error, where the shift is not arithmetic. */
typedef char ossicle_frontend_shift_is_arithmetic[(-1 >> 1) == -1 ? 1 : -1];

#if defined(__GNUC__)
#define OSSICLE_FRONTEND_INLINE static inline __attribute__((always_inline))
#define OSSICLE_FRONTEND_ONE_COPY __attribute__((noinline))
#else
#define OSSICLE_FRONTEND_INLINE static inline
#define OSSICLE_FRONTEND_ONE_COPY
#endif

/* Defined where instructions are named: those of Thumb-2, and those of the DSP extension. Without
 * optimisation GCC has too few registers left for them. */
#if defined(__GNUC__) && defined(__thumb2__) && defined(__OPTIMIZE__) &&                           \
    !defined(OSSICLE_FRONTEND_PORTABLE) && !defined(OSSICLE_FRONTEND_LANES)
#define OSSICLE_FRONTEND_THUMB2
#if defined(__ARM_FEATURE_DSP)
#define OSSICLE_FRONTEND_DSP
#endif
#endif

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

#elif defined(OSSICLE_FRONTEND_THUMB2)

/* The long product is added to the sum and a half. */
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mul_add(int32_t sum, int32_t a, int32_t b) {
  uint32_t half = (uint32_t)1 << 31;
  __asm__("smlal %0, %1, %2, %3" : "+r"(half), "+r"(sum) : "r"(a), "r"(b));
  return sum;
}

OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mul(int32_t a, int32_t b) {
  return ossicle_frontend_mul_add(0, a, b);
}

/* A factor is never -2^31. */
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mul_sub(int32_t sum, int32_t a, int32_t b) {
  return ossicle_frontend_mul_add(sum, a, -b);
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

OSSICLE_FRONTEND_INLINE uint64_t ossicle_frontend_square(int32_t a) {
  const uint32_t magnitude = a < 0 ? 0 - (uint32_t)a : (uint32_t)a;
  const uint32_t low = magnitude & 0xffff;
  const uint32_t high = magnitude >> 16; /* 2^15 at most, so that no product overflows */
  return ((uint64_t)(high * high) << 32) + ((uint64_t)(high * low) << 17) + low * low;
}

#else

/* Here |a * b| <= 2^62, so adding half a unit of the result does not overflow. */
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mul(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + ((int64_t)1 << 31)) >> 32);
}

OSSICLE_FRONTEND_INLINE uint64_t ossicle_frontend_square(int32_t a) {
  return (uint64_t)((int64_t)a * a);
}

#endif

OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mul_add(int32_t sum, int32_t a, int32_t b) {
  return sum + ossicle_frontend_mul(a, b);
}

/* A factor is never -2^31. */
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_mul_sub(int32_t sum, int32_t a, int32_t b) {
  return sum + ossicle_frontend_mul(a, -b);
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
OSSICLE_FRONTEND_INLINE uint32_t ossicle_frontend_leading_zeros(uint32_t number) {
#if defined(__GNUC__)
  return (uint32_t)__builtin_clz(number);
#else
  uint32_t zeros = 0;
  for (; number >> 31 == 0; number <<= 1) {
    zeros++;
  }
  return zeros;
#endif
}

/* The nearest int8. */
OSSICLE_FRONTEND_INLINE int8_t ossicle_frontend_saturated(int32_t number) {
#if defined(OSSICLE_FRONTEND_THUMB2)
  int32_t result;
  __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(number));
  return (int8_t)result;
#else
  return (int8_t)(number < INT8_MIN ? INT8_MIN : number > INT8_MAX ? INT8_MAX : number);
#endif
}

#endif
