/* Host only: the arithmetic of ossicle_frontend_arithmetic.h on every lane of a vector. Where the
 * processor has AVX2 its products of even lanes are named, because compilers do not find them. */
#ifndef OSSICLE_FRONTEND_LANES_ARITHMETIC_H
#define OSSICLE_FRONTEND_LANES_ARITHMETIC_H

typedef uint32_t ossicle_frontend_unsigned __attribute__((vector_size(4 * OSSICLE_FRONTEND_LANES)));

#if defined(__AVX2__) && OSSICLE_FRONTEND_LANES == 8

#include <immintrin.h>

/* The upper halves of a * b + rounding. */
OSSICLE_FRONTEND_INLINE ossicle_frontend_value ossicle_frontend_high(ossicle_frontend_value a,
                                                                     ossicle_frontend_value b,
                                                                     int64_t rounding) {
  const __m256i half = _mm256_set1_epi64x(rounding);
  __m256i even = _mm256_mul_epi32((__m256i)a, (__m256i)b);
  __m256i odd =
      _mm256_mul_epi32(_mm256_srli_epi64((__m256i)a, 32), _mm256_srli_epi64((__m256i)b, 32));
  even = _mm256_srli_epi64(_mm256_add_epi64(even, half), 32);
  odd = _mm256_add_epi64(odd, half);
  return (ossicle_frontend_value)_mm256_blend_epi32(even, odd, 0xaa);
}

#else

OSSICLE_FRONTEND_INLINE ossicle_frontend_value ossicle_frontend_high(ossicle_frontend_value a,
                                                                     ossicle_frontend_value b,
                                                                     int64_t rounding) {
  ossicle_frontend_value result;
  for (int l = 0; l < OSSICLE_FRONTEND_LANES; l++) {
    result[l] = (int32_t)(((int64_t)a[l] * b[l] + rounding) >> 32);
  }
  return result;
}

#endif

OSSICLE_FRONTEND_INLINE ossicle_frontend_value ossicle_frontend_mul(ossicle_frontend_value a,
                                                                    int32_t b) {
  const ossicle_frontend_value factor = b - (ossicle_frontend_value){0};
  return ossicle_frontend_high(a, factor, (int64_t)1 << 31);
}

OSSICLE_FRONTEND_INLINE ossicle_frontend_value ossicle_frontend_mul_add(ossicle_frontend_value sum,
                                                                        ossicle_frontend_value a,
                                                                        int32_t b) {
  return sum + ossicle_frontend_mul(a, b);
}

OSSICLE_FRONTEND_INLINE ossicle_frontend_value ossicle_frontend_mul_sub(ossicle_frontend_value sum,
                                                                        ossicle_frontend_value a,
                                                                        int32_t b) {
  return sum + ossicle_frontend_mul(a, -b);
}

OSSICLE_FRONTEND_INLINE ossicle_frontend_value
ossicle_frontend_weighed(int32_t weight, ossicle_frontend_sample sample) {
  const ossicle_frontend_value factor = weight - (ossicle_frontend_value){0};
  ossicle_frontend_value wide = __builtin_convertvector(sample, ossicle_frontend_value);
  return ossicle_frontend_high(wide << 16, factor, 0);
}

OSSICLE_FRONTEND_INLINE ossicle_frontend_value
ossicle_frontend_mirror(ossicle_frontend_value middle, ossicle_frontend_value value) {
  return (ossicle_frontend_value)(2 * (ossicle_frontend_unsigned)middle -
                                  (ossicle_frontend_unsigned)value);
}

#endif
