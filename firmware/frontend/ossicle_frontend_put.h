/* Points on their way to the FFT: to the place where they must lie and, those of the odd bins,
 * turned. A cursor stands at a point and goes through them in their order.
 */
#ifndef OSSICLE_FRONTEND_PUT_H
#define OSSICLE_FRONTEND_PUT_H

#include "ossicle_frontend_internal.h"

#if defined(OSSICLE_FRONTEND_SMALL)

#include "ossicle_frontend_factors.h"

typedef int ossicle_frontend_cursor;

OSSICLE_FRONTEND_INLINE ossicle_frontend_cursor ossicle_frontend_cursor_at(int point) {
  return point;
}

OSSICLE_FRONTEND_INLINE int ossicle_frontend_is_at(ossicle_frontend_cursor cursor, int point) {
  return cursor == point;
}

/* (re + i im) (cosine - i sine) / 2 to the cursor's place. One copy of it does for all callers. */
static OSSICLE_FRONTEND_ONE_COPY void ossicle_frontend_put_turned(ossicle_frontend_value re,
                                                                  ossicle_frontend_value im,
                                                                  ossicle_frontend_complex *points,
                                                                  ossicle_frontend_cursor cursor) {
  const ossicle_frontend_factor f =
      ossicle_frontend_factor_at(ossicle_frontend_turn, (uint32_t)cursor);
  ossicle_frontend_complex *point = points + ossicle_frontend_place_at((uint32_t)cursor);
  point->re = ossicle_frontend_mul_add(ossicle_frontend_mul(re, f.cosine), im, f.sine);
  point->im = ossicle_frontend_mul_sub(ossicle_frontend_mul(im, f.cosine), re, f.sine);
}

OSSICLE_FRONTEND_INLINE void ossicle_frontend_put_next(ossicle_frontend_value re,
                                                       ossicle_frontend_value im,
                                                       ossicle_frontend_complex *points,
                                                       ossicle_frontend_cursor *cursor) {
  ossicle_frontend_put_turned(re, im, points, *cursor);
  *cursor += 1;
}

/* The places of the cursor's point and, half of all points further on, of another, whose number
 * differs in the highest digit only. Goes on to the next. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_next_places(ossicle_frontend_complex *points,
                                                          ossicle_frontend_cursor *cursor,
                                                          ossicle_frontend_complex *places[2]) {
  const uint32_t place = ossicle_frontend_place_at((uint32_t)*cursor);
  places[0] = points + place;
  places[1] = points + (place ^ (2u - OSSICLE_FRONTEND_HAS_RADIX2));
  *cursor += 1;
}

#else

/* 8 bits do for the places of 256 points. */
#if OSSICLE_FRONTEND_FFT_LENGTH <= 1024
typedef uint8_t ossicle_frontend_place;
#define OSSICLE_FRONTEND_NEXT_PLACE(place, order) "ldrb %[" #place "], [%[" #order "]], #1\n\t"
#else
typedef uint16_t ossicle_frontend_place;
#define OSSICLE_FRONTEND_NEXT_PLACE(place, order) "ldrh %[" #place "], [%[" #order "]], #2\n\t"
#endif

typedef struct {
  const ossicle_frontend_place *order;
  const int32_t *factor;
} ossicle_frontend_cursor;

OSSICLE_FRONTEND_INLINE ossicle_frontend_cursor ossicle_frontend_cursor_at(int point) {
  const ossicle_frontend_cursor cursor = {ossicle_frontend_order + point,
                                          ossicle_frontend_turn + 2 * point};
  return cursor;
}

OSSICLE_FRONTEND_INLINE int ossicle_frontend_is_at(ossicle_frontend_cursor cursor, int point) {
  return cursor.order == ossicle_frontend_order + point;
}

OSSICLE_FRONTEND_INLINE void ossicle_frontend_next_places(ossicle_frontend_complex *points,
                                                          ossicle_frontend_cursor *cursor,
                                                          ossicle_frontend_complex *places[2]) {
  places[0] = points + cursor->order[0];
  places[1] = points + cursor->order[OSSICLE_FRONTEND_POINTS / 2];
  cursor->order += 1;
}

#if defined(OSSICLE_FRONTEND_DSP)

/* (re + i im) (cosine - i sine) / 2 to the cursor's place. Goes on to the next. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_put_next(int32_t re, int32_t im,
                                                       ossicle_frontend_complex *points,
                                                       ossicle_frontend_cursor *cursor) {
  int32_t cosine, sine, turned;
  __asm__ volatile(
      "ldrd %[cosine], %[sine], [%[factor]], #8\n\t"
      "smmulr %[turned], %[re], %[cosine]\n\t"
      "smmlar %[turned], %[im], %[sine], %[turned]\n\t"
      "smmulr %[cosine], %[im], %[cosine]\n\t"
      "smmlsr %[cosine], %[re], %[sine], %[cosine]\n\t"
      OSSICLE_FRONTEND_NEXT_PLACE(sine, order)
      "add %[sine], %[points], %[sine], lsl #3\n\t"
      "strd %[turned], %[cosine], [%[sine]]"
      : [cosine] "=&r"(cosine), [sine] "=&r"(sine), [turned] "=&r"(turned),
        [factor] "+&r"(cursor->factor), [order] "+&r"(cursor->order)
      : [re] "r"(re), [im] "r"(im), [points] "r"(points)
      : "memory");
}

#else

OSSICLE_FRONTEND_INLINE void ossicle_frontend_put_next(ossicle_frontend_value re,
                                                       ossicle_frontend_value im,
                                                       ossicle_frontend_complex *points,
                                                       ossicle_frontend_cursor *cursor) {
  const int32_t *f = cursor->factor;
  ossicle_frontend_complex *point = points + *cursor->order++;
  point->re = ossicle_frontend_mul_add(ossicle_frontend_mul(re, f[0]), im, f[1]);
  point->im = ossicle_frontend_mul_sub(ossicle_frontend_mul(im, f[0]), re, f[1]);
  cursor->factor += 2;
}

#endif
#endif

/* As it is. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_put(ossicle_frontend_value re,
                                                  ossicle_frontend_value im,
                                                  ossicle_frontend_complex *point) {
#if defined(OSSICLE_FRONTEND_DSP)
  __asm__ volatile("strd %0, %1, [%2]" : : "r"(re), "r"(im), "r"(point) : "memory");
#else
  point->re = re;
  point->im = im;
#endif
}

#endif
