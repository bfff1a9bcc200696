/* The points of ossicle_frontend_fold.c, four at once, for Helium.
 *
 * The same integers: VMULH of a sample times 2^16 is floor(weight * sample / 2^16) in each lane,
 * and VRMULH the product of ossicle_frontend_arithmetic.h. Where the window begins or ends among
 * the samples of a vector, lanes without a window read nothing: sample and weight are 0 there.
 */
#ifndef OSSICLE_FRONTEND_FOLD_MVE_H
#define OSSICLE_FRONTEND_FOLD_MVE_H

#include "ossicle_frontend_internal.h"
#include "ossicle_frontend_mve.h"

#define POINTS OSSICLE_FRONTEND_POINTS
#define LEFT OSSICLE_FRONTEND_LEFT
#define RIGHT OSSICLE_FRONTEND_RIGHT

/* Of a quarter, the samples of the window: FROM to TO. Quarters 0 and 1 have weights that rise with
 * the sample (in their place in the table), 2 and 3 such that fall. */
#define LIMITED(n) ((n) < 0 ? 0 : (n) > POINTS ? POINTS : (n))
#define TO_0 LIMITED(RIGHT)
#define TO_1 LIMITED(RIGHT - POINTS)
#define FROM_2 LIMITED(2 * POINTS - LEFT)
#define FROM_3 LIMITED(POINTS - LEFT)

/* The ends of stretches whose vectors, of so many samples, are all alike: those that a border runs
 * through, the second and the fourth, are one vector or none. */
#define FALL (RIGHT > POINTS ? TO_1 : TO_0)
#define RISE (LEFT > POINTS ? FROM_2 : FROM_3)
#define FIRST_BORDER (FALL < RISE ? FALL : RISE)
#define LAST_BORDER (FALL < RISE ? RISE : FALL)
#define AT_LEAST(low, n) ((n) < (low) ? (low) : (n))
#define END_1(size) (FIRST_BORDER / (size) * (size))
#define END_2(size) ((FIRST_BORDER + (size) - 1) / (size) * (size))
#define END_3(size) AT_LEAST(END_2(size), LAST_BORDER / (size) * (size))
#define END_4(size) AT_LEAST(END_2(size), (LAST_BORDER + (size) - 1) / (size) * (size))

#define ALL_LANES 0xffff

/* The lanes that samples `from` to `to` have in a vector of `lanes` samples from n on. */
OSSICLE_FRONTEND_INLINE uint32_t lanes_of(int n, int lanes, int from, int to) {
  const int bits = 16 / lanes;
  const int low = from < n ? 0 : from - n > lanes ? lanes : from - n;
  const int high = to < n ? 0 : to - n > lanes ? lanes : to - n;
  return ((1u << bits * high) - 1) & ~((1u << bits * low) - 1);
}

/* Where the next samples of a quarter lie, and their weights: rising ones themselves, or the
 * addresses of those of the vector before, which fall. */
typedef struct {
  const int16_t *samples;
  const int32_t *rising;
  uint32x4_t falling;
} quarter;

/* The samples of quarter `number` from n on, given those of the window; lanes are `step` samples
 * apart. */
OSSICLE_FRONTEND_INLINE quarter quarter_at(const int16_t *samples, int number, int n, int step) {
  quarter at = {samples + LEFT + n - (number < 2 ? -number : 4 - number) * POINTS,
                ossicle_frontend_window, vdupq_n_u32(0)};
  if (number < 2) {
    at.rising += n + number * POINTS;
  } else {
    const int first = (4 - number) * POINTS + OSSICLE_FRONTEND_MIRROR - 1 - n;
    at.falling = ossicle_frontend_addresses(ossicle_frontend_window, first + 4 * step, -step);
  }
  return at;
}

/* Four samples that not all have weights. */
OSSICLE_FRONTEND_INLINE int32x4_t weigh_some(int32x4_t samples, uint32x4_t addresses,
                                             mve_pred16_t lanes) {
  const int32x4_t weights = vldrwq_gather_base_z_s32(addresses, 0, lanes);
  return vmulhq_s32(samples, weights);
}

