/* Two bins of a real signal's spectrum from two of a complex transform.
 *
 * The points of the complex transform Z of length P are pairs of samples. With the transforms E =
 * (Z[k] + conj Z[P - k]) / 2 of the even and O = (Z[k] - conj Z[P - k]) / 2i of the odd samples,
 * X[k] = E + exp(-pi i k / P) O and X[P - k] = conj(E - exp(-pi i k / P) O) (Sorensen et al., IEEE
 * Trans. ASSP 35, 1987). The conjugate is left out: only the power matters.
 */
#ifndef OSSICLE_FRONTEND_SPLIT_H
#define OSSICLE_FRONTEND_SPLIT_H

#include "ossicle_frontend_arithmetic.h"

#if defined(OSSICLE_FRONTEND_DSP)

/* Replaces Z[k] and Z[P - k], goes to the next of both, and on to the second next factor. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_split_pair(ossicle_frontend_complex **low,
                                                         ossicle_frontend_complex **high,
                                                         const int32_t **factor) {
  int32_t er, ei, hr, hi, wr, wi, re, im;
  __asm__(
      "ldrd %[er], %[ei], [%[low]]\n\t"
      "ldrd %[hr], %[hi], [%[high]]\n\t"
      "ldrd %[wr], %[wi], [%[factor]], #16\n\t"
      "sub %[re], %[er], %[hr]\n\t"
      "add %[im], %[ei], %[hi]\n\t"
      "add %[er], %[er], %[hr]\n\t"
      "sub %[ei], %[ei], %[hi]\n\t"
      "asr %[er], %[er], #1\n\t"
      "asr %[ei], %[ei], #1\n\t"
      "smmlar %[hr], %[im], %[wr], %[er]\n\t"
      "smmlsr %[hr], %[re], %[wi], %[hr]\n\t"
      "smmlsr %[hi], %[re], %[wr], %[ei]\n\t"
      "smmlsr %[hi], %[im], %[wi], %[hi]\n\t"
      "strd %[hr], %[hi], [%[low]], #8\n\t"
      "rsb %[er], %[hr], %[er], lsl #1\n\t"
      "rsb %[ei], %[hi], %[ei], lsl #1\n\t"
      "strd %[er], %[ei], [%[high]], #-8"
      : [er] "=&r"(er), [ei] "=&r"(ei), [hr] "=&r"(hr), [hi] "=&r"(hi), [wr] "=&r"(wr),
        [wi] "=&r"(wi), [re] "=&r"(re), [im] "=&r"(im), [low] "+&r"(*low), [high] "+&r"(*high),
        [factor] "+&r"(*factor)
      :
      : "memory");
}

#else

OSSICLE_FRONTEND_INLINE void ossicle_frontend_split_pair(ossicle_frontend_complex **low,
                                                         ossicle_frontend_complex **high,
                                                         const int32_t **factor) {
  ossicle_frontend_complex *x = (*low)++;
  ossicle_frontend_complex *y = (*high)--;
  const int32_t *f = *factor;
  ossicle_frontend_value re = x->re - y->re;
  ossicle_frontend_value im = x->im + y->im;
  ossicle_frontend_complex even = {(x->re + y->re) >> 1, (x->im - y->im) >> 1};
  x->re = ossicle_frontend_mul_sub(ossicle_frontend_mul_add(even.re, im, f[0]), re, f[1]);
  x->im = ossicle_frontend_mul_sub(ossicle_frontend_mul_sub(even.im, re, f[0]), im, f[1]);
  y->re = ossicle_frontend_mirror(even.re, x->re);
  y->im = ossicle_frontend_mirror(even.im, x->im);
  *factor += 4;
}

#endif
#endif
