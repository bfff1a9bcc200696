/* The complex Fourier transform, in place: decimation in time, radix 4 (Cooley and Tukey, Math.
 * Comp. 19, 1965) with the factors of the conjugate-pair FFT (Kamar and Elcherif, Electronics
 * Letters 25, 1989). Each stage but the first halves, because a Q31 product does.
 *
 * Why nothing overflows: every value on the way is a sum of distinct windowed samples, each turned
 * and scaled by at most 1, halved once a stage; so its size is below 2^PEAK_BITS times the sum of
 * the window, over 2^halvings, and the generator of the tables chooses PEAK_BITS so that twice that
 * stays below 2^31 with room for the roundings.
 */
#include "ossicle_frontend_butterfly.h"
#include "ossicle_frontend_internal.h"

#define POINTS OSSICLE_FRONTEND_POINTS

/* The butterfly of four points `span` apart whose factors are 1; halved, if so asked. */
OSSICLE_FRONTEND_INLINE void join_unturned(ossicle_frontend_complex *point, int span, int halved) {
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

#define OPEN_SPAN 8

/* A point becomes the sum of itself and the next, that one the difference. */
OSSICLE_FRONTEND_INLINE void join_two(ossicle_frontend_complex *point) {
  ossicle_frontend_complex a = point[0];
  ossicle_frontend_complex b = point[1];
  point[0].re = a.re + b.re;
  point[0].im = a.im + b.im;
  point[1].re = a.re - b.re;
  point[1].im = a.im - b.im;
}

/* The first two stages, of radix 2 and 4, on blocks of 8 points. */
static void open_blocks(ossicle_frontend_complex *points) {
  for (ossicle_frontend_complex *block = points; block != points + POINTS; block += OPEN_SPAN) {
    ossicle_frontend_complex *second = block + 1;
    const int32_t *factor = ossicle_frontend_twiddle + POINTS / 2; /* an eighth of a turn */
    join_two(block);
    join_two(block + 2);
    join_two(block + 4);
    join_two(block + 6);
    join_unturned(block, 2, 1);
    ossicle_frontend_join(&second, 2, &factor, 0);
  }
}

#else

#define OPEN_SPAN 4

static void open_blocks(ossicle_frontend_complex *points) {
  for (ossicle_frontend_complex *block = points; block != points + POINTS; block += OPEN_SPAN) {
    join_unturned(block, 1, 0);
  }
}

#endif

/* Joins every four transforms of `span` points, which lie one behind the other; `span` is even. */
OSSICLE_FRONTEND_INLINE void stage(ossicle_frontend_complex *points, int span) {
  if (span < POINTS) {
    for (ossicle_frontend_complex *block = points; block != points + POINTS; block += 4 * span) {
      ossicle_frontend_complex *point = block;
      const int32_t *factor = ossicle_frontend_twiddle;
      while (point != block + span) {
        ossicle_frontend_join(&point, span, &factor, POINTS / span);
        ossicle_frontend_join(&point, span, &factor, POINTS / span);
      }
    }
  }
}

void ossicle_frontend_fft(ossicle_frontend_complex *points) {
  open_blocks(points);
  stage(points, OPEN_SPAN);
  stage(points, 4 * OPEN_SPAN);
  stage(points, 16 * OPEN_SPAN);
  stage(points, 64 * OPEN_SPAN);
}