/* The next four samples, weighed. */
OSSICLE_FRONTEND_INLINE int32x4_t weigh_four(quarter *at, int number, uint32_t lanes) {
  if (lanes == ALL_LANES) {
    const int32x4_t samples = ossicle_frontend_next_samples(&at->samples);
    return vmulhq_s32(samples, number < 2 ? ossicle_frontend_next_words(&at->rising)
                                          : ossicle_frontend_next_words_at(&at->falling, -16));
  }
  const mve_pred16_t some = ossicle_frontend_predicate(lanes);
  const uint32x4_t addresses =
      number < 2 ? ossicle_frontend_addresses(at->rising, 0, 1) : vsubq_n_u32(at->falling, 16);
  return weigh_some(vshlq_n_s32(vldrhq_z_s32(at->samples, some), 16), addresses, some);
}

/* The next eight samples, weighed: the even and the odd ones. */
OSSICLE_FRONTEND_INLINE int32x4x2_t weigh_eight(quarter *at, int number, uint32_t lanes) {
  int32x4x2_t x;
  if (lanes == ALL_LANES) {
    const int16x8_t samples = ossicle_frontend_next_eight(&at->samples);
    if (number < 2) {
      x = ossicle_frontend_next_pairs(&at->rising);
    } else {
      x.val[1] = ossicle_frontend_words_at(at->falling, -36);
      x.val[0] = ossicle_frontend_next_words_at(&at->falling, -32);
    }
    x.val[0] = vmulhq_s32(vshllbq_n_s16(samples, 16), x.val[0]);
    x.val[1] = vmulhq_s32(vshlltq_n_s16(samples, 16), x.val[1]);
  } else {
    const mve_pred16_t some = ossicle_frontend_predicate(lanes);
    const int16x8_t samples = vldrhq_z_s16(at->samples, some);
    const int step = number < 2 ? 4 : -4;
    const uint32x4_t first =
        number < 2 ? ossicle_frontend_addresses(at->rising, 0, 2) : vsubq_n_u32(at->falling, 32);
    x.val[0] = weigh_some(vshllbq_n_s16(samples, 16), first, some);
    x.val[1] = weigh_some(vshlltq_n_s16(samples, 16), vaddq_n_u32(first, (uint32_t)step), some);
  }
  return x;
}

#define LANES_0(n, size) lanes_of(n, size, 0, TO_0)
#define LANES_1(n, size) lanes_of(n, size, 0, TO_1)
#define LANES_2(n, size) lanes_of(n, size, FROM_2, POINTS)
#define LANES_3(n, size) lanes_of(n, size, FROM_3, POINTS)

/* (re + i im) (cosine - i sine) / 2 to their places. In one piece, since compilers spill. */
OSSICLE_FRONTEND_INLINE void put_turned(int32x4_t re, int32x4_t im, const int32_t **turn,
                                        const uint16_t **order, int32_t *words) {
  __asm__ volatile(
      "vldmia %[turn]!, {d0-d3}\n\t" /* cosines, sines */
      "vrmulh.s32 q2, %q[re], q0\n\t"
      "vrmulh.s32 q3, %q[im], q1\n\t"
      "vadd.i32 q2, q2, q3\n\t"
      "vrmulh.s32 q0, %q[im], q0\n\t"
      "vneg.s32 q3, %q[re]\n\t"
      "vrmulh.s32 q3, q3, q1\n\t"
      "vadd.i32 q0, q0, q3\n\t"
      "vldrh.u32 q1, [%[order]], #8\n\t"
      "vstrw.32 q2, [%[real], q1, uxtw #2]\n\t"
      "vstrw.32 q0, [%[imaginary], q1, uxtw #2]"
      : [turn] "+r"(*turn), [order] "+l"(*order)
      : [re] "w"(re), [im] "w"(im), [real] "r"(words), [imaginary] "r"(words + 4)
      : "q0", "q1", "q2", "q3", "memory");
}

/* `from` and `to` are the ends of a stretch, constants, so that quarters without a window there
 * cost nothing. */
