/* Joins four points, `span` apart, of four transforms: A, B, C and D of the points 4n, 4n + 1,
 * 4n + 2 and 4n - 1 of the joint one. With W once and V twice the angle of the factors
 *
 *   even = (A + conj(V) C) / 2            odd   = (conj(W) B + W D) / 2
 *   left = (A - conj(V) C) / 2            right = (conj(W) B - W D) / 2
 *
 * the joint one has even + odd, left - i right, even - odd, left + i right at the four points. Two
 * factors do instead of three, and sums of products begin at what they are added to (mirrored for
 * the difference), so that a butterfly takes 12 products and 12 additions.
 */
#ifndef OSSICLE_FRONTEND_BUTTERFLY_H
#define OSSICLE_FRONTEND_BUTTERFLY_H

#include "ossicle_frontend_arithmetic.h"

/* Goes to the next point and, `stride` words on, to its factors. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_join_in_c(ossicle_frontend_complex **points, int span,
                                                        const int32_t **factors, int stride) {
  ossicle_frontend_complex *point = *points;
  const int32_t *factor = *factors;
  ossicle_frontend_complex a = point[0];
  ossicle_frontend_complex b = point[span];
  ossicle_frontend_complex c = point[2 * span];
  ossicle_frontend_complex d = point[3 * span];
  ossicle_frontend_complex even = {a.re >> 1, a.im >> 1};
  even.re = ossicle_frontend_mul_add(even.re, c.re, factor[2]);
  even.re = ossicle_frontend_mul_add(even.re, c.im, factor[3]);
  even.im = ossicle_frontend_mul_add(even.im, c.im, factor[2]);
  even.im = ossicle_frontend_mul_sub(even.im, c.re, factor[3]);
  ossicle_frontend_complex left = {a.re - even.re, a.im - even.im};
  ossicle_frontend_complex sum = {b.re + d.re, b.im + d.im};
  ossicle_frontend_complex difference = {b.re - d.re, b.im - d.im};
  a.re = ossicle_frontend_mul_add(even.re, sum.re, factor[0]);
  a.re = ossicle_frontend_mul_add(a.re, difference.im, factor[1]);
  a.im = ossicle_frontend_mul_add(even.im, sum.im, factor[0]);
  a.im = ossicle_frontend_mul_sub(a.im, difference.re, factor[1]);
  b.re = ossicle_frontend_mul_add(left.re, difference.im, factor[0]);
  b.re = ossicle_frontend_mul_sub(b.re, sum.re, factor[1]);
  b.im = ossicle_frontend_mul_sub(left.im, difference.re, factor[0]);
  b.im = ossicle_frontend_mul_sub(b.im, sum.im, factor[1]);
  point[0] = a;
  point[span] = b;
  point[2 * span].re = ossicle_frontend_mirror(even.re, a.re);
  point[2 * span].im = ossicle_frontend_mirror(even.im, a.im);
  point[3 * span].re = ossicle_frontend_mirror(left.re, b.re);
  point[3 * span].im = ossicle_frontend_mirror(left.im, b.im);
  *points += 1;
  *factors += stride;
}

#if defined(OSSICLE_FRONTEND_DSP)

/* Every register is in use, which compilers do not manage: they spill. a, b, c
 * and d are the places of the points. */
#define OSSICLE_FRONTEND_JOIN(a, b, c, d)                                                          \
  "ldrd %[ar], %[ai], " a                                                                          \
  "\n\t"                                                                                           \
  "ldrd %[br], %[bi], " c                                                                          \
  "\n\t"                                                                                           \
  "ldrd %[wr], %[wi], [%[f], #8]\n\t"                                                              \
  "asr %[er], %[ar], #1\n\t"                                                                       \
  "asr %[ei], %[ai], #1\n\t"                                                                       \
  "smmlar %[er], %[br], %[wr], %[er]\n\t"                                                          \
  "smmlar %[er], %[bi], %[wi], %[er]\n\t"                                                          \
  "smmlar %[ei], %[bi], %[wr], %[ei]\n\t"                                                          \
  "smmlsr %[ei], %[br], %[wi], %[ei]\n\t"                                                          \
  "sub %[ar], %[ar], %[er]\n\t"                                                                    \
  "sub %[ai], %[ai], %[ei]\n\t"                                                                    \
  "ldrd %[br], %[bi], " b                                                                          \
  "\n\t"                                                                                           \
  "ldrd %[dr], %[di], " d                                                                          \
  "\n\t"                                                                                           \
  "ldrd %[wr], %[wi], [%[f]], %[stride]\n\t"                                                       \
  "add %[t], %[br], %[dr]\n\t"                                                                     \
  "sub %[br], %[br], %[dr]\n\t"                                                                    \
  "add %[dr], %[bi], %[di]\n\t"                                                                    \
  "sub %[bi], %[bi], %[di]\n\t"                                                                    \
  "smmlar %[di], %[bi], %[wr], %[ar]\n\t"                                                          \
  "smmlsr %[di], %[t], %[wi], %[di]\n\t"                                                           \
  "smmlsr %[x], %[br], %[wr], %[ai]\n\t"                                                           \
  "smmlsr %[x], %[dr], %[wi], %[x]\n\t"                                                            \
  "rsb %[ar], %[di], %[ar], lsl #1\n\t"                                                            \
  "rsb %[ai], %[x], %[ai], lsl #1\n\t"

