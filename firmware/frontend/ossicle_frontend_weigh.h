/* Two neighbouring samples times their weights. A weight is an int32, the product floor(weight *
 * sample / 2^16); `step` says on which side of a weight its neighbour's lies, 1 or -1. */
#ifndef OSSICLE_FRONTEND_WEIGH_H
#define OSSICLE_FRONTEND_WEIGH_H

#include "ossicle_frontend_arithmetic.h"

typedef struct {
  ossicle_frontend_value first;
  ossicle_frontend_value second;
} ossicle_frontend_two;

#if defined(OSSICLE_FRONTEND_DSP) && OSSICLE_FRONTEND_FFT_LENGTH <= 2048

/* One load for both samples, and the multiplier takes either half of it. Compilers find neither,
 * and hold too many addresses; these offsets fit the instructions up to an FFT of 2,048 points. */
#define OSSICLE_FRONTEND_LOADS                                                                     \
  [s] "r"(samples), [w] "r"(window), [at] "i"(2 * at), [w1] "i"(4 * weight),                       \
      [w2] "i"(4 * (weight + step))

/* The samples at `at` and behind, times the weight at `weight` and beside. */
OSSICLE_FRONTEND_INLINE ossicle_frontend_two ossicle_frontend_weigh(const int16_t *samples, int at,
                                                                    const int32_t *window,
                                                                    int weight, int step) {
  ossicle_frontend_two x;
  int32_t t;
  __asm__ volatile(
      "ldr %1, [%[s], %[at]]\n\t"
      "ldr %2, [%[w], %[w1]]\n\t"
      "smulwb %0, %2, %1\n\t"
      "ldr %2, [%[w], %[w2]]\n\t"
      "smulwt %1, %2, %1"
      : "=&r"(x.first), "=&r"(x.second), "=&r"(t)
      : OSSICLE_FRONTEND_LOADS);
  return x;
}

/* x + these */
OSSICLE_FRONTEND_INLINE ossicle_frontend_two ossicle_frontend_weigh_add(ossicle_frontend_two x,
                                                                        const int16_t *samples,
                                                                        int at,
                                                                        const int32_t *window,
                                                                        int weight, int step) {
  int32_t t, pair;
  __asm__ volatile(
      "ldr %3, [%[s], %[at]]\n\t"
      "ldr %2, [%[w], %[w1]]\n\t"
      "smlawb %0, %2, %3, %0\n\t"
      "ldr %2, [%[w], %[w2]]\n\t"
      "smlawt %1, %2, %3, %1"
      : "+&r"(x.first), "+&r"(x.second), "=&r"(t), "=&r"(pair)
      : OSSICLE_FRONTEND_LOADS);
  return x;
}

/* x - these */
OSSICLE_FRONTEND_INLINE ossicle_frontend_two ossicle_frontend_weigh_subtract(ossicle_frontend_two x,
                                                                             const int16_t *samples,
                                                                             int at,
                                                                             const int32_t *window,
                                                                             int weight, int step) {
  int32_t t, pair;
  __asm__ volatile(
      "ldr %3, [%[s], %[at]]\n\t"
      "ldr %2, [%[w], %[w1]]\n\t"
      "smulwb %2, %2, %3\n\t"
      "sub %0, %0, %2\n\t"
      "ldr %2, [%[w], %[w2]]\n\t"
      "smulwt %2, %2, %3\n\t"
      "sub %1, %1, %2"
      : "+&r"(x.first), "+&r"(x.second), "=&r"(t), "=&r"(pair)
      : OSSICLE_FRONTEND_LOADS);
  return x;
}

/* (re + i im) (cosine - i sine) / 2, to the place that `order` says; goes on to the next of both.
 */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_put_turned(int32_t re, int32_t im,
                                                         const int32_t **factor,
                                                         ossicle_frontend_complex *points,
                                                         const uint16_t **order) {
  int32_t place, cosine, sine, turned;
  __asm__ volatile(
      "ldrh %[place], [%[order]], #2\n\t"
      "ldrd %[cosine], %[sine], [%[factor]], #8\n\t"
      "smmulr %[turned], %[re], %[cosine]\n\t"
      "smmlar %[turned], %[im], %[sine], %[turned]\n\t"
      "smmulr %[cosine], %[im], %[cosine]\n\t"
      "smmlsr %[cosine], %[re], %[sine], %[cosine]\n\t"
      "add %[place], %[points], %[place], lsl #3\n\t"
      "strd %[turned], %[cosine], [%[place]]"
      : [place] "=&r"(place), [cosine] "=&r"(cosine), [sine] "=&r"(sine), [turned] "=&r"(turned),
        [factor] "+&r"(*factor), [order] "+&r"(*order)
      : [re] "r"(re), [im] "r"(im), [points] "r"(points)
      : "memory");
}

#else

#if !defined(OSSICLE_FRONTEND_LANES)
#if defined(__ARM_ARCH_6M__) || defined(OSSICLE_FRONTEND_HALVES)
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_weighed(int32_t weight, int32_t sample) {
  return (weight >> 16) * sample + ((weight & 0xffff) * sample >> 16);
}
#else
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_weighed(int32_t weight, int32_t sample) {
  return (int32_t)((int64_t)weight * sample >> 16);
}
#endif
#endif

OSSICLE_FRONTEND_INLINE
ossicle_frontend_two ossicle_frontend_weigh(const ossicle_frontend_sample *samples, int at,
                                            const int32_t *window, int weight, int step) {
  ossicle_frontend_two x;
  x.first = ossicle_frontend_weighed(window[weight], samples[at]);
  x.second = ossicle_frontend_weighed(window[weight + step], samples[at + 1]);
  return x;
}

OSSICLE_FRONTEND_INLINE ossicle_frontend_two
ossicle_frontend_weigh_add(ossicle_frontend_two x, const ossicle_frontend_sample *samples, int at,
                           const int32_t *window, int weight, int step) {
  ossicle_frontend_two y = ossicle_frontend_weigh(samples, at, window, weight, step);
  x.first += y.first;
  x.second += y.second;
  return x;
}

OSSICLE_FRONTEND_INLINE ossicle_frontend_two
ossicle_frontend_weigh_subtract(ossicle_frontend_two x, const ossicle_frontend_sample *samples,
                                int at, const int32_t *window, int weight, int step) {
  ossicle_frontend_two y = ossicle_frontend_weigh(samples, at, window, weight, step);
  x.first -= y.first;
  x.second -= y.second;
  return x;
}

OSSICLE_FRONTEND_INLINE void ossicle_frontend_put_turned(ossicle_frontend_value re,
                                                         ossicle_frontend_value im,
                                                         const int32_t **factor,
                                                         ossicle_frontend_complex *points,
                                                         const uint16_t **order) {
  const int32_t *f = *factor;
  ossicle_frontend_complex *point = points + **order;
  point->re = ossicle_frontend_mul_add(ossicle_frontend_mul(re, f[0]), im, f[1]);
  point->im = ossicle_frontend_mul_sub(ossicle_frontend_mul(im, f[0]), re, f[1]);
  *factor += 2;
  *order += 1;
}

#endif
#endif