OSSICLE_FRONTEND_INLINE void fold_odd(const int16_t *samples, int32_t shift, int32_t *words,
                                      int from, int to) {
  quarter q0 = quarter_at(samples, 0, from, 1), q1 = quarter_at(samples, 1, from, 1);
  quarter q2 = quarter_at(samples, 2, from, 1), q3 = quarter_at(samples, 3, from, 1);
  const uint16_t *order = ossicle_frontend_order + from;
  const int32_t *turn = ossicle_frontend_turn + 2 * from;
  for (int count = (to - from) / 4; count > 0; count--) {
    int32x4_t re = vdupq_n_s32(0), im = re;
    if (LANES_0(from, 4) != 0) {
      re = weigh_four(&q0, 0, LANES_0(from, 4));
    }
    if (LANES_2(from, 4) != 0) {
      re = vsubq_s32(re, weigh_four(&q2, 2, LANES_2(from, 4)));
    }
    if (LANES_3(from, 4) != 0) {
      im = weigh_four(&q3, 3, LANES_3(from, 4));
    }
    if (LANES_1(from, 4) != 0) {
      im = vsubq_s32(im, weigh_four(&q1, 1, LANES_1(from, 4)));
    }
    put_turned(vshlq_r_s32(re, -shift), vshlq_r_s32(im, -shift), &turn, &order, words);
  }
}

OSSICLE_FRONTEND_INLINE int32x4x2_t sum(int32x4x2_t x, int32x4x2_t y) {
  x.val[0] = vaddq_s32(x.val[0], y.val[0]);
  x.val[1] = vaddq_s32(x.val[1], y.val[1]);
  return x;
}

OSSICLE_FRONTEND_INLINE void put_pairs(int32x4x2_t pairs, int32_t shift, const uint16_t **order,
                                       int32_t *words) {
  const uint32x4_t places = ossicle_frontend_next_places(order);
  vstrwq_scatter_shifted_offset_s32(words, places, vshlq_r_s32(pairs.val[0], -shift));
  vstrwq_scatter_shifted_offset_s32(words + 4, places, vshlq_r_s32(pairs.val[1], -shift));
}

/* Likewise; every two samples are a point. */
OSSICLE_FRONTEND_INLINE void fold_even(const int16_t *samples, int32_t shift, int32_t *words,
                                       int from, int to) {
  quarter q0 = quarter_at(samples, 0, from, 2), q1 = quarter_at(samples, 1, from, 2);
  quarter q2 = quarter_at(samples, 2, from, 2), q3 = quarter_at(samples, 3, from, 2);
  const uint16_t *low_order = ossicle_frontend_order + from / 2;
  const uint16_t *high_order = low_order + POINTS / 2;
  for (int count = (to - from) / 8; count > 0; count--) {
    int32x4x2_t low = {{vdupq_n_s32(0), vdupq_n_s32(0)}}, high = low;
    if (LANES_0(from, 8) != 0) {
      low = weigh_eight(&q0, 0, LANES_0(from, 8));
    }
    if (LANES_2(from, 8) != 0) {
      low = sum(low, weigh_eight(&q2, 2, LANES_2(from, 8)));
    }
    put_pairs(low, shift, &low_order, words);
    if (LANES_3(from, 8) != 0) {
      high = weigh_eight(&q3, 3, LANES_3(from, 8));
    }
    if (LANES_1(from, 8) != 0) {
      high = sum(high, weigh_eight(&q1, 1, LANES_1(from, 8)));
    }
    put_pairs(high, shift, &high_order, words);
  }
}

void ossicle_frontend_fold_odd(const int16_t *samples, int32_t gain,
                               ossicle_frontend_complex *points) {
  const int32_t shift = 29 - OSSICLE_FRONTEND_PEAK_BITS - gain;
  int32_t *words = &points->re;
  fold_odd(samples, shift, words, 0, END_1(4));
  fold_odd(samples, shift, words, END_1(4), END_2(4));
  fold_odd(samples, shift, words, END_2(4), END_3(4));
  fold_odd(samples, shift, words, END_3(4), END_4(4));
  fold_odd(samples, shift, words, END_4(4), POINTS);
}

void ossicle_frontend_fold_even(const int16_t *samples, int32_t gain,
                                ossicle_frontend_complex *points) {
  const int32_t shift = 30 - OSSICLE_FRONTEND_PEAK_BITS - gain;
  int32_t *words = &points->re;
  fold_even(samples, shift, words, 0, END_1(8));
  fold_even(samples, shift, words, END_1(8), END_2(8));
  fold_even(samples, shift, words, END_2(8), END_3(8));
  fold_even(samples, shift, words, END_3(8), END_4(8));
  fold_even(samples, shift, words, END_4(8), POINTS);
}

#endif
