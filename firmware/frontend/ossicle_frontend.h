/* The log-mel front end: 16-bit sound in, columns of int8 features out.
 *
 * Feed sound in chunks of any size; the columns do not depend on how it was cut. Column t looks at
 * the window whose centre is sample t * hop; outside the sound there is silence. A sound of n
 * samples gives 1 + n / hop columns (rounded down), the last of them from `ossicle_frontend_flush`.
 *
 * All arithmetic is in integers and defined to the bit: every compiler and every core gives the
 * same columns. Nothing is allocated; the caller owns the state. Two states never touch each other.
 */
#ifndef OSSICLE_FRONTEND_H
#define OSSICLE_FRONTEND_H

#include <stddef.h>
#include <stdint.h>

/* Defined on cores with Helium, whose points lie and whose tables are sorted as its vectors want.
 * All files must agree: they are compiled with the same flags. */
#if defined(__GNUC__) && defined(__ARM_FEATURE_MVE) && defined(__OPTIMIZE__) &&                    \
    !defined(OSSICLE_FRONTEND_PORTABLE) && !defined(OSSICLE_FRONTEND_SMALL)
#define OSSICLE_FRONTEND_MVE
#endif

#include "ossicle_frontend_tables.h" /* generated from the specification: lengths and tables */

#if defined(OSSICLE_FRONTEND_LANES) /* only on a host: several frames side by side */
#include "ossicle_frontend_lanes.h"
#else
typedef int16_t ossicle_frontend_sample;
typedef int32_t ossicle_frontend_value;
typedef uint64_t ossicle_frontend_wide;
typedef uint32_t ossicle_frontend_carry;
#endif

typedef struct {
  ossicle_frontend_value re;
  ossicle_frontend_value im;
} ossicle_frontend_complex;

/* Two sums over the bins of a mel interval. */
typedef struct {
  ossicle_frontend_wide total; /* of their powers */
  ossicle_frontend_wide
      moment; /* of their powers times the bins from there to the interval's end */
} ossicle_frontend_interval;

/* Whether samples are filtered on their way into the window. */
#define OSSICLE_FRONTEND_FILTERED (OSSICLE_FRONTEND_DC_BLOCKING || OSSICLE_FRONTEND_PRE_EMPHASIS)

#if OSSICLE_FRONTEND_FILTERED
/* What the filters remember of the samples so far. */
typedef struct {
#if OSSICLE_FRONTEND_DC_BLOCKING
  int32_t mean;      /* of the samples, Q15 */
  int32_t mean_rest; /* what rounding left over, Q15 */
#endif
#if OSSICLE_FRONTEND_PRE_EMPHASIS
  int32_t last;          /* sample */
  int32_t emphasis_rest; /* what rounding left over, Q16 */
#endif
} ossicle_frontend_filters;
#endif

/* Whether the levels of a frame go through further stages before they are features. */
#define OSSICLE_FRONTEND_STAGED                                                                    \
  (OSSICLE_FRONTEND_PCEN || OSSICLE_FRONTEND_COEFFICIENTS || OSSICLE_FRONTEND_DELTA_ORDER)

#if OSSICLE_FRONTEND_STAGED
typedef int32_t ossicle_frontend_level; /* octaves, Q24 */

/* Frames whose values are held: those that a column's deltas are over. */
#define OSSICLE_FRONTEND_RING (2u * OSSICLE_FRONTEND_DELTA_REACH + 1u)

/* What the stages remember of the frames so far. Zero at the beginning of a sound. */
typedef struct {
#if OSSICLE_FRONTEND_PCEN
  uint64_t mean[OSSICLE_FRONTEND_MEL_BANDS]; /* of the energy, smoothed */
#endif
  int16_t values[OSSICLE_FRONTEND_RING][OSSICLE_FRONTEND_VALUES]; /* Q8 */
  uint32_t newest;
  uint32_t frames;   /* seen so far; not counted beyond what a column waits for */
  uint32_t repeated; /* how often the last frame was repeated */
  int complete;      /* whether the last frame completed a column */
} ossicle_frontend_stages;
#else
typedef int8_t ossicle_frontend_level; /* the feature itself */
#endif

/* Everything that the front end remembers. Treat the members as private. */
typedef struct {
  ossicle_frontend_complex spectrum[OSSICLE_FRONTEND_FFT_LENGTH / 4]; /* scratch of one frame */
  ossicle_frontend_interval intervals[OSSICLE_FRONTEND_MEL_BANDS + 1];
  ossicle_frontend_sample samples[OSSICLE_FRONTEND_SAMPLES]; /* oldest first */
  uint32_t filled;                                           /* samples held so far */
#if OSSICLE_FRONTEND_FILTERED
  ossicle_frontend_filters filters;
#endif
#if OSSICLE_FRONTEND_STAGED
  ossicle_frontend_level levels[OSSICLE_FRONTEND_MEL_BANDS]; /* scratch of one frame */
  ossicle_frontend_stages stages;
#endif
} ossicle_frontend;

#ifdef __cplusplus
extern "C" {
#endif

/* Prepares for a new sound. */
void ossicle_frontend_reset(ossicle_frontend *state);

/* Takes samples up to the end of the next frame at most, and returns how many it took. Sets
 * `*ready` to 1 when that completed a column, whose OSSICLE_FRONTEND_FEATURES features (lowest band
 * or coefficient first) it has then written to `column`, else to 0. Call again with the rest of the
 * chunk until all is taken. Without deltas a frame completes its own column; with them that of the
 * frame OSSICLE_FRONTEND_DELTA_REACH before.
 *
 *   state    reset before the first chunk
 *   pcm      samples; full scale is -32768 to 32767
 *   samples  how many, 0 allowed
 *   column   room for OSSICLE_FRONTEND_FEATURES features; untouched when `*ready` is 0 */
size_t ossicle_frontend_push(ossicle_frontend *state, const int16_t *pcm, size_t samples,
                             int8_t *column, int *ready);

/* Ends the sound: silence follows it. Returns 1 when it wrote another column; call again until it
 * returns 0, which also resets the state for the next sound. */
int ossicle_frontend_flush(ossicle_frontend *state, int8_t *column);

#ifdef __cplusplus
}
#endif

#endif
