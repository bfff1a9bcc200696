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
static void copy_small(int8_t *to, int32_t column, const int8_t *from, int32_t bytes,
                       int32_t count) {
  const uint8x16_t offsets = offsets_of_pixels(bytes, column);
  const int32_t pixels = 16 / bytes;
  for (; count > 0; count -= pixels, from += pixels * bytes, to += pixels * column) {
    const int32_t used = count < pixels ? count : pixels;
    const mve_pred16_t lanes = vctp8q((uint32_t)(used * bytes));
    vstrbq_scatter_offset_p_s8(to, offsets, vldrbq_z_s8(from, lanes), lanes);
  }
}

static void copy_large(int8_t *to, int32_t column, const int8_t *from, int32_t step, int32_t bytes,
                       int32_t count) {
  for (; count > 0; --count, to += column, from += step) {
    int32_t done = 0;
    for (; bytes - done >= 16; done += 16) {
      vstrbq_s8(to + done, vldrbq_s8(from + done));
    }
    if (done < bytes) {
      const mve_pred16_t lanes = vctp8q((uint32_t)(bytes - done));
      vstrbq_p_s8(to + done, vldrbq_z_s8(from + done, lanes), lanes);
    }
  }
}

/* Each byte of a pixel to a strip of its own, eight at a time. */
static void copy_apart(int8_t *to, int32_t column, const int8_t *from, int32_t step,
                       const ossicle_pixel_mve *pixel, int32_t count) {
  const uint16x8_t offsets = vmulq_n_u16(vidupq_n_u16(0, 1), (uint16_t)pixel->byte_step);
  for (int32_t done = 0; done < pixel->bytes; done += 8) {
    const mve_pred16_t lanes = vctp16q((uint32_t)(pixel->bytes - done));
    const int8_t *source = from + done;
    int8_t *place = to + done * pixel->byte_step;
    for (int32_t left = count; left > 0; --left, place += column, source += step) {
      vstrbq_scatter_offset_p_s16(place, offsets, vldrbq_z_s16(source, lanes), lanes);
    }
  }
}

static void fill_apart(int8_t *to, int32_t column, int32_t value, const ossicle_pixel_mve *pixel,
                       int32_t count) {
  const uint16x8_t offsets = vmulq_n_u16(vidupq_n_u16(0, 1), (uint16_t)pixel->byte_step);
  const int16x8_t values = vdupq_n_s16((int16_t)value);
  for (int32_t done = 0; done < pixel->bytes; done += 8) {
    const mve_pred16_t lanes = vctp16q((uint32_t)(pixel->bytes - done));
    int8_t *place = to + done * pixel->byte_step;
    for (int32_t left = count; left > 0; --left, place += column) {
      vstrbq_scatter_offset_p_s16(place, offsets, values, lanes);
    }
  }
}

static void fill_together(int8_t *to, int32_t column, int32_t value, int32_t bytes, int32_t count) {
  const int8x16_t values = vdupq_n_s8((int8_t)value);
  for (; count > 0; --count, to += column) {
    for (int32_t done = 0; done < bytes; done += 16) {
      vstrbq_p_s8(to + done, values, vctp8q((uint32_t)(bytes - done)));
    }
  }
}

static void fill_pixels(int8_t *to, int32_t column, int32_t value, const ossicle_pixel_mve *pixel,
                        int32_t count) {
  if (pixel->byte_step > 1) {
    fill_apart(to, column, value, pixel, count);
  } else {
    fill_together(to, column, value, pixel->bytes, count);
  }
}

/* `count` pixels, `step` bytes apart, into columns. */
static void copy_pixels(int8_t *to, int32_t column, const int8_t *from, int32_t step,
                        const ossicle_pixel_mve *pixel, int32_t count) {
  if (pixel->byte_step > 1) {
    copy_apart(to, column, from, step, pixel, count);
  } else if (pixel->bytes == step && step <= 8 && 15 * column <= UINT8_MAX) {
    copy_small(to, column, from, pixel->bytes, count);
  } else {
    copy_large(to, column, from, step, pixel->bytes, count);
  }
}

#else

static void copy_pixels(int8_t *to, int32_t column, const int8_t *from, int32_t step,
                        const ossicle_pixel_mve *pixel, int32_t count) {
  for (; count > 0; --count, to += column, from += step) {
    for (int32_t i = 0; i < pixel->bytes; ++i) {
      to[i * pixel->byte_step] = from[i];
    }
  }
}

static void fill_pixels(int8_t *to, int32_t column, int32_t value, const ossicle_pixel_mve *pixel,
                        int32_t count) {
  for (; count > 0; --count, to += column) {
    for (int32_t i = 0; i < pixel->bytes; ++i) {
      to[i * pixel->byte_step] = (int8_t)value;
    }
  }
}

#endif

/* `count` pixels of one row of the filter, from column `x` of the input on, `dilation` apart; row
 * is NULL where it is padding. */
static void gather_pixels(const ossicle_strip_mve *strip, const ossicle_pixel_mve *pixel,
                          const int8_t *row, int32_t x, int32_t dilation, int32_t count,
                          int8_t *to) {
  const int32_t column = ossicle_column_bytes_mve(strip, pixel);
  const ossicle_axis axis = {strip->width.input, 1, count, 1, dilation, -x};
  ossicle_taps inside = ossicle_taps_at(&axis, 0);
  if (!row || inside.begin >= inside.end) {
    fill_pixels(to, column, strip->zero_point, pixel, count);
    return;
  }
  fill_pixels(to, column, strip->zero_point, pixel, inside.begin);
  copy_pixels(to + inside.begin * column, column,
              row + (x + inside.begin * dilation) * strip->channels, dilation * strip->channels,
              pixel, inside.end - inside.begin);
  fill_pixels(to + inside.end * column, column, strip->zero_point, pixel, count - inside.end);
}

/* One row of the filter at `count` output positions. */
static void gather_row(const ossicle_strip_mve *strip, const ossicle_pixel_mve *pixel,
                       const int8_t *row, int32_t first, int32_t count, int8_t *to) {
  const ossicle_axis *width = &strip->width;
  const int32_t x = first * width->stride - width->padding;
  if (strip->step == width->stride && width->dilation == 1) {
    gather_pixels(strip, pixel, row, x, 1, (count - 1) * width->stride + width->filter, to);
    return;
  }
  if (width->filter == 1) {
    gather_pixels(strip, pixel, row, x, width->stride, count, to);
    return;
  }
  for (int32_t i = 0; i < count; ++i) {
    gather_pixels(strip, pixel, row, x + i * width->stride, width->dilation, width->filter, to);
    to += width->filter * ossicle_column_bytes_mve(strip, pixel);
  }
}

int8_t *ossicle_gather_mve(const ossicle_strip_mve *strip, const ossicle_pixel_mve *pixel,
                           const int8_t *image, int32_t y, int32_t first, int32_t count,
                           int8_t *place) {
  const ossicle_axis *height = &strip->height;
  const ossicle_taps down = ossicle_taps_at(height, y);
  const int32_t row_bytes = strip->width.input * strip->channels;
  const int32_t turn = y % strip->rows;
  place += turn * height->stride * pixel->pixel;
  for (int32_t tap = turn ? height->filter - height->stride : 0; tap < height->filter; ++tap) {
    const int is_inside = tap >= down.begin && tap < down.end;
    const int8_t *row = image + (down.origin + tap * height->dilation) * row_bytes;
    gather_row(strip, pixel, is_inside ? row : NULL, first, count, place + tap * pixel->pixel);
  }
  return place;
}
