/* The transforms of Toom-Cook convolutions: what the generated functions `ossicle_toom_split_...`
 * and `ossicle_toom_join_...` work with. */
#ifndef OSSICLE_TOOM_H
#define OSSICLE_TOOM_H

#include "ossicle_dsp.h"
#include "ossicle_rescale.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OSSICLE_TOOM_COLUMNS 36 /* under two blocks of outputs */
#define OSSICLE_TOOM_UNITS 24   /* points of all sections */
#define OSSICLE_TOOM_OUTPUTS 7

/* The elements of a line under one block of outputs. */
typedef struct {
  const int8_t *const *columns;
  int32_t channels;   /* of these columns, a multiple of four */
  uint32_t offset;    /* the zero point + 128, twice (ossicle_toom_pair) */
  int16_t *const *to; /* by unit; halves of a quad are four elements apart */
} ossicle_toom_split;

/* Lines of a block of outputs under one filter. */
typedef struct {
  const uint32_t *sums; /* [line][point][4] */
  int32_t lines;
  int8_t *output;
  int32_t line_step;
  int32_t places[OSSICLE_TOOM_OUTPUTS]; /* from `output` to each; the first of equals holds */
  int32_t bias;
  ossicle_rescale rescale;
} ossicle_toom_join;

typedef void (*ossicle_toom_split_block)(const ossicle_toom_split *);
typedef void (*ossicle_toom_join_block)(const ossicle_toom_join *);

/* Of four channels the first and the third, or the second and the fourth, plus 128: not negative,
 * so that neither half of the word borrows. */
static inline uint32_t ossicle_toom_pair(const int8_t *channels, int32_t odd) {
#if OSSICLE_HAS_DSP
  return (ossicle_load_bytes(channels) ^ 0x80808080U) >> (8 * odd) & 0x00ff00ffU;
#else
  return (uint32_t)(channels[odd] + 128) | (uint32_t)(channels[odd + 2] + 128) << 16;
#endif
}

/* Both halves lie within int16. Adding 2^15 makes the low one positive and so gives the high one
 * back what it lent; then the bit is flipped back. */
static inline void ossicle_toom_store(int16_t *to, uint32_t pair) {
  const uint32_t halves = (pair + 0x8000U) ^ 0x8000U;
#if OSSICLE_HAS_DSP
  memcpy(to, &halves, sizeof halves);
#else
  to[0] = (int16_t)(halves & 0xffffU);
  to[1] = (int16_t)(halves >> 16);
#endif
}

#ifdef __cplusplus
}
#endif

#endif
