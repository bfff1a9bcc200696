/* Host only: the sums of ossicle_frontend_sums.h on every lane of a vector. */
#ifndef OSSICLE_FRONTEND_LANES_SUMS_H
#define OSSICLE_FRONTEND_LANES_SUMS_H

#if defined(__AVX2__) && OSSICLE_FRONTEND_LANES == 8

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
                                                      const ossicle_frontend_complex *bin) {
  __m256i *total = (__m256i *)&sums->total;
  __m256i *moment = (__m256i *)&sums->moment;
  __m256i *carry = (__m256i *)&sums->carry;
  const __m256i re = (__m256i)bin->re;
  const __m256i im = (__m256i)bin->im;
  ossicle_frontend_add_power(total, moment, carry, re, im);
  ossicle_frontend_add_power(total + 1, moment + 1, carry + 1, _mm256_srli_epi64(re, 32),
                             _mm256_srli_epi64(im, 32));
}

#else

OSSICLE_FRONTEND_INLINE void ossicle_frontend_add_bin(ossicle_frontend_sums *sums,
                                                      const ossicle_frontend_complex *bin) {
  for (int l = 0; l < OSSICLE_FRONTEND_LANES; l++) {
    const int w = OSSICLE_FRONTEND_WIDE_LANE(l);
    const int64_t re = bin->re[l];
    const int64_t im = bin->im[l];
    sums->total[w] += (uint64_t)(re * re) + (uint64_t)(im * im);
    sums->moment[w] += sums->total[w];
    sums->carry[w] += sums->moment[w] < sums->total[w];
  }
}

#endif
#endif
