#include "ossicle_depthwise_conv_2d_mve.h"

#include "ossicle_columns_mve.h"

#define LANES 16 /* channels of a slice */

/* Input rows of one slice, padding included, in a ring: row r of the padded input is in place
 * r modulo their number. */
typedef struct {
  int8_t *rows;
  int32_t count;   /* of rows: as many as the filter reaches over */
  int32_t columns; /* of a row: as many as lie under the filter somewhere */
  int32_t row_bytes;
} ring;

/* One slice of the layer. */
typedef struct {
  const ossicle_depthwise_conv_2d_mve_layer *layer;
  const int8_t *weights;
  int32_t first, channels; /* of the layer's */
} slice;

static int32_t reach(const ossicle_axis *axis) { return (axis->filter - 1) * axis->dilation + 1; }

#if defined(__ARM_FEATURE_MVE)

/* Sums of channels 0, 4, 8, 12; 1, 5, 9, 13; and so on: as products widen. */
typedef struct {
  int32x4_t of_0, of_1, of_2, of_3;
} sums;

static inline sums add_wide(sums to, int16x8_t even, int16x8_t odd) {
  to.of_0 = vaddq_s32(to.of_0, vmovlbq_s16(even));
  to.of_1 = vaddq_s32(to.of_1, vmovlbq_s16(odd));
  to.of_2 = vaddq_s32(to.of_2, vmovltq_s16(even));
  to.of_3 = vaddq_s32(to.of_3, vmovltq_s16(odd));
  return to;
}

static inline sums add_tap(sums to, const int8_t *input, const int8_t *weights) {
  const int8x16_t x = vldrbq_s8(input);
  const int8x16_t w = vldrbq_s8(weights);
  return add_wide(to, vmullbq_int_s8(x, w), vmulltq_int_s8(x, w));
}

/* |x0 w0 + x1 w1| <= 2 * 128 * 127 < 2^15. */
static inline sums add_two_taps(sums to, const int8_t *input, int32_t step, const int8_t *weights) {
  const int8x16_t x0 = vldrbq_s8(input);
  const int8x16_t w0 = vldrbq_s8(weights);
  const int8x16_t x1 = vldrbq_s8(input + step);
  const int8x16_t w1 = vldrbq_s8(weights + LANES);
  return add_wide(to, vaddq_s16(vmullbq_int_s8(x0, w0), vmullbq_int_s8(x1, w1)),
                  vaddq_s16(vmulltq_int_s8(x0, w0), vmulltq_int_s8(x1, w1)));
}

static inline int32x4_t scaled(const ossicle_requantisation_mve *to, int32_t first,
                               int32x4_t values) {
  const int32x4_t multipliers = vldrwq_s32(to->multipliers + first);
  return ossicle_rounding_shift_mve(vqrdmulhq_s32(values, multipliers),
                                    vldrbq_s32(to->shifts + first));
}

/* To bytes in the order of the channels. What saturates here would be clamped all the same. */
static inline void requantise(const slice *s, sums of, int8_t *output) {
  const ossicle_requantisation_mve *to = &s->layer->output;
  const int16_t zero_point = (int16_t)to->zero_point;
  int16x8_t even = vqmovnbq_s32(vdupq_n_s16(0), scaled(to, s->first, of.of_0));
  int16x8_t odd = vqmovnbq_s32(vdupq_n_s16(0), scaled(to, s->first + 4, of.of_1));
  even = vqmovntq_s32(even, scaled(to, s->first + 8, of.of_2));
  odd = vqmovntq_s32(odd, scaled(to, s->first + 12, of.of_3));
  int8x16_t bytes = vqmovnbq_s16(vdupq_n_s8(0), vqaddq_n_s16(even, zero_point));
  bytes = vqmovntq_s16(bytes, vqaddq_n_s16(odd, zero_point));
  bytes = vmaxq_s8(bytes, vdupq_n_s8((int8_t)to->minimum));
  bytes = vminq_s8(bytes, vdupq_n_s8((int8_t)to->maximum));
  vstrbq_p_s8(output, bytes, vctp8q((uint32_t)s->channels));
}

static sums biases(const slice *s) {
  const int32_t *from = s->layer->output.biases + s->first;
  return (sums){vldrwq_s32(from), vldrwq_s32(from + 4), vldrwq_s32(from + 8),
                vldrwq_s32(from + 12)};
}

static inline sums add_row(sums to, const int8_t *input, const ossicle_axis *width,
                           const int8_t *weights) {
  const int32_t step = width->dilation * LANES;
  int32_t left = width->filter;
  for (; left > 1; left -= 2, input += 2 * step, weights += 2 * LANES) {
    to = add_two_taps(to, input, step, weights);
  }
  return left ? add_tap(to, input, weights) : to;
}

