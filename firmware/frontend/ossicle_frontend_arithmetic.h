/* Fixed-point products with one rounding each, the same on every core.
 *
 * A product of an int32 and a Q31 factor, shifted right by 32, is half the product: what the FFT
 * wants. On cores with the DSP extension each function is one instruction (SMMULR, SMMLAR, SMMLSR).
 * Shifting a negative number right is arithmetic on every compiler that we know of, and tested.
 */
#ifndef OSSICLE_FRONTEND_ARITHMETIC_H
#define OSSICLE_FRONTEND_ARITHMETIC_H

#include <stdint.h>

#define OSSICLE_FRONTEND_HALF_LSB ((int64_t)1 << 31)

/* round(a * b / 2^32), halves up. |a * b| <= 2^62, so the sum fits. */
static inline int32_t ossicle_frontend_mul(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + OSSICLE_FRONTEND_HALF_LSB) >> 32);
}

/* sum + round(a * b / 2^32), halves up. */
static inline int32_t ossicle_frontend_mul_add(int32_t sum, int32_t a, int32_t b) {
  return sum + ossicle_frontend_mul(a, b);
}

/* sum + round(-a * b / 2^32), halves up. */
static inline int32_t ossicle_frontend_mul_sub(int32_t sum, int32_t a, int32_t b) {
  return sum + (int32_t)((OSSICLE_FRONTEND_HALF_LSB - (int64_t)a * b) >> 32);
}

/* floor(a * b / 2^32), by two products of 32 bits. */
static inline uint64_t ossicle_frontend_mul_wide(uint64_t a, uint32_t b) {
  return (a >> 32) * b + (((a & UINT32_MAX) * b) >> 32);
}

#endif
