/* What the files of the front end share with each other, and with nobody else. */
#ifndef OSSICLE_FRONTEND_INTERNAL_H
#define OSSICLE_FRONTEND_INTERNAL_H

#include "ossicle_frontend_arithmetic.h"

/* The spectrum of a frame is made in two halves, the odd bins and then the even ones, each by a
 * complex FFT of a quarter of the frame's points: so half of the memory is enough. */
#define OSSICLE_FRONTEND_POINTS ((int)OSSICLE_FRONTEND_FFT_LENGTH / 4)

#if OSSICLE_FRONTEND_FILTERED
/* Filters the next samples of a sound. `filters` is zero at its beginning. */
void ossicle_frontend_filter(ossicle_frontend_filters *filters, const int16_t *pcm, size_t samples,
                             int16_t *filtered);
#endif

/* Windows the samples, scales them by 2^(gain + OSSICLE_FRONTEND_PEAK_BITS - 15), and writes to
 * `points`, in the order in which the FFT wants them, those whose transform is the odd (even) bins
 * of the frame. */
void ossicle_frontend_fold_odd(const ossicle_frontend_sample *samples, ossicle_frontend_value gain,
                               ossicle_frontend_complex *points);
void ossicle_frontend_fold_even(const ossicle_frontend_sample *samples, ossicle_frontend_value gain,
                                ossicle_frontend_complex *points);

#if defined(OSSICLE_FRONTEND_SMALL)
/* The table of an eighth of a turn, of which there is this one copy. */
const int32_t *ossicle_frontend_eighth_of_a_turn(void);
#endif

/* Replaces points, point n at ossicle_frontend_order[n], by their Fourier transform, bin n at n. */
void ossicle_frontend_fft(ossicle_frontend_complex *points);

/* Replaces the transform of the points that hold the even bins by bins 2n, at n. */
void ossicle_frontend_split(ossicle_frontend_complex *points);

/* Sums the power of the odd bins over the mel intervals; adds that of the even ones. */
void ossicle_frontend_sum_odd_bins(const ossicle_frontend_complex *points,
                                   ossicle_frontend_interval *intervals);
void ossicle_frontend_add_even_bins(const ossicle_frontend_complex *points,
                                    ossicle_frontend_interval *intervals);

/* Sums the power of a frame over every mel interval: that of the discrete Fourier transform of the
 * windowed samples, times 4^(gain + OSSICLE_FRONTEND_PEAK_BITS - 15 - halvings). Returns gain,
 * which follows the loudest sample. `points` is scratch. */
ossicle_frontend_value ossicle_frontend_analyse(const ossicle_frontend_sample *samples,
                                                ossicle_frontend_complex *points,
                                                ossicle_frontend_interval *intervals);

/* The level of a band without power. */
#if OSSICLE_FRONTEND_STAGED
#define OSSICLE_FRONTEND_SILENT INT32_MIN
#else
#define OSSICLE_FRONTEND_SILENT INT8_MIN
#endif

/* Writes the level of every mel band to `levels`: the int8 feature or, where stages follow, octaves
 * above the band's floor (PCEN: above a full-scale sine) in Q24, OSSICLE_FRONTEND_SILENT without
 * power. */
void ossicle_frontend_levels(const ossicle_frontend_interval *intervals, int32_t gain,
                             ossicle_frontend_level *levels);

#if OSSICLE_FRONTEND_STAGED
/* Takes the levels of the next frame, which it may overwrite. Sets `complete` to whether that
 * completed a column, which it has then written. */
void ossicle_frontend_column(ossicle_frontend_stages *stages, ossicle_frontend_level *levels,
                             int8_t *column);

/* After the last frame: writes the next of the columns that still wait, and returns 1, or 0 when
 * there is none. */
int ossicle_frontend_last_column(ossicle_frontend_stages *stages, int8_t *column);

/* Write the values of a frame's levels: features in Q8, rounded down, clipped. */
#if OSSICLE_FRONTEND_PCEN
void ossicle_frontend_pcen(ossicle_frontend_stages *stages, const ossicle_frontend_level *levels,
                           int16_t *values);
#elif OSSICLE_FRONTEND_COEFFICIENTS
void ossicle_frontend_mfcc(ossicle_frontend_level *levels, int16_t *values);
#endif

/* The value of what lies so many 256ths of a step above -128. */
OSSICLE_FRONTEND_INLINE int16_t ossicle_frontend_value_of(int64_t height) {
  const int64_t feature = height - 128 * 256;
  return (int16_t)(feature < INT16_MIN ? INT16_MIN : feature > INT16_MAX ? INT16_MAX : feature);
}
#endif

#endif
