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

/* Adds to four lanes; true is -1 in a lane, and unsigned numbers are compared by flipping signs. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_add_power(__m256i *total, __m256i *moment,
                                                        __m256i *carry, __m256i re, __m256i im) {
  const __m256i sign = _mm256_set1_epi64x(INT64_MIN);
  *total = _mm256_add_epi64(*total,
                            _mm256_add_epi64(_mm256_mul_epi32(re, re), _mm256_mul_epi32(im, im)));
  *moment = _mm256_add_epi64(*moment, *total);
  *carry = _mm256_sub_epi64(
      *carry, _mm256_cmpgt_epi64(_mm256_xor_si256(*total, sign), _mm256_xor_si256(*moment, sign)));
}

OSSICLE_FRONTEND_INLINE void ossicle_frontend_add_bin(ossicle_frontend_sums *sums,
                                                      const ossicle_frontend_complex **bin,
                                                      int step) {
  __m256i *total = (__m256i *)&sums->total;
  __m256i *moment = (__m256i *)&sums->moment;
  __m256i *carry = (__m256i *)&sums->carry;
  const __m256i re = (__m256i)(*bin)->re;
  const __m256i im = (__m256i)(*bin)->im;
  ossicle_frontend_add_power(total, moment, carry, re, im);
  ossicle_frontend_add_power(total + 1, moment + 1, carry + 1, _mm256_srli_epi64(re, 32),
                             _mm256_srli_epi64(im, 32));
  *bin += step;
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

OSSICLE_FRONTEND_INLINE void ossicle_frontend_add_bin(ossicle_frontend_sums *sums,
                                                      const ossicle_frontend_complex **bin,
                                                      int step) {
  for (int l = 0; l < OSSICLE_FRONTEND_LANES; l++) {
    const int w = OSSICLE_FRONTEND_WIDE_LANE(l);
    const int64_t re = (*bin)->re[l];
    const int64_t im = (*bin)->im[l];
    sums->total[w] += (uint64_t)(re * re) + (uint64_t)(im * im);
    sums->moment[w] += sums->total[w];
    sums->carry[w] += sums->moment[w] < sums->total[w];
  }
  *bin += step;
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
