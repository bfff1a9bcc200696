#include "ossicle_conv_2d_mve.h"

#include <stddef.h>

#include "ossicle_columns_mve.h"

#define POSITIONS 4 /* of a block */

/* Patches under two filters. sums[4 * p + f] becomes the product of the patch at patches + p * step
 * and filter f, p < 4 * blocks, f < 2; it is 16 * (1 + more) taps. What points changes. */
typedef struct {
  const int8_t *patches;
  int32_t step;
  const int8_t *filters;
  int32_t more;
  int32_t *sums;
  int32_t blocks;
} multiplication;

#if defined(__ARM_FEATURE_MVE)

/* 16 taps: 2 filters in q0 and q1, 4 patches one after the other in q2 and q3. `vmladav.s8` begins
 * the sums, `vmladava.s8` goes on. */
#define TAPS(multiply)                                                                             \
  "vldrb.8 q0, [r9], #16\n"                                                                        \
  "vldrb.8 q2, [r1], #16\n" multiply                                                               \
  " r0, q0, q2\n"                                                                                  \
  "vldrb.8 q1, [r9], #16\n" multiply                                                               \
  " r2, q1, q2\n"                                                                                  \
  "vldrb.8 q3, [r3], #16\n" multiply                                                               \
  " r4, q0, q3\n"                                                                                  \
  "vldrb.8 q2, [r5], #16\n" multiply                                                               \
  " r6, q1, q3\n"                                                                                  \
  "vldrb.8 q3, [r7], #16\n" multiply " r8, q0, q2\n" multiply " r10, q1, q2\n" multiply            \
  " r12, q0, q3\n" multiply " lr, q1, q3\n"

/* In assembly because the loop holds eight sums, in the even registers as the instruction wants,
 * and six other values: every register there is. */
__attribute__((naked, noinline)) static void multiply(__attribute__((unused))
                                                      multiplication *work) {
  __asm volatile("push {r0, r4-r11, lr}\n"
                 "1:\n"
                 "ldr r11, [sp]\n"
                 "ldrd r1, r3, [r11]\n"
                 "ldrd r9, r11, [r11, #8]\n"
                 "add r5, r1, r3, lsl #1\n"
                 "add r7, r5, r3\n"
                 "add r3, r1, r3\n" TAPS("vmladav.s8")
                 "lsrs r11, r11, #1\n" /* nothing before 4 changes the flags */
                 "bcc 2f\n" TAPS("vmladava.s8")
                 "2:\n"
                 "beq 4f\n"
                 "3:\n" TAPS("vmladava.s8") TAPS("vmladava.s8")
                 "subs r11, #1\n"
                 "bne 3b\n"
                 "4:\n"
                 "ldr r11, [sp]\n"
                 "ldrd r1, r3, [r11, #16]\n"
                 "ldrd r5, r7, [r11]\n"
                 "strd r0, r2, [r1], #16\n"
                 "strd r4, r6, [r1], #16\n"
                 "strd r8, r10, [r1], #16\n"
                 "strd r12, lr, [r1], #16\n"
                 "add r5, r5, r7, lsl #2\n"
                 "str r5, [r11]\n"
                 "subs r3, #1\n"
                 "strd r1, r3, [r11, #16]\n"
                 "bne 1b\n"
                 "pop {r0, r4-r11, pc}\n");
}

#else

static int32_t product(const int8_t *patch, const int8_t *filter, int32_t vectors) {
  uint32_t sum = 0; /* modulo 2^32, as there */
  for (int32_t tap = 0; tap < 16 * vectors; ++tap) {
    sum += (uint32_t)(patch[tap] * filter[tap / 16 * 32 + tap % 16]);
  }
  return (int32_t)sum;
}

static void multiply(multiplication *work) {
  for (int32_t position = 0; position < POSITIONS * work->blocks; ++position) {
    for (int32_t filter = 0; filter < 2; ++filter) {
      work->sums[4 * position + filter] = product(work->patches + position * work->step,
                                                  work->filters + 16 * filter, 1 + work->more);
    }
  }
}

#endif

static int32_t column_bytes(const ossicle_conv_2d_mve_layer *layer) {
  return layer->height.filter * layer->input_channels;
}

/* The outputs at `count` positions whose patches are in a strip. */
static void convolve(const ossicle_conv_2d_mve_layer *layer, const int8_t *strip, int32_t count,
                     int32_t *sums, int8_t *output) {
  const int32_t vectors = (layer->width.filter * column_bytes(layer) + 15) / 16;
  const int8_t *filters = layer->weights;
  for (int32_t left = layer->output_channels, channel = 0; left > 0; left -= 4, channel += 4) {
    for (int32_t pair = 0; pair < 4 && pair < left; pair += 2, filters += vectors * 32) {
      multiplication work = {strip,       layer->step * column_bytes(layer),  filters, vectors - 1,
                             sums + pair, (count + POSITIONS - 1) / POSITIONS};
      multiply(&work);
    }
    ossicle_requantise_mve(&layer->output, channel, left < 4 ? left : 4, sums, 4, count,
                           output + channel, layer->output_channels);
  }
}

