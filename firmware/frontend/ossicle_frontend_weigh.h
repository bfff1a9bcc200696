/* Two neighbouring samples times their weights. A weight is an int32, the product floor(weight *
 * sample / 2^16). */
#ifndef OSSICLE_FRONTEND_WEIGH_H
#define OSSICLE_FRONTEND_WEIGH_H

#include "ossicle_frontend_arithmetic.h"

typedef struct {
  ossicle_frontend_value first;
  ossicle_frontend_value second;
} ossicle_frontend_two;

/* The weights of the first and of the second of two neighbouring samples. */
typedef struct {
  int32_t first;
  int32_t second;
} ossicle_frontend_weights;

#if defined(OSSICLE_FRONTEND_DSP) && OSSICLE_FRONTEND_FFT_LENGTH <= 2048

/* Compilers do not find that one load brings both weights, or both samples, that it may move the
 * pointer on, and that the multiplier takes either half of a word. Single loads reach as far as an
 * FFT of 2,048 points wants. */

/* The weights from `lower` on; `step` is 1, or -1 where that of the first sample is the upper one.
 */
OSSICLE_FRONTEND_INLINE ossicle_frontend_weights ossicle_frontend_weights_at(const int32_t *window,
                                                                             int lower, int step) {
  int32_t low, high;
  if (4 * lower <= 1020) {
    __asm__ volatile("ldrd %0, %1, [%2, %3]"
                     : "=&r"(low), "=r"(high)
                     : "r"(window), "i"(4 * lower));
  } else {
    __asm__ volatile("ldr %0, [%2, %3]\n\tldr %1, [%2, %4]"
                     : "=&r"(low), "=r"(high)
                     : "r"(window), "i"(4 * lower), "i"(4 * lower + 4));
  }
  return step > 0 ? (ossicle_frontend_weights){low, high} : (ossicle_frontend_weights){high, low};
}

/* The same from `window` on, which then moves two steps. */
OSSICLE_FRONTEND_INLINE ossicle_frontend_weights
ossicle_frontend_next_weights(const int32_t **window, int step) {
  int32_t low, high;
  __asm__ volatile("ldrd %0, %1, [%2], %3"
                   : "=&r"(low), "=&r"(high), "+&r"(*window)
                   : "i"(8 * step));
  return step > 0 ? (ossicle_frontend_weights){low, high} : (ossicle_frontend_weights){high, low};
}

/* The samples at `at` and behind, weighed. */
OSSICLE_FRONTEND_INLINE ossicle_frontend_two
ossicle_frontend_weigh(const int16_t *samples, int at, ossicle_frontend_weights weights) {
  ossicle_frontend_two x;
  __asm__ volatile(
      "ldr %1, [%2, %3]\n\t"
      "smulwb %0, %4, %1\n\t"
      "smulwt %1, %5, %1"
      : "=&r"(x.first), "=&r"(x.second)
      : "r"(samples), "i"(2 * at), "r"(weights.first), "r"(weights.second)
      : "memory");
  return x;
}

/* These and x. */
OSSICLE_FRONTEND_INLINE ossicle_frontend_two ossicle_frontend_weigh_add(
    ossicle_frontend_two x, const int16_t *samples, int at, ossicle_frontend_weights weights) {
  int32_t pair;
  __asm__ volatile(
      "ldr %2, [%3, %4]\n\t"
      "smlawb %0, %5, %2, %0\n\t"
      "smlawt %1, %6, %2, %1"
      : "+&r"(x.first), "+&r"(x.second), "=&r"(pair)
      : "r"(samples), "i"(2 * at), "r"(weights.first), "r"(weights.second)
      : "memory");
  return x;
}

/* These less x. */
OSSICLE_FRONTEND_INLINE ossicle_frontend_two ossicle_frontend_weigh_subtract(
    ossicle_frontend_two x, const int16_t *samples, int at, ossicle_frontend_weights weights) {
  int32_t pair;
  __asm__ volatile(
      "ldr %2, [%5, %6]\n\t"
      "smulwb %3, %3, %2\n\t"
      "smulwt %4, %4, %2\n\t"
      "sub %0, %3, %0\n\t"
      "sub %1, %4, %1"
      : "+&r"(x.first), "+&r"(x.second), "=&r"(pair), "+&r"(weights.first), "+&r"(weights.second)
      : "r"(samples), "i"(2 * at)
      : "memory");
  return x;
}

#else

#if !defined(OSSICLE_FRONTEND_LANES)
#if defined(__ARM_ARCH_6M__) || defined(OSSICLE_FRONTEND_HALVES)
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_weighed(int32_t weight, int32_t sample) {
  return (weight >> 16) * sample + ((weight & 0xffff) * sample >> 16);
}
#else
OSSICLE_FRONTEND_INLINE int32_t ossicle_frontend_weighed(int32_t weight, int32_t sample) {
  return (int32_t)((int64_t)weight * (sample * (1 << 16)) >> 32);
}
#endif
#endif

OSSICLE_FRONTEND_INLINE ossicle_frontend_weights ossicle_frontend_weights_at(const int32_t *window,
                                                                             int lower, int step) {
  const int32_t low = window[lower];
  const int32_t high = window[lower + 1];
  return step > 0 ? (ossicle_frontend_weights){low, high} : (ossicle_frontend_weights){high, low};
}

OSSICLE_FRONTEND_INLINE ossicle_frontend_weights
ossicle_frontend_next_weights(const int32_t **window, int step) {
  const ossicle_frontend_weights weights = ossicle_frontend_weights_at(*window, 0, step);
  *window += 2 * step;
  return weights;
}

OSSICLE_FRONTEND_INLINE ossicle_frontend_two ossicle_frontend_weigh(
    const ossicle_frontend_sample *samples, int at, ossicle_frontend_weights weights) {
  ossicle_frontend_two x;
  x.first = ossicle_frontend_weighed(weights.first, samples[at]);
  x.second = ossicle_frontend_weighed(weights.second, samples[at + 1]);
  return x;
}

OSSICLE_FRONTEND_INLINE ossicle_frontend_two
ossicle_frontend_weigh_add(ossicle_frontend_two x, const ossicle_frontend_sample *samples, int at,
                           ossicle_frontend_weights weights) {
  const ossicle_frontend_two y = ossicle_frontend_weigh(samples, at, weights);
  x.first += y.first;
  x.second += y.second;
  return x;
}

OSSICLE_FRONTEND_INLINE ossicle_frontend_two
ossicle_frontend_weigh_subtract(ossicle_frontend_two x, const ossicle_frontend_sample *samples,
                                int at, ossicle_frontend_weights weights) {
  const ossicle_frontend_two y = ossicle_frontend_weigh(samples, at, weights);
  x.first = y.first - x.first;
  x.second = y.second - x.second;
  return x;
}

#endif
#endif