#define OSSICLE_FRONTEND_JOIN_REST                                                                 \
  "smmlar %[ar], %[t], %[wr], %[er]\n\t"                                                           \
  "smmlar %[ar], %[bi], %[wi], %[ar]\n\t"                                                          \
  "smmlar %[ai], %[dr], %[wr], %[ei]\n\t"                                                          \
  "smmlsr %[ai], %[br], %[wi], %[ai]\n\t"                                                          \
  "rsb %[er], %[ar], %[er], lsl #1\n\t"                                                            \
  "rsb %[ei], %[ai], %[ei], lsl #1\n\t"

#define OSSICLE_FRONTEND_JOIN_OPERANDS                                                             \
  [ar] "=&r"(ar), [ai] "=&r"(ai), [br] "=&r"(br), [bi] "=&r"(bi), [dr] "=&r"(dr), [di] "=&r"(di),  \
      [er] "=&r"(er), [ei] "=&r"(ei), [wr] "=&r"(wr), [wi] "=&r"(wi), [t] "=&r"(t), [x] "=&r"(x),  \
      [p] "+&r"(*point),                                                                           \
      [f] "+&r"(*factor)                                                                           \
      : [s1] "i"(8 * span), [s2] "i"(16 * span), [s3] "i"(24 * span), [half] "i"(4 * span),        \
        [minus] "i"(-4 * span), [back] "i"(4 * span - 8), [stride] "i"(4 * stride) : "memory"

/* The same; `span` and `stride` are constants. Far points are out of reach of an offset: there p
 * moves between the first two, and x is as far from the other two. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_join(ossicle_frontend_complex **point, int span,
                                                   const int32_t **factor, int stride) {
  int32_t ar, ai, br, bi, dr, di, er, ei, wr, wi, t, x;
  if (span > 255 || stride > 255) { /* out of reach */
    ossicle_frontend_join_in_c(point, span, factor, stride);
  } else if (span <= 1020 / 24) {
    __asm__ volatile(OSSICLE_FRONTEND_JOIN("[%[p]]", "[%[p], %[s1]]", "[%[p], %[s2]]",
                                           "[%[p], %[s3]]") "strd %[di], %[x], [%[p], %[s1]]\n\t"
                                                            "strd %[ar], %[ai], [%[p], %[s3]]\n\t"
                         OSSICLE_FRONTEND_JOIN_REST "strd %[er], %[ei], [%[p], %[s2]]\n\t"
                                                    "strd %[ar], %[ai], [%[p]], #8"
                     : OSSICLE_FRONTEND_JOIN_OPERANDS);
  } else {
    __asm__ volatile("add %[p], %[p], %[half]\n\t"
                     "add %[x], %[p], %[s2]\n\t" OSSICLE_FRONTEND_JOIN(
                         "[%[p], %[minus]]", "[%[p], %[half]]", "[%[x], %[minus]]",
                         "[%[x], %[half]]") "strd %[di], %[x], [%[p], %[half]]\n\t"
                                            "add %[x], %[p], %[s2]\n\t"
                                            "strd %[ar], %[ai], [%[x], %[half]]\n\t"
                     OSSICLE_FRONTEND_JOIN_REST "strd %[er], %[ei], [%[x], %[minus]]\n\t"
                                                "strd %[ar], %[ai], [%[p], %[minus]]\n\t"
                                                "sub %[p], %[p], %[back]"
                     : OSSICLE_FRONTEND_JOIN_OPERANDS);
  }
}

#else

#define ossicle_frontend_join ossicle_frontend_join_in_c

#endif
#endif