/* `count` columns of one row of the filter, from column `x` of the input on, `dilation` apart; row
 * is NULL where it is padding. */
static void gather_row(const ossicle_conv_2d_mve_layer *layer, const int8_t *row, int32_t x,
                       int32_t dilation, int32_t count, int8_t *to) {
  const int32_t channels = layer->input_channels;
  const int32_t to_step = column_bytes(layer);
  const ossicle_axis columns = {layer->width.input, 1, count, 1, dilation, -x};
  ossicle_taps inside = ossicle_taps_at(&columns, 0);
  if (!row || inside.begin >= inside.end) {
    inside.begin = inside.end = count;
  }
  ossicle_fill_columns_mve(to, to_step, layer->zero_point, channels, inside.begin);
  if (inside.begin < inside.end) {
    ossicle_copy_columns_mve(to + inside.begin * to_step, to_step,
                             row + (x + inside.begin * dilation) * channels, dilation * channels,
                             channels, inside.end - inside.begin);
  }
  ossicle_fill_columns_mve(to + inside.end * to_step, to_step, layer->zero_point, channels,
                           count - inside.end);
}

/* The columns of `count` output positions from `first` on. */
static void gather_columns(const ossicle_conv_2d_mve_layer *layer, const int8_t *row, int32_t first,
                           int32_t count, int8_t *to) {
  const ossicle_axis *width = &layer->width;
  const int32_t x = first * width->stride - width->padding;
  if (layer->step == width->stride && width->dilation == 1) {
    gather_row(layer, row, x, 1, (count - 1) * width->stride + width->filter, to);
    return;
  }
  for (int32_t i = 0; i < count; ++i, to += width->filter * column_bytes(layer)) {
    gather_row(layer, row, x + i * width->stride, width->dilation, width->filter, to);
  }
}

/* What lies under the rows of the filter from `tap` on. */
static void gather(const ossicle_conv_2d_mve_layer *layer, const int8_t *image, int32_t y,
                   int32_t tap, int32_t first, int32_t count, int8_t *strip) {
  const ossicle_taps down = ossicle_taps_at(&layer->height, y);
  const int32_t row_bytes = layer->width.input * layer->input_channels;
  for (; tap < layer->height.filter; ++tap) {
    const int is_inside = tap >= down.begin && tap < down.end;
    const int32_t row = down.origin + tap * layer->height.dilation;
    gather_columns(layer, is_inside ? image + row * row_bytes : NULL, first, count,
                   strip + tap * layer->input_channels);
  }
}

/* Output row y. The strip of the next row is this one, begun `stride` rows later, and with as many
 * rows new: they come where each column's first ones were no longer needed. */
static void convolve_row(const ossicle_conv_2d_mve_layer *layer, const int8_t *image, int32_t y,
                         int8_t *output, int8_t *scratch) {
  const ossicle_axis *height = &layer->height;
  const int32_t turn = y % layer->rows;
  int32_t *sums = (int32_t *)(void *)scratch;
  int8_t *strip = scratch + (layer->tile + POSITIONS - 1) / POSITIONS * POSITIONS * 16 +
                  turn * height->stride * layer->input_channels;
  for (int32_t first = 0; first < layer->width.output; first += layer->tile) {
    const int32_t left = layer->width.output - first;
    const int32_t count = left < layer->tile ? left : layer->tile;
    gather(layer, image, y, turn ? height->filter - height->stride : 0, first, count, strip);
    convolve(layer, strip, count, sums, output + first * layer->output_channels);
  }
}

void ossicle_conv_2d_mve(const ossicle_conv_2d_mve_layer *layer, const int8_t *input,
                         int8_t *output, void *scratch) {
  const int32_t image_bytes = layer->height.input * layer->width.input * layer->input_channels;
  for (int32_t batch = 0; batch < layer->batches; ++batch, input += image_bytes) {
    for (int32_t y = 0; y < layer->height.output; ++y) {
      convolve_row(layer, input, y, output, scratch);
      output += layer->width.output * layer->output_channels;
    }
  }
}

/* The last tile goes back to be a whole one: what is computed twice is the same. */
void ossicle_conv_2d_pointwise_mve(const ossicle_conv_2d_mve_layer *layer, const int8_t *input,
                                   int8_t *output, void *scratch) {
  const int32_t last = layer->width.output - layer->tile;
  for (int32_t next = 0; next < layer->width.output; next += layer->tile) {
    const int32_t first = next < last ? next : last;
    convolve(layer, input + first * layer->input_channels, layer->tile, scratch,
             output + first * layer->output_channels);
  }
}
