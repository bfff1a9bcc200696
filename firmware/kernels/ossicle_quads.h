/* Rows of int16 by fours ("quads"), two rows interleaved: row 0 elements 0 and 2, row 1 elements 0
 * and 2, row 0 elements 1 and 3, row 1 elements 1 and 3, then the next quad. So bytes unpack by
 * twos (SXTB16), and one load-multiple brings a quad of both rows. Any order of the elements
 * serves, as long as both operands of a product have the same. */
#ifndef OSSICLE_QUADS_H
#define OSSICLE_QUADS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Quads of a row of `count`; the rest of the last one is zeros. */
#define OSSICLE_QUADS(count) (((count) + 3) / 4)
/* int16 that two interleaved rows take. */
#define OSSICLE_PAIR_LENGTH(quads) (8 * (quads))

/* Widens `count` int8 into row 0 at `to`, adding `offset` in [-127, 128]. Row 1 of the pair begins
 * two elements further. */
void ossicle_widen_row(const int8_t *from, int32_t count, int32_t offset, int16_t *to);

/* Widens two rows whose `count` is a multiple of four. */
void ossicle_widen_rows(const int8_t *row_0, const int8_t *row_1, int32_t count, int32_t offset,
                        int16_t *to);

/* Widens what is interleaved by quads as bytes: a quad of row 0, one of row 1, and so on. */
void ossicle_widen_pair(const int8_t *from, int32_t quads, int16_t *to);

#ifdef __cplusplus
}
#endif

#endif
