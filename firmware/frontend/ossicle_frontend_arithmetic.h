/* Fixed-point products with one rounding each, the same on every core.
 *
 * A product of an int32 and a Q31 factor, shifted right by 32, is half the product: what the FFT
 * wants. Cores with the DSP extension have an instruction for each of the first three; the compiler
 * does not find them, so they are named. Elsewhere the C says the same: the tests compare the two,
 * bit for bit. Shifting a negative number right is left to the implementation by C99; here it must
 * be arithmetic.
 */
#ifndef OSSICLE_FRONTEND_ARITHMETIC_H
#define OSSICLE_FRONTEND_ARITHMETIC_H

#include <stdint.h>

/* An array of negative size, and so an error, where the shift is not arithmetic. */
typedef char ossicle_frontend_shift_is_arithmetic[(-1 >> 1) == -1 ? 1 : -1];

#if defined(__GNUC__) && defined(__ARM_FEATURE_DSP)

/* round(a * b / 2^32), halves up. */
static inline int32_t ossicle_frontend_mul(int32_t a, int32_t b) {
  int32_t result;
  __asm__("smmulr %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
  return result;
}

/* sum + round(a * b / 2^32), halves up. */
static inline int32_t ossicle_frontend_mul_add(int32_t sum, int32_t a, int32_t b) {
  int32_t result;
  __asm__("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

/* sum + round(-a * b / 2^32), halves up. */
static inline int32_t ossicle_frontend_mul_sub(int32_t sum, int32_t a, int32_t b) {
  int32_t result;
  __asm__("smmlsr %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

#else

/* Here |a * b| <= 2^62, so adding half a unit of the result does not overflow. */
#define OSSICLE_FRONTEND_HALF ((int64_t)1 << 31)

static inline int32_t ossicle_frontend_mul(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + OSSICLE_FRONTEND_HALF) >> 32);
}

static inline int32_t ossicle_frontend_mul_add(int32_t sum, int32_t a, int32_t b) {
  return sum + ossicle_frontend_mul(a, b);
}

static inline int32_t ossicle_frontend_mul_sub(int32_t sum, int32_t a, int32_t b) {
  return sum + (int32_t)((OSSICLE_FRONTEND_HALF - (int64_t)a * b) >> 32);
}

#endif

/* floor(a * b / 2^32), by two products of 32 bits. */
static inline uint64_t ossicle_frontend_mul_wide(uint64_t a, uint32_t b) {
  return (a >> 32) * b + (((a & UINT32_MAX) * b) >> 32);
}

#endif