#else

typedef struct {
  uint32_t of[LANES]; /* modulo 2^32, as there */
} sums;

static sums add_row(sums to, const int8_t *input, const ossicle_axis *width,
                    const int8_t *weights) {
  for (int32_t tap = 0; tap < width->filter; ++tap, weights += LANES) {
    for (int32_t i = 0; i < LANES; ++i) {
      to.of[i] += (uint32_t)(input[tap * width->dilation * LANES + i] * weights[i]);
    }
  }
  return to;
}

/* Where the tables have channel i of the slice. */
static int32_t place(const slice *s, int32_t i) { return s->first + i % 4 * 4 + i / 4; }

static sums biases(const slice *s) {
  sums all;
  for (int32_t i = 0; i < LANES; ++i) {
    all.of[i] = (uint32_t)s->layer->output.biases[place(s, i)];
  }
  return all;
}

static void requantise(const slice *s, sums of, int8_t *output) {
  const ossicle_requantisation_mve *to = &s->layer->output;
  for (int32_t i = 0; i < s->channels; ++i) {
    const int32_t at = place(s, i);
    const int32_t value =
        ossicle_requantise_twice((int32_t)of.of[i], to->multipliers[at], to->shifts[at]);
    output[i] = (int8_t)ossicle_clamp(value + to->zero_point, to->minimum, to->maximum);
  }
}

#endif

static void convolve_row(const slice *s, const ring *from, int32_t y, int8_t *output) {
  const ossicle_depthwise_conv_2d_mve_layer *layer = s->layer;
  const ossicle_axis *height = &layer->height;
  const int32_t weights_step = layer->width.filter * LANES;
  const int32_t first = y * height->stride % from->count;
  for (int32_t x = 0; x < layer->width.output; ++x, output += layer->channels) {
    const int8_t *column = from->rows + x * layer->width.stride * LANES;
    const int8_t *weights = s->weights;
    sums all = biases(s);
    for (int32_t tap = 0, row = first; tap < height->filter; ++tap, weights += weights_step) {
      all = add_row(all, column + row * from->row_bytes, &layer->width, weights);
      row += height->dilation;
      row -= row < from->count ? 0 : from->count;
    }
    requantise(s, all, output);
  }
}

/* Row `row` of the padded input. */
static void fill_row(const slice *s, const ring *to, const int8_t *image, int32_t row) {
  const ossicle_depthwise_conv_2d_mve_layer *layer = s->layer;
  const ossicle_axis *width = &layer->width;
  const int32_t y = row - layer->height.padding;
  const int32_t is_inside = y >= 0 && y < layer->height.input;
  const int32_t begin = is_inside ? width->padding : to->columns;
  const int32_t end = begin + width->input < to->columns ? begin + width->input : to->columns;
  int8_t *place = to->rows + row % to->count * to->row_bytes;
  ossicle_fill_columns_mve(place, LANES, layer->zero_point, LANES, begin);
  ossicle_copy_columns_mve(place + begin * LANES, LANES,
                           image + y * width->input * layer->channels + s->first, layer->channels,
                           s->channels, end - begin);
  ossicle_fill_columns_mve(place + end * LANES, LANES, layer->zero_point, LANES, to->columns - end);
}

static void convolve_slice(const slice *s, const ring *rows, const int8_t *image, int8_t *output) {
  const ossicle_axis *height = &s->layer->height;
  int32_t filled = 0;
  for (int32_t y = 0; y < height->output; ++y) {
    const int32_t begin = y * height->stride;
    for (filled = filled < begin ? begin : filled; filled < begin + rows->count; ++filled) {
      fill_row(s, rows, image, filled);
    }
    convolve_row(s, rows, y, output + y * s->layer->width.output * s->layer->channels);
  }
}

void ossicle_depthwise_conv_2d_mve(const ossicle_depthwise_conv_2d_mve_layer *layer,
                                   const int8_t *input, int8_t *output, void *scratch) {
  const ossicle_axis *height = &layer->height;
  const ossicle_axis *width = &layer->width;
  ring rows = {scratch, reach(height), (width->output - 1) * width->stride + reach(width), 0};
  rows.row_bytes = rows.columns * LANES;
  for (int32_t batch = 0; batch < layer->batches; ++batch) {
    slice s = {layer, layer->weights, 0, LANES};
    for (; s.first < layer->channels; s.first += LANES) {
      s.channels = layer->channels - s.first < LANES ? layer->channels - s.first : LANES;
      convolve_slice(&s, &rows, input, output + s.first);
      s.weights += height->filter * width->filter * LANES;
    }
    input += height->input * width->input * layer->channels;
    output += height->output * width->output * layer->channels;
  }
}
