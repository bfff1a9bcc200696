#include "ossicle_strip_mve.h"

#include <stddef.h>

#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>

/* Offsets of a vector's bytes, when pixels that lie side by side go `column` apart. */
static uint8x16_t offsets_of_pixels(int32_t bytes, int32_t column) {
  uint8_t offsets[16];
  for (int32_t i = 0; i < 16; ++i) {
    offsets[i] = (uint8_t)(i / bytes * column + i % bytes);
  }
  return vldrbq_u8(offsets);
}

/* Pixels so small that a vector takes several of them. */
static void copy_small(int8_t *to, const int8_t *from, const ossicle_pixel_mve *pixel,
                       int32_t count) {
  const uint8x16_t offsets = offsets_of_pixels(pixel->bytes, pixel->column);
  const int32_t pixels = 16 / pixel->bytes;
  const int32_t read = pixels * pixel->bytes;
  const int32_t written = pixels * pixel->column;
  for (; count > 0; count -= pixels, from += read, to += written) {
    const int32_t used = count < pixels ? count : pixels;
    const mve_pred16_t lanes = vctp8q((uint32_t)(used * pixel->bytes));
    vstrbq_scatter_offset_p_s8(to, offsets, vldrbq_z_s8(from, lanes), lanes);
  }
}

static void copy_large(int8_t *to, const int8_t *from, int32_t step, const ossicle_pixel_mve *pixel,
                       int32_t count) {
  for (; count > 0; --count, to += pixel->column, from += step) {
    int32_t done = 0;
    for (; pixel->bytes - done >= 16; done += 16) {
      vstrbq_s8(to + done, vldrbq_s8(from + done));
    }
    if (done < pixel->bytes) {
      const mve_pred16_t lanes = vctp8q((uint32_t)(pixel->bytes - done));
      vstrbq_p_s8(to + done, vldrbq_z_s8(from + done, lanes), lanes);
    }
  }
}

static void copy_vectors(int8_t *to, int32_t column, const int8_t *from, int32_t step,
                         int32_t count) {
  for (; count > 0; --count, to += column, from += step) {
    vstrbq_s8(to, vldrbq_s8(from));
  }
}

/* Each byte of a pixel to a strip of its own, eight at a time. */
static void copy_apart(int8_t *to, const int8_t *from, int32_t step, const ossicle_pixel_mve *pixel,
                       int32_t count) {
  const uint16x8_t offsets = vmulq_n_u16(vidupq_n_u16(0, 1), (uint16_t)pixel->byte_step);
  int32_t left = pixel->bytes;
  for (; left >= 8; left -= 8, from += 8, to += 8 * pixel->byte_step) {
    const int8_t *source = from;
    int8_t *place = to;
    for (int32_t i = count; i > 0; --i, place += pixel->column, source += step) {
      vstrbq_scatter_offset_s16(place, offsets, vldrbq_s16(source));
    }
  }
  const mve_pred16_t lanes = vctp16q((uint32_t)left);
  for (int32_t i = left ? count : 0; i > 0; --i, to += pixel->column, from += step) {
    vstrbq_scatter_offset_p_s16(to, offsets, vldrbq_z_s16(from, lanes), lanes);
  }
}

static void fill_apart(int8_t *to, int32_t value, const ossicle_pixel_mve *pixel, int32_t count) {
  const uint16x8_t offsets = vmulq_n_u16(vidupq_n_u16(0, 1), (uint16_t)pixel->byte_step);
  const int16x8_t values = vdupq_n_s16((int16_t)value);
  for (int32_t done = 0; done < pixel->bytes; done += 8, to += 8 * pixel->byte_step) {
    const mve_pred16_t lanes = vctp16q((uint32_t)(pixel->bytes - done));
    int8_t *place = to;
    for (int32_t i = count; i > 0; --i, place += pixel->column) {
      vstrbq_scatter_offset_p_s16(place, offsets, values, lanes);
    }
  }
}

static void fill_together(int8_t *to, int32_t value, const ossicle_pixel_mve *pixel,
                          int32_t count) {
  const int8x16_t values = vdupq_n_s8((int8_t)value);
  for (; count > 0; --count, to += pixel->column) {
    for (int32_t done = 0; done < pixel->bytes; done += 16) {
      vstrbq_p_s8(to + done, values, vctp8q((uint32_t)(pixel->bytes - done)));
    }
  }
}

