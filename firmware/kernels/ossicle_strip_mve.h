/* Strips: what lies under a sliding filter, laid out so that kernels for Helium read it in one go.
 *
 * The bytes of a column under the filter lie together, from top to bottom, and columns side by
 * side. What lies under the filter at one output position is then a patch of adjacent bytes, and
 * patches of neighbours share columns. */
#ifndef OSSICLE_STRIP_MVE_H
#define OSSICLE_STRIP_MVE_H

#include "ossicle_window.h"

typedef struct {
  ossicle_axis height, width;
  int32_t channels;   /* of the input */
  int32_t zero_point; /* of the input: what padding consists of */
  int32_t tile;       /* output positions of a row that are computed together */
  int32_t rows;       /* output rows until the strip is gathered anew; see ossicle_gather_mve */
  int32_t step;       /* columns from a patch to the next: the stride, where patches share columns,
                         else the filter's width */
} ossicle_strip_mve;

/* How the bytes of a pixel lie in strips: side by side in one (byte_step 1), or each in a strip of
 * its own; eight of these lie within 2^16 bytes. */
typedef struct {
  int32_t bytes;     /* of the pixel's, that are gathered */
  int32_t byte_step; /* from one to the next */
  int32_t pixel;     /* bytes from a pixel to the one below */
} ossicle_pixel_mve;

static inline int32_t ossicle_column_bytes_mve(const ossicle_strip_mve *strip,
                                               const ossicle_pixel_mve *pixel) {
  return strip->height.filter * pixel->pixel;
}

/* Gathers the patches of output row `y` at `count` positions from `first` on, and returns where
 * they begin. `image` is the input's, or its first channel of interest.
 *
 * The strip of the next row is this one begun `stride` pixels later: there, what was the first of
 * each column's pixels that are no longer needed takes the last of the column before. So only new
 * rows are gathered, `rows` - 1 times, if the tile is the whole row, the filter's rows are not
 * dilated, and more than the stride. */
int8_t *ossicle_gather_mve(const ossicle_strip_mve *strip, const ossicle_pixel_mve *pixel,
                           const int8_t *image, int32_t y, int32_t first, int32_t count,
                           int8_t *place);

#endif
