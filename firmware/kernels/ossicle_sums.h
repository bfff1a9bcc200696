/* Rows by twos under two filters, line after line: what the generated blocks `ossicle_sums_...`
 * compute. Sums wrap around modulo 2^32. */
#ifndef OSSICLE_SUMS_H
#define OSSICLE_SUMS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The compiler knows the members' offsets on a core of 32 bits. */
typedef struct {
  const int16_t *rows;    /* a pair, interleaved by quads (ossicle_quads.h) */
  const int16_t *filters; /* likewise */
  const int16_t *filters_end;
  uint32_t *sums;     /* four: the first row under both filters, then the second */
  uint32_t *sums_end; /* where the sums of the line after the last would be */
  int32_t step;       /* bytes from the sums of a line to those of the next */
  int32_t back;       /* bytes from the end of a line's rows back to the next line's */
} ossicle_sums;

typedef void (*ossicle_sums_block)(const ossicle_sums *);

/* |int16 * int16| <= 2^30. */
static inline uint32_t ossicle_sums_of(const int16_t *row, const int16_t *filter,
                                       const int16_t *filter_end) {
  uint32_t sum = 0;
  for (; filter < filter_end; row += 4, filter += 4) {
    sum += (uint32_t)(row[0] * filter[0]) + (uint32_t)(row[1] * filter[1]);
  }
  return sum;
}

static inline void ossicle_sums_in_c(const ossicle_sums *work) {
  const int16_t *rows = work->rows;
  for (uint32_t *sums = work->sums; sums != work->sums_end; sums += work->step / 4) {
    for (int32_t corner = 0; corner < 4; ++corner) {
      sums[corner] =
          ossicle_sums_of(rows + corner / 2 * 2, work->filters + corner % 2 * 2, work->filters_end);
    }
    rows += (work->filters_end - work->filters) - work->back / 2;
  }
}

#ifdef __cplusplus
}
#endif

#endif
