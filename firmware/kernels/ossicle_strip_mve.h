/* Strips: what lies under a sliding filter, laid out so that kernels for Helium read it in one go.
 *
 * Kernels go through the outputs line by line: a line is a row of them, or a column where those are
 * longer. `along` is the axis of a line, `across` the other. A strip is what lies under the filter
 * on a line: columns that are one pixel wide along the line, and as high as the filter across it.
 */
#ifndef OSSICLE_STRIP_MVE_H
#define OSSICLE_STRIP_MVE_H

#include "ossicle_window.h"

typedef struct {
  ossicle_axis across, along;
  int32_t across_bytes, along_bytes; /* from a pixel of the input to its neighbour */
  int32_t zero_point;                /* of the input: what padding consists of */
  int32_t tile;                      /* output positions of a line that are computed together */
  int32_t lines;   /* output lines until the strip is gathered anew; see ossicle_gather_mve */
  int32_t columns; /* that belong to the filter at one position, one after the other; 0: positions
                      share columns, which lie as in the input */
} ossicle_strip_mve;

/* How the bytes of a pixel lie in strips: side by side in one (byte_step 1), or each in a strip of
 * its own; eight of these lie within 2^16 bytes. */
typedef struct {
  int32_t bytes;     /* of the pixel's, that are gathered */
  int32_t byte_step; /* from one to the next */
  int32_t below;     /* bytes from a pixel to the one below in its column */
  int32_t column;    /* bytes from a pixel to the one in the next column */
} ossicle_pixel_mve;

/* Gathers what lies under the filter on output line `y` at `count` positions from `first` on, and
 * returns where that begins. `image` is the input's, or its first channel of interest.
 *
 * The strip of the next line is this one begun `stride` pixels further down. So only new pixels are
 * gathered, `lines` - 1 times, if the tile is the whole line, the filter is not dilated across it,
 * and higher than the stride. */
int8_t *ossicle_gather_mve(const ossicle_strip_mve *strip, const ossicle_pixel_mve *pixel,
                           const int8_t *image, int32_t y, int32_t first, int32_t count,
                           int8_t *place);

#endif
