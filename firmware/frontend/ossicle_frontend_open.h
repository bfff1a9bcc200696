/* The first stages of the FFT, whose factors are 1 and an eighth of a turn, on one block of points.
 *
 * A block of 4 points is one butterfly of radix 4 that turns nothing and does not halve. A block of
 * 8 is four of radix 2, which do not halve, and two of radix 4, which do.
 */
#ifndef OSSICLE_FRONTEND_OPEN_H
#define OSSICLE_FRONTEND_OPEN_H

#include "ossicle_frontend_butterfly.h"

/* The butterfly of four points `span` apart whose factors are 1; halved, if so asked. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_join_unturned(ossicle_frontend_complex *point,
                                                            int span, int halved) {
  ossicle_frontend_complex a = point[0];
  ossicle_frontend_complex b = point[span];
  ossicle_frontend_complex c = point[2 * span];
  ossicle_frontend_complex d = point[3 * span];
  ossicle_frontend_complex even = {(a.re >> halved) + (c.re >> halved),
                                   (a.im >> halved) + (c.im >> halved)};
  ossicle_frontend_complex left = {(a.re >> halved) - (c.re >> halved),
                                   (a.im >> halved) - (c.im >> halved)};
  ossicle_frontend_complex odd = {(b.re >> halved) + (d.re >> halved),
                                  (b.im >> halved) + (d.im >> halved)};
  ossicle_frontend_complex right = {(b.re >> halved) - (d.re >> halved),
                                    (b.im >> halved) - (d.im >> halved)};
  point[0].re = even.re + odd.re;
  point[0].im = even.im + odd.im;
  point[span].re = left.re + right.im;
  point[span].im = left.im - right.re;
  point[2 * span].re = even.re - odd.re;
  point[2 * span].im = even.im - odd.im;
  point[3 * span].re = left.re - right.im;
  point[3 * span].im = left.im + right.re;
}

#if OSSICLE_FRONTEND_HAS_RADIX2

#define OSSICLE_FRONTEND_BLOCK 8

#if defined(OSSICLE_FRONTEND_DSP)

/* x becomes x + y, and y becomes x - y. */
#define OSSICLE_FRONTEND_ADD_AND_SUBTRACT(x, y)                                                    \
  "add %[" x "], %[" x "], %[" y                                                                   \
  "]\n\t"                                                                                          \
  "sub %[" y "], %[" x "], %[" y "], lsl #1\n\t"

/* x becomes x / 2 + y / 2, and y becomes x / 2 - y / 2, each half rounded down. */
#define OSSICLE_FRONTEND_HALVE(x, y)                                                               \
  "asr %[" y "], %[" y                                                                             \
  "], #1\n\t"                                                                                      \
  "add %[" x "], %[" y "], %[" x                                                                   \
  "], asr #1\n\t"                                                                                  \
  "sub %[" y "], %[" x "], %[" y "], lsl #1\n\t"

