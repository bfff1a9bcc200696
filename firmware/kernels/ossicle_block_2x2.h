/* The inner loop of the tiled kernels: two rows of int16 times two rows of int16.
 *
 * Both operands are interleaved by four elements ("quads"), so that one load-multiple brings a quad
 * of both rows: row 0 elements 0 and 2, row 1 elements 0 and 2, row 0 elements 1 and 3, row 1
 * elements 1 and 3. Any order serves, as long as both operands have the same. */
#ifndef OSSICLE_BLOCK_2X2_H
#define OSSICLE_BLOCK_2X2_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Elements of a row of `count`, rounded up to whole quads; the rest of the last quad is zeros. */
#define OSSICLE_QUADS(count) (((count) + 3) / 4)

/* Widens `count` int8 to a row of quads, adding `offset` in [-127, 128]: to[0], to[1] take elements
 * 0 and 2 of the first quad, to[4], to[5] its elements 1 and 3, to[8] begins the next quad. Row 1
 * of an operand is two elements further than row 0. */
void ossicle_widen_quads(const int8_t *from, int32_t count, int32_t offset, int16_t *to);

/* sums[2 * i + j] += row i of `left` times row j of `right`, over `quads` quads, at least one. The
 * operands are aligned to four bytes; the sums do not leave 32 bits (see ossicle_dot_product.h). */
void ossicle_block_2x2(const int16_t *left, const int16_t *right, int32_t quads, int32_t *sums);

#ifdef __cplusplus
}
#endif

#endif
