#include "ossicle_conv_2d_mve.h"

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

/* The outputs at `count` positions whose patches are in a strip, `step` bytes apart. */
static void convolve(const ossicle_conv_2d_mve_layer *layer, const int8_t *strip, int32_t step,
                     int32_t count, int32_t *sums, int8_t *output) {
  const int8_t *filters = layer->weights;
  for (int32_t left = layer->output_channels, channel = 0; left > 0; left -= 4, channel += 4) {
    for (int32_t pair = 0; pair < 4 && pair < left; pair += 2) {
      multiplication work = {strip,       step,
                             filters,     layer->vectors - 1,
                             sums + pair, (count + POSITIONS - 1) / POSITIONS};
      multiply(&work);
      filters += layer->vectors * 32;
    }
    ossicle_requantise_mve(&layer->output, channel, left < 4 ? left : 4, sums, 4, count,
                           output + channel, layer->output_channels);
  }
}

static void convolve_row(const ossicle_conv_2d_mve_layer *layer, const int8_t *image, int32_t y,
                         int8_t *output, int32_t *scratch) {
  const ossicle_strip_mve *strip = &layer->strip;
  const ossicle_pixel_mve pixel = {strip->channels, 1, strip->channels};
  const int32_t step = strip->step * ossicle_column_bytes_mve(strip, &pixel);
  int8_t *place = (int8_t *)(scratch + (strip->tile + POSITIONS - 1) / POSITIONS * POSITIONS * 4);
  for (int32_t first = 0; first < strip->width.output; first += strip->tile) {
    const int32_t left = strip->width.output - first;
    const int32_t count = left < strip->tile ? left : strip->tile;
    convolve(layer, ossicle_gather_mve(strip, &pixel, image, y, first, count, place), step, count,
             scratch, output + first * layer->output_channels);
  }
}

void ossicle_conv_2d_mve(const ossicle_conv_2d_mve_layer *layer, const int8_t *input,
                         int8_t *output, void *scratch) {
  const ossicle_axis *height = &layer->strip.height;
  const ossicle_axis *width = &layer->strip.width;
  for (int32_t batch = 0; batch < layer->batches; ++batch) {
    for (int32_t y = 0; y < height->output; ++y) {
      convolve_row(layer, input, y, output, scratch);
      output += width->output * layer->output_channels;
    }
    input += height->input * width->input * layer->strip.channels;
  }
}

/* The last tile goes back to be a whole one: what is computed twice is the same. */
void ossicle_conv_2d_pointwise_mve(const ossicle_conv_2d_mve_layer *layer, const int8_t *input,
                                   int8_t *output, void *scratch) {
  const ossicle_strip_mve *strip = &layer->strip;
  const int32_t last = strip->width.output - strip->tile;
  for (int32_t next = 0; next < strip->width.output; next += strip->tile) {
    const int32_t first = next < last ? next : last;
    convolve(layer, input + first * strip->channels, strip->channels, strip->tile, scratch,
             output + first * layer->output_channels);
  }
}
