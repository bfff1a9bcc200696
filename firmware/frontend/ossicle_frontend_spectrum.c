/* The spectrum of one windowed frame: a real FFT by a complex one of half the length.
 *
 * Samples 2n and 2n + 1 are the real and imaginary part of point n. Decimation in time: the first
 * butterfly of four needs no factors and is done while windowing, which also puts the points in the
 * order that lets all later stages work in place and leaves the spectrum in natural order. Each
 * later stage halves, because a Q31 product does (Cooley and Tukey, Math. Comp. 19, 1965; the split
 * of a real spectrum: Sorensen et al., IEEE Trans. ASSP 35, 1987).
 *
 * Why nothing overflows: the frame is scaled so that no windowed sample exceeds 2^PEAK_BITS. Every
 * value on the way is a sum of distinct windowed points, each turned and scaled by at most 1,
 * halved once a stage; so its size is below 2^PEAK_BITS times the sum of the window, over
 * 2^HALVINGS, which the generator of the tables keeps below 2^31 with room for the roundings.
 */
#include "ossicle_frontend_arithmetic.h"
#include "ossicle_frontend_internal.h"

#define WINDOW OSSICLE_FRONTEND_WINDOW_LENGTH
#define POINTS (OSSICLE_FRONTEND_FFT_LENGTH / 2) /* of the complex FFT */

typedef ossicle_frontend_complex complex_t;

/* value * (cosine - i sine) / 2: turned clockwise by the angle that the factor's two numbers give.
 */
static inline complex_t turned(complex_t value, const int32_t *factor) {
  int32_t cosine = factor[0];
  int32_t sine = factor[1];
  complex_t result;
  result.re = ossicle_frontend_mul_add(ossicle_frontend_mul(value.re, cosine), value.im, sine);
  result.im = ossicle_frontend_mul_sub(ossicle_frontend_mul(value.im, cosine), value.re, sine);
  return result;
}

static inline complex_t halved(complex_t value) {
  complex_t result = {value.re >> 1, value.im >> 1};
  return result;
}

static inline complex_t sum(complex_t a, complex_t b) {
  complex_t result = {a.re + b.re, a.im + b.im};
  return result;
}

static inline complex_t difference(complex_t a, complex_t b) {
  complex_t result = {a.re - b.re, a.im - b.im};
  return result;
}

/* The Fourier transform of the four points a, b, c, d, to point[0], point[span], ... */
static inline void transform4(complex_t a, complex_t b, complex_t c, complex_t d, complex_t *point,
                              uint32_t span) {
  complex_t even = sum(a, c);
  complex_t odd = sum(b, d);
  complex_t left = difference(a, c);
  complex_t right = difference(b, d);
  point[0] = sum(even, odd);
  point[2 * span] = difference(even, odd);
  point[span].re = left.re + right.im;
  point[span].im = left.im - right.re;
  point[3 * span].re = left.re - right.im;
  point[3 * span].im = left.im + right.re;
}

/* How far the loudest sample may be shifted left: |sample| <= 2^bits, and gain + bits = PEAK_BITS.
 */
static int headroom(const int16_t *samples) {
  int32_t magnitude = 0;
  int gain = OSSICLE_FRONTEND_PEAK_BITS;
  for (uint32_t i = 0; i < WINDOW; i++) {
    int32_t sample = samples[i];
    magnitude |= sample ^ (sample >> 15); /* -1 - x for negative x */
  }
  for (; magnitude != 0; magnitude >>= 1) {
    gain--;
  }
  return gain;
}

/* Sample i of the frame times the window times 2^gain; the window is symmetric about WINDOW / 2. */
static inline int32_t windowed(const int16_t *samples, uint32_t i, int gain) {
  uint32_t mirrored = i <= WINDOW / 2 ? i : WINDOW - i;
  int32_t scaled = samples[i] * ((int32_t)2 << gain);
  return i < WINDOW ? ossicle_frontend_mul(scaled, ossicle_frontend_window[mirrored]) : 0;
}

static inline complex_t windowed_point(const int16_t *samples, uint32_t n, int gain) {
  complex_t point = {0, 0};
  if (2 * n < WINDOW) {
    point.re = windowed(samples, 2 * n, gain);
  }
  if (2 * n + 1 < WINDOW) {
    point.im = windowed(samples, 2 * n + 1, gain);
  }
  return point;
}