/* Goes to the next block. The halves of the second butterfly of radix 4, of points 1, 3, 5 and 7,
 * wait in memory for each other. Its product with the cosine of a quarter of a turn, 0, is left
 * out. `eighth` is where the cosine of an eighth of a turn lies, and 12 bytes on the sine of a
 * quarter. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_open_block(ossicle_frontend_complex **points,
                                                         const int32_t *eighth) {
  int32_t ar, ai, br, bi, cr, ci, dr, di, er, ei, fr, fi;
  __asm__ volatile(
      "ldrd %[ar], %[ai], [%[p]]\n\t"
      "ldrd %[br], %[bi], [%[p], #8]\n\t"
      "ldrd %[cr], %[ci], [%[p], #32]\n\t"
      "ldrd %[dr], %[di], [%[p], #40]\n\t"
      "ldr %[fr], [%[w], #12]\n\t"
      /* radix 2: points 0 and 1, 4 and 5 */
      OSSICLE_FRONTEND_ADD_AND_SUBTRACT("ar", "br") OSSICLE_FRONTEND_ADD_AND_SUBTRACT("ai", "bi")
      OSSICLE_FRONTEND_ADD_AND_SUBTRACT("cr", "dr") OSSICLE_FRONTEND_ADD_AND_SUBTRACT("ci", "di")
      /* `even` and `left` of both butterflies */
      OSSICLE_FRONTEND_HALVE("ar", "cr") OSSICLE_FRONTEND_HALVE("ai", "ci")
      "asr %[er], %[br], #1\n\t"
      "asr %[ei], %[bi], #1\n\t"
      "smmlar %[er], %[di], %[fr], %[er]\n\t"
      "smmlsr %[ei], %[dr], %[fr], %[ei]\n\t"
      "sub %[br], %[br], %[er]\n\t"
      "sub %[bi], %[bi], %[ei]\n\t"
      "strd %[er], %[ei], [%[p], #8]\n\t"
      "strd %[br], %[bi], [%[p], #40]\n\t"
      /* radix 2: points 2 and 3, 6 and 7 */
      "ldrd %[br], %[bi], [%[p], #16]\n\t"
      "ldrd %[dr], %[di], [%[p], #24]\n\t"
      "ldrd %[er], %[ei], [%[p], #48]\n\t"
      "ldrd %[fr], %[fi], [%[p], #56]\n\t"
      OSSICLE_FRONTEND_ADD_AND_SUBTRACT("br", "dr") OSSICLE_FRONTEND_ADD_AND_SUBTRACT("bi", "di")
      OSSICLE_FRONTEND_ADD_AND_SUBTRACT("er", "fr") OSSICLE_FRONTEND_ADD_AND_SUBTRACT("ei", "fi")
      /* `odd` and `right` of the first butterfly, then its points */
      OSSICLE_FRONTEND_HALVE("br", "er") OSSICLE_FRONTEND_HALVE("bi", "ei")
      OSSICLE_FRONTEND_ADD_AND_SUBTRACT("ar", "br") OSSICLE_FRONTEND_ADD_AND_SUBTRACT("ai", "bi")
      OSSICLE_FRONTEND_ADD_AND_SUBTRACT("cr", "ei")
      "sub %[ci], %[ci], %[er]\n\t"
      "add %[er], %[ci], %[er], lsl #1\n\t"
      "strd %[ar], %[ai], [%[p]]\n\t"
      "strd %[cr], %[ci], [%[p], #16]\n\t"
      "strd %[br], %[bi], [%[p], #32]\n\t"
      "strd %[ei], %[er], [%[p], #48]\n\t"
      /* the second butterfly's sum and difference, then its points */
      OSSICLE_FRONTEND_ADD_AND_SUBTRACT("dr", "fr") OSSICLE_FRONTEND_ADD_AND_SUBTRACT("di", "fi")
      "ldr %[cr], [%[w]]\n\t"
      "ldrd %[ar], %[ai], [%[p], #8]\n\t"
      "ldrd %[br], %[bi], [%[p], #40]\n\t"
      "smmlar %[er], %[dr], %[cr], %[ar]\n\t"
      "smmlar %[er], %[fi], %[cr], %[er]\n\t"
      "smmlar %[ei], %[di], %[cr], %[ai]\n\t"
      "smmlsr %[ei], %[fr], %[cr], %[ei]\n\t"
      "strd %[er], %[ei], [%[p], #8]\n\t"
      "rsb %[ar], %[er], %[ar], lsl #1\n\t"
      "rsb %[ai], %[ei], %[ai], lsl #1\n\t"
      "strd %[ar], %[ai], [%[p], #40]\n\t"
      "smmlar %[er], %[fi], %[cr], %[br]\n\t"
      "smmlsr %[er], %[dr], %[cr], %[er]\n\t"
      "smmlsr %[ei], %[fr], %[cr], %[bi]\n\t"
      "smmlsr %[ei], %[di], %[cr], %[ei]\n\t"
      "strd %[er], %[ei], [%[p], #24]\n\t"
      "rsb %[br], %[er], %[br], lsl #1\n\t"
      "rsb %[bi], %[ei], %[bi], lsl #1\n\t"
      "strd %[br], %[bi], [%[p], #56]\n\t"
      "add %[p], %[p], #64"
      : [ar] "=&r"(ar), [ai] "=&r"(ai), [br] "=&r"(br), [bi] "=&r"(bi), [cr] "=&r"(cr),
        [ci] "=&r"(ci), [dr] "=&r"(dr), [di] "=&r"(di), [er] "=&r"(er), [ei] "=&r"(ei),
        [fr] "=&r"(fr), [fi] "=&r"(fi), [p] "+&r"(*points)
      : [w] "r"(eighth)
      : "memory");
}

#else

/* A point becomes the sum of itself and the next, that one the difference. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_join_two(ossicle_frontend_complex *point) {
  ossicle_frontend_complex a = point[0];
  ossicle_frontend_complex b = point[1];
  point[0].re = a.re + b.re;
  point[0].im = a.im + b.im;
  point[1].re = a.re - b.re;
  point[1].im = a.im - b.im;
}

OSSICLE_FRONTEND_INLINE void ossicle_frontend_open_block(ossicle_frontend_complex **points,
                                                         const int32_t *eighth) {
  ossicle_frontend_complex *block = *points;
  ossicle_frontend_complex *second = block + 1;
  ossicle_frontend_join_two(block);
  ossicle_frontend_join_two(block + 2);
  ossicle_frontend_join_two(block + 4);
  ossicle_frontend_join_two(block + 6);
  ossicle_frontend_join_unturned(block, 2, 1);
  ossicle_frontend_join(&second, 2, &eighth, 0);
  *points += 8;
}

#endif
#else

#define OSSICLE_FRONTEND_BLOCK 4

OSSICLE_FRONTEND_INLINE void ossicle_frontend_open_block(ossicle_frontend_complex **points,
                                                         const int32_t *eighth) {
  (void)eighth;
  ossicle_frontend_join_unturned(*points, 1, 0);
  *points += 4;
}

#endif
#endif
