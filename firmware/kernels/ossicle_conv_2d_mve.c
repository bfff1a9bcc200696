#include "ossicle_conv_2d_mve.h"

#define POSITIONS 4 /* of a block */

/* Patches under two filters. sums[4 * p + f] becomes the product of the patch at patches + p * step
 * and filter f, p < 4 * blocks, f < 2; it is 16 * (1 + more) taps. */
typedef struct {
  const int8_t *patches;
  int32_t step;
  int32_t *sums;
  int32_t blocks;
  const int8_t *filters;
  int32_t more;
  int32_t to_next; /* 4 * step - 16 * (1 + more): from the end of a block's patches to the next's */
} multiplication;

#if defined(__ARM_FEATURE_MVE)

#define LOAD(vector, from) "vldrb.8 " vector ", [" from "], #16\n"

/* 16 taps: 2 filters in q0 and q1, 4 patches one after the other in q2 and q3. `vmladav.s8` begins
 * the sums, `vmladava.s8` goes on. */
#define TAPS(product)                                                                              \
  LOAD("q0", "r9")                                                                                 \
  LOAD("q2", "r1")                                                                                 \
  product " r0, q0, q2\n" LOAD("q1", "r9") product " r2, q1, q2\n" LOAD("q3", "r3") product        \
      " r4, q0, q3\n" LOAD("q2", "r5") product " r6, q1, q3\n" LOAD("q3", "r7") product            \
      " r8, q0, q2\n" product " r10, q1, q2\n" product " r12, q0, q3\n" product " lr, q1, q3\n"

/* In assembly because the loop holds eight sums, in the even registers as the instruction wants,
 * and six other values: every register there is. Changes sums and blocks of `work`. */
__attribute__((naked, noinline)) static void multiply(__attribute__((unused))
                                                      multiplication *work) {
  __asm volatile("push {r0, r4-r11, lr}\n"
                 "mov r11, r0\n"
                 "ldrd r1, r3, [r11]\n"
                 "ldrd r9, r11, [r11, #16]\n"
                 "add r5, r1, r3, lsl #1\n"
                 "add r7, r5, r3\n"
                 "add r3, r1, r3\n"
                 "1:\n" TAPS("vmladav.s8")
                 "lsrs r11, r11, #1\n" /* nothing before 4 changes the flags */
                 "bcc 2f\n" TAPS("vmladava.s8")
                 "2:\n"
                 "beq 4f\n"
                 "3:\n" TAPS("vmladava.s8") TAPS("vmladava.s8")
                 "subs r11, #1\n"
                 "bne 3b\n"
                 "4:\n"
                 "ldr r11, [sp]\n"
                 "ldr r9, [r11, #24]\n"
                 "add r1, r9\n"
                 "add r3, r9\n"
                 "add r5, r9\n"
                 "add r7, r9\n"
                 "ldr r9, [r11, #8]\n"
                 "strd r0, r2, [r9], #16\n"
                 "strd r4, r6, [r9], #16\n"
                 "strd r8, r10, [r9], #16\n"
                 "strd r12, lr, [r9], #16\n"
                 "ldr r0, [r11, #12]\n"
                 "subs r0, #1\n"
                 "strd r9, r0, [r11, #8]\n"
                 "ldrd r9, r11, [r11, #16]\n"
                 "bne 1b\n"
                 "pop {r0, r4-r11, pc}\n");
}

#else

static int32_t product(const int8_t *patch, const int8_t *filter, int32_t vectors) {
  int32_t sum = 0;
  for (int32_t tap = 0; tap < 16 * vectors; ++tap) {
    sum += patch[tap] * filter[tap / 16 * 32 + tap % 16];
  }
  return sum;
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
      multiplication work = {.patches = strip,
                             .step = step,
                             .sums = sums + pair,
                             .blocks = (count + POSITIONS - 1) / POSITIONS,
                             .filters = filters,
                             .more = layer->vectors - 1,
                             .to_next = POSITIONS * step - layer->vectors * 16};
      multiply(&work);
      filters += layer->vectors * 32;
    }
    ossicle_requantise_mve(&layer->output, channel, left, sums, count, output + channel,
                           layer->output_channels);
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

/* The last tile goes back to be whole blocks: what is computed twice is the same. */
void ossicle_conv_2d_pointwise_mve(const ossicle_conv_2d_mve_layer *layer, const int8_t *input,
                                   int8_t *output, void *scratch) {
  const ossicle_strip_mve *strip = &layer->strip;
  for (int32_t next = 0; next < strip->width.output; next += strip->tile) {
    const int32_t left = strip->width.output - next;
    const int32_t blocks = (left + POSITIONS - 1) / POSITIONS * POSITIONS;
    const int32_t count = blocks < strip->tile ? blocks : strip->tile;
    const int32_t first = left < count ? strip->width.output - count : next;
    convolve(layer, input + first * strip->channels, strip->channels, count, scratch,
             output + first * layer->output_channels);
  }
}