/* Windows the samples and transforms every four points that lie a quarter apart. */
static void first_stage(const int16_t *samples, int gain, complex_t *spectrum) {
  for (uint32_t n = 0; n < POINTS / 4; n++) {
    transform4(windowed_point(samples, n, gain), windowed_point(samples, n + POINTS / 4, gain),
               windowed_point(samples, n + POINTS / 2, gain),
               windowed_point(samples, n + 3 * (POINTS / 4), gain),
               spectrum + 4 * ossicle_frontend_order[n], 1);
  }
}

#if OSSICLE_FRONTEND_HAS_RADIX2
/* Joins pairs of transforms of 4 points; used once, where the length is not a power of four. */
static void stage2(complex_t *spectrum) {
  for (uint32_t k = 0; k < 4; k++) {
    const int32_t *eighths =
        ossicle_frontend_twiddle + 6 * (POINTS / 8); /* of 1, 2 and 3 eighths */
    const int32_t *factor = k == 0 ? ossicle_frontend_twiddle : eighths + 2 * (k - 1);
    for (uint32_t i = k; i < POINTS; i += 8) {
      complex_t a = halved(spectrum[i]);
      complex_t b = turned(spectrum[i + 4], factor);
      spectrum[i] = sum(a, b);
      spectrum[i + 4] = difference(a, b);
    }
  }
}
#endif

/* Joins four transforms of `span` points, which lie one behind the other. */
static inline void join4(complex_t *block, uint32_t span) {
  const int32_t *factor = ossicle_frontend_twiddle;
  uint32_t stride = 6 * (POINTS / 4 / span);
  for (complex_t *point = block; point < block + span; point++) {
    complex_t b = turned(point[span], factor);
    complex_t c = turned(point[2 * span], factor + 2);
    complex_t d = turned(point[3 * span], factor + 4);
    transform4(halved(point[0]), b, c, d, point, span);
    factor += stride;
  }
}

static void stage4(complex_t *spectrum, uint32_t span) {
  for (uint32_t block = 0; block < POINTS; block += 4 * span) {
    join4(spectrum + block, span);
  }
}

/* From the complex transform Z to bins k and POINTS - k of the real one: with the transforms
 * E = (Z[k] + conj Z[POINTS - k]) / 2 of the even and O = (Z[k] - conj Z[POINTS - k]) / 2i of the
 * odd samples, X[k] = E + exp(-pi i k / POINTS) O. */
static inline void split_pair(complex_t *spectrum, uint32_t k, const int32_t *factor) {
  complex_t low = spectrum[k];
  complex_t high = spectrum[POINTS - k];
  complex_t even = {(low.re + high.re) >> 1, (low.im - high.im) >> 1};
  complex_t odd = {low.re - high.re, low.im + high.im}; /* 2i O; turned() halves it */
  odd = turned(odd, factor);
  spectrum[k].re = even.re + odd.im;
  spectrum[k].im = even.im - odd.re;
  spectrum[POINTS - k].re = even.re - odd.im;
  spectrum[POINTS - k].im = -even.im - odd.re;
}

/* The bins 0 and POINTS carry no mel weight and are left; bin POINTS / 2 is Z's own, up to a sign.
 */
static void split(complex_t *spectrum) {
  split_pair(spectrum, 1, ossicle_frontend_odd_twiddle);
  for (uint32_t k = 2; k < POINTS / 2; k += 2) {
    split_pair(spectrum, k, ossicle_frontend_twiddle + 3 * k);
    split_pair(spectrum, k + 1, ossicle_frontend_odd_twiddle + k);
  }
}

int ossicle_frontend_spectrum(const int16_t *samples, complex_t *spectrum) {
  int gain = headroom(samples);
  uint32_t span = 4;
  first_stage(samples, gain, spectrum);
#if OSSICLE_FRONTEND_HAS_RADIX2
  stage2(spectrum);
  span *= 2;
#endif
  for (; span < POINTS; span *= 4) {
    stage4(spectrum, span);
  }
  split(spectrum);
  return gain;
}
