/* The part of a filter or pooling window that lies inside the input, along one axis. */
#ifndef OSSICLE_WINDOW_H
#define OSSICLE_WINDOW_H

#include <stdint.h>

/* Geometry of a sliding window along one axis (height or width). */
typedef struct {
  int32_t input, output; /* lengths of the axis */
  int32_t filter;        /* taps */
  int32_t stride, dilation;
  int32_t padding; /* zeros before the first input element */
} ossicle_axis;

/* Taps [begin, end) of an output position that fall on input elements; tap k falls on
 * origin + k * dilation. */
typedef struct {
  int32_t origin, begin, end;
} ossicle_taps;

static inline ossicle_taps ossicle_taps_at(const ossicle_axis *axis, int32_t position) {
  ossicle_taps taps;
  taps.origin = position * axis->stride - axis->padding;
  taps.begin = taps.origin < 0 ? (axis->dilation - 1 - taps.origin) / axis->dilation : 0;
  taps.end = (axis->input - taps.origin + axis->dilation - 1) / axis->dilation;
  if (taps.end > axis->filter) {
    taps.end = axis->filter;
  }
  return taps;
}

#endif
