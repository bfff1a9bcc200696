/* An input by fours times four rows of weights: the inner loops of ossicle_fully_connected_quads.
 */
#ifndef OSSICLE_MULTIPLY_QUADS_H
#define OSSICLE_MULTIPLY_QUADS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OSSICLE_QUADS_ROWS 4 /* at a time */

/* sums[r] += input times the row r of a group; `depth` is a positive multiple of four. */
typedef void (*ossicle_multiply_block)(const int8_t *input, const void *quads, int32_t depth,
                                       int32_t *sums);

/* `quads`: int32, four weights of each row in turn. */
void ossicle_multiply_quads(const int8_t *input, const void *quads, int32_t depth, int32_t *sums);

/* `quads`: int16, of four weights the first and the third of each row in turn, then the second and
 * the fourth. Twice the flash, but nothing to unpack. */
void ossicle_multiply_wide_quads(const int8_t *input, const void *quads, int32_t depth,
                                 int32_t *sums);

#ifdef __cplusplus
}
#endif

#endif
