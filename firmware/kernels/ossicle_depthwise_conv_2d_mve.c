#include "ossicle_depthwise_conv_2d_mve.h"

#define QUAD 4 /* output channels at a time */

/* Patches of four channels, each under its filter. */
typedef struct {
  const int8_t *patches[QUAD]; /* the first of each channel */
  int32_t step;                /* bytes from a patch to the next */
  const int8_t *filters;       /* [4][vector][16] */
  int32_t vectors, count;
} multiplication;

#if defined(__ARM_FEATURE_MVE)

/* Patches of one vector, as those of a filter of 3x3. */
static void multiply_short(const multiplication *work, int32_t *sums) {
  const int8_t *a = work->patches[0];
  const int8_t *b = work->patches[1];
  const int8_t *c = work->patches[2];
  const int8_t *d = work->patches[3];
  const int8x16_t of_a = vldrbq_s8(work->filters);
  const int8x16_t of_b = vldrbq_s8(work->filters + 16);
  const int8x16_t of_c = vldrbq_s8(work->filters + 32);
  const int8x16_t of_d = vldrbq_s8(work->filters + 48);
  const int32_t step = work->step;
  for (int32_t left = work->count; left > 0; --left, sums += QUAD) {
    sums[0] = vmladavq_s8(vldrbq_s8(a), of_a);
    sums[1] = vmladavq_s8(vldrbq_s8(b), of_b);
    sums[2] = vmladavq_s8(vldrbq_s8(c), of_c);
    sums[3] = vmladavq_s8(vldrbq_s8(d), of_d);
    a += step;
    b += step;
    c += step;
    d += step;
  }
}

static int32_t product(const int8_t *patch, const int8_t *filter, int32_t vectors) {
  int32_t sum = 0;
  for (; vectors > 0; --vectors, patch += 16, filter += 16) {
    sum = vmladavaq_s8(sum, vldrbq_s8(patch), vldrbq_s8(filter));
  }
  return sum;
}

#else

static int32_t product(const int8_t *patch, const int8_t *filter, int32_t vectors) {
  int32_t sum = 0;
  for (int32_t tap = 0; tap < 16 * vectors; ++tap) {
    sum += patch[tap] * filter[tap];
  }
  return sum;
}

#endif

/* sums[4 * p + i]: position p, channel i. */
static void multiply(const multiplication *work, int32_t *sums) {
#if defined(__ARM_FEATURE_MVE)
  if (work->vectors == 1) {
    multiply_short(work, sums);
    return;
  }
#endif
  for (int32_t position = 0; position < work->count; ++position, sums += QUAD) {
    for (int32_t i = 0; i < QUAD; ++i) {
      sums[i] = product(work->patches[i] + position * work->step,
                        work->filters + i * work->vectors * 16, work->vectors);
    }
  }
}

/* Output channels [from, to) at `count` positions; `strip` is the first one's. In the last four,
 * what is beyond `to` reads strips that were not gathered, and nothing comes of it. */
static void convolve(const ossicle_depthwise_conv_2d_mve_layer *layer, const int8_t *strip,
                     int32_t from, int32_t to, int32_t count, int32_t *sums, int8_t *output) {
  const int32_t multiplier = layer->depth_multiplier;
  const int32_t filter_bytes = layer->vectors * 16;
  multiplication work = {.step = layer->strip.step * layer->strip.height.filter,
                         .vectors = layer->vectors,
                         .count = count};
  for (int32_t channel = from; channel < to; channel += QUAD) {
    for (int32_t i = 0; i < QUAD; ++i) {
      work.patches[i] = strip + (channel - from + i) / multiplier * layer->strip_bytes;
    }
    work.filters = layer->weights + channel * filter_bytes;
    multiply(&work, sums);
    ossicle_requantise_mve(&layer->output, channel, to - channel, sums, count, output + channel,
                           layer->strip.channels * multiplier);
  }
}

/* The outputs of input channels [first, first + channels) in row y. */
static void convolve_row(const ossicle_depthwise_conv_2d_mve_layer *layer, const int8_t *image,
                         int32_t y, int32_t first, int32_t channels, int8_t *output,
                         int32_t *scratch) {
  const ossicle_strip_mve *strip = &layer->strip;
  const int32_t multiplier = layer->depth_multiplier;
  const ossicle_pixel_mve pixel = {channels, layer->strip_bytes, 1};
  int8_t *place = (int8_t *)(scratch + strip->tile * QUAD);
  for (int32_t x = 0; x < strip->width.output; x += strip->tile) {
    const int32_t left = strip->width.output - x;
    const int32_t count = left < strip->tile ? left : strip->tile;
    convolve(layer, ossicle_gather_mve(strip, &pixel, image + first, y, x, count, place),
             first * multiplier, (first + channels) * multiplier, count, scratch,
             output + x * strip->channels * multiplier);
  }
}

void ossicle_depthwise_conv_2d_mve(const ossicle_depthwise_conv_2d_mve_layer *layer,
                                   const int8_t *input, int8_t *output, void *scratch) {
  const ossicle_axis *height = &layer->strip.height;
  const ossicle_axis *width = &layer->strip.width;
  const int32_t channels = layer->strip.channels;
  const int32_t output_row = width->output * channels * layer->depth_multiplier;
  for (int32_t batch = 0; batch < layer->batches; ++batch) {
    for (int32_t first = 0; first < channels; first += layer->slice) {
      const int32_t left = channels - first;
      const int32_t slice = left < layer->slice ? left : layer->slice;
      for (int32_t y = 0; y < height->output; ++y) {
        convolve_row(layer, input, y, first, slice, output + y * output_row, scratch);
      }
    }
    input += height->input * width->input * channels;
    output += height->output * output_row;
  }
}
