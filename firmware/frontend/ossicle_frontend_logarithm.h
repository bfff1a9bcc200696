/* The logarithm of base 2 in fixed point. */
#ifndef OSSICLE_FRONTEND_LOGARITHM_H
#define OSSICLE_FRONTEND_LOGARITHM_H

#include "ossicle_frontend_arithmetic.h"

/* log2(high + low / 2^32) - 31 in Q24, modulo 2^32, high > 0: the table between its entries
 * linearly. */
OSSICLE_FRONTEND_INLINE uint32_t ossicle_frontend_log2_q24(uint32_t high, uint32_t low) {
  const uint32_t zeros = ossicle_frontend_leading_zeros(high);
  const uint32_t mantissa = high << zeros | (low >> 1) >> (31 - zeros); /* its first bit is a 1 */
  const int32_t *entry =
      ossicle_frontend_log2 + ((mantissa & INT32_MAX) >> (31 - OSSICLE_FRONTEND_LOG_BITS));
  const uint64_t fraction = mantissa << (1 + OSSICLE_FRONTEND_LOG_BITS);
  const uint32_t rise = (uint32_t)(entry[1] - entry[0]);
  return (uint32_t)entry[0] + (uint32_t)(fraction * rise >> 32) - (zeros << 24);
}

#endif