static void fill_pixels(int8_t *to, int32_t value, const ossicle_pixel_mve *pixel, int32_t count) {
  if (pixel->byte_step > 1) {
    fill_apart(to, value, pixel, count);
  } else {
    fill_together(to, value, pixel, count);
  }
}

/* `count` pixels, `step` bytes apart, into columns. */
static void copy_pixels(int8_t *to, const int8_t *from, int32_t step,
                        const ossicle_pixel_mve *pixel, int32_t count) {
  if (pixel->byte_step > 1) {
    copy_apart(to, from, step, pixel, count);
  } else if (pixel->bytes == step && step <= 8 && 15 * pixel->column <= UINT8_MAX) {
    copy_small(to, from, pixel, count);
  } else if (pixel->bytes == 16) {
    copy_vectors(to, pixel->column, from, step, count);
  } else {
    copy_large(to, from, step, pixel, count);
  }
}

#else

static void copy_pixels(int8_t *to, const int8_t *from, int32_t step,
                        const ossicle_pixel_mve *pixel, int32_t count) {
  for (; count > 0; --count, to += pixel->column, from += step) {
    for (int32_t i = 0; i < pixel->bytes; ++i) {
      to[i * pixel->byte_step] = from[i];
    }
  }
}

static void fill_pixels(int8_t *to, int32_t value, const ossicle_pixel_mve *pixel, int32_t count) {
  for (; count > 0; --count, to += pixel->column) {
    for (int32_t i = 0; i < pixel->bytes; ++i) {
      to[i * pixel->byte_step] = (int8_t)value;
    }
  }
}

#endif

/* `count` pixels under one row of the filter, from column `x` of the input on, `dilation` apart;
 * row is NULL where it is padding. */
static void gather_pixels(const ossicle_strip_mve *strip, const ossicle_pixel_mve *pixel,
                          const int8_t *row, int32_t x, int32_t dilation, int32_t count,
                          int8_t *to) {
  const ossicle_axis axis = {strip->along.input, 1, count, 1, dilation, -x};
  const ossicle_taps inside = ossicle_taps_at(&axis, 0);
  if (!row || inside.begin >= inside.end) {
    fill_pixels(to, strip->zero_point, pixel, count);
    return;
  }
  fill_pixels(to, strip->zero_point, pixel, inside.begin);
  copy_pixels(to + inside.begin * pixel->column,
              row + (x + inside.begin * dilation) * strip->along_bytes,
              dilation * strip->along_bytes, pixel, inside.end - inside.begin);
  fill_pixels(to + inside.end * pixel->column, strip->zero_point, pixel, count - inside.end);
}

/* One row of the filter at `count` output positions. */
static void gather_row(const ossicle_strip_mve *strip, const ossicle_pixel_mve *pixel,
                       const int8_t *row, int32_t first, int32_t count, int8_t *to) {
  const ossicle_axis *along = &strip->along;
  const int32_t x = first * along->stride - along->padding;
  if (strip->columns == 0) {
    const int32_t reach = (along->filter - 1) * along->dilation + 1;
    gather_pixels(strip, pixel, row, x, 1, (count - 1) * along->stride + reach, to);
  } else if (strip->columns == 1) {
    gather_pixels(strip, pixel, row, x, along->stride, count, to);
  } else {
    for (int32_t i = 0; i < count; ++i, to += strip->columns * pixel->column) {
      gather_pixels(strip, pixel, row, x + i * along->stride, along->dilation, strip->columns, to);
    }
  }
}

int8_t *ossicle_gather_mve(const ossicle_strip_mve *strip, const ossicle_pixel_mve *pixel,
                           const int8_t *image, int32_t y, int32_t first, int32_t count,
                           int8_t *place) {
  const ossicle_axis *across = &strip->across;
  const ossicle_taps down = ossicle_taps_at(across, y);
  const int32_t turn = y % strip->lines;
  place += turn * across->stride * pixel->below;
  for (int32_t tap = turn ? across->filter - across->stride : 0; tap < across->filter; ++tap) {
    const int is_inside = tap >= down.begin && tap < down.end;
    const int8_t *row = image + (down.origin + tap * across->dilation) * strip->across_bytes;
    gather_row(strip, pixel, is_inside ? row : NULL, first, count, place + tap * pixel->below);
  }
  return place;
}
