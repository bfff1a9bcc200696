#include "ossicle_depthwise_conv_2d_mve.h"

#include "ossicle_requantise_mve.h"

#define POSITIONS 4 /* at a time */

/* Patches of channels, each under its filter. */
typedef struct {
  const int8_t *patches; /* of the first channel at the first position */
  int32_t step;          /* bytes from a patch to the next */
  int32_t strip_bytes;   /* from a channel's patches to the next one's */
  const int8_t *filters;
  const int32_t *rescale;
  int32_t channels, count; /* of positions */
  int8_t *output;
} channels_of_line;

#if defined(__ARM_FEATURE_MVE)

/* What becomes of the sums of a channel. */
typedef struct {
  int32_t bias, multiplier, shift;
  int32x4_t zero_point, minimum, maximum;
} requantisation;

/* From four registers two instructions make a vector; by itself the compiler goes through memory.
 */
static inline int32x4_t four_sums(int32_t a, int32_t b, int32_t c, int32_t d) {
  int32x4_t sums;
  __asm("vmov %q0[2], %q0[0], %1, %3\n\tvmov %q0[3], %q0[1], %2, %4"
        : "=&w"(sums)
        : "r"(a), "r"(b), "r"(c), "r"(d));
  return sums;
}

/* Of vectors that hold the patches of two positions. */
static inline int32x4_t sums_by_twos(const int8_t *patches, int32_t step, int8x16_t filter,
                                     int8x16_t of_second) {
  const int8x16_t left = vldrbq_s8(patches);
  const int8x16_t right = vldrbq_s8(patches + 2 * step);
  return four_sums(vmladavq_s8(left, filter), vmladavq_s8(left, of_second),
                   vmladavq_s8(right, filter), vmladavq_s8(right, of_second));
}

static inline int32_t product(const int8_t *patch, const int8_t *filter, int32_t vectors) {
  int32_t sum = 0;
  for (; vectors > 0; --vectors, patch += 16, filter += 16) {
    sum = vmladavaq_s8(sum, vldrbq_s8(patch), vldrbq_s8(filter));
  }
  return sum;
}

static inline int32x4_t sums_by_ones(const int8_t *patches, int32_t step, const int8_t *filter,
                                     int32_t vectors) {
  return four_sums(product(patches, filter, vectors), product(patches + step, filter, vectors),
                   product(patches + 2 * step, filter, vectors),
                   product(patches + 3 * step, filter, vectors));
}

/* With a ReLU, how negative numbers are rounded does not matter: they become the lowest output. */
static inline int32x4_t outputs_of(const requantisation *to, int32x4_t sums, int is_relu) {
  int32x4_t values = vqrdmulhq_n_s32(vaddq_n_s32(sums, to->bias), to->multiplier);
  if (!is_relu) {
    values = ossicle_away_from_zero_mve(values);
  }
  const int32x4_t moved = vaddq_s32(vrshlq_n_s32(values, to->shift), to->zero_point);
  return vminq_s32(vmaxq_s32(moved, to->minimum), to->maximum);
}

/* Inlined four times, with constants for what the layer is; its loops want every register. */
static inline __attribute__((always_inline)) void
convolve_by(const ossicle_depthwise_conv_2d_mve_layer *layer, const channels_of_line *line,
            int holds_two, int is_relu) {
  requantisation to = {.zero_point = vdupq_n_s32(layer->zero_point),
                       .minimum = vdupq_n_s32(layer->minimum),
                       .maximum = vdupq_n_s32(layer->maximum)};
  const uint32x4_t places = vmulq_n_u32(vidupq_n_u32(0, 1), (uint32_t)layer->output_step);
  const int32_t vectors = layer->vectors;
  const int32_t step = line->step;
  const int32_t output_step = POSITIONS * layer->output_step;
  const int8_t *filter = line->filters;
  const int32_t *rescale = line->rescale;
  for (int32_t channel = 0; channel < line->channels; ++channel) {
    const int8x16_t of_first = vldrbq_s8(filter);
    const int8x16_t of_second = vldrbq_s8(filter + 16 * holds_two);
    const int8_t *patches = line->patches + channel * line->strip_bytes;
    int8_t *output = line->output + channel;
    int32_t left = line->count;
    to.bias = rescale[0];
    to.multiplier = rescale[1];
    to.shift = rescale[2];
    for (;; left -= POSITIONS, patches += POSITIONS * step, output += output_step) {
      const int32x4_t sums = holds_two ? sums_by_twos(patches, step, of_first, of_second)
                                       : sums_by_ones(patches, step, filter, vectors);
      const int32x4_t outputs = outputs_of(&to, sums, is_relu);
      if (left <= POSITIONS) {
        vstrbq_scatter_offset_p_s32(output, places, outputs, vctp32q((uint32_t)left));
        break;
      }
      vstrbq_scatter_offset_s32(output, places, outputs);
    }
    filter += 16 * (holds_two ? 2 : vectors);
    rescale += 3;
  }
}

static __attribute__((noinline)) void
convolve_channels(const ossicle_depthwise_conv_2d_mve_layer *layer, const channels_of_line *line) {
  const int is_relu = layer->minimum == layer->zero_point;
  if (layer->holds_two && is_relu) {
    convolve_by(layer, line, 1, 1);
  } else if (layer->holds_two) {
    convolve_by(layer, line, 1, 0);
  } else if (is_relu) {
    convolve_by(layer, line, 0, 1);
  } else {
    convolve_by(layer, line, 0, 0);
  }
}

#else

static int32_t product(const int8_t *patch, const int8_t *filter, int32_t taps) {
  int32_t sum = 0;
  for (int32_t tap = 0; tap < taps; ++tap) {
    sum += patch[tap] * filter[tap];
  }
  return sum;
}

static void convolve_channel(const ossicle_depthwise_conv_2d_mve_layer *layer,
                             const channels_of_line *line, int32_t channel) {
  const int8_t *filters = line->filters + channel * 16 * (layer->holds_two ? 2 : layer->vectors);
  const int32_t *rescale = line->rescale + 3 * channel;
  for (int32_t i = 0; i < line->count; ++i) {
    const int is_second = layer->holds_two && i % 2;
    const int8_t *patch = line->patches + (is_second ? i - 1 : i) * line->step;
    const int32_t sum = product(patch + channel * line->strip_bytes, filters + (is_second ? 16 : 0),
                                16 * layer->vectors);
    const int32_t scaled = ossicle_requantise_twice(sum + rescale[0], rescale[1], rescale[2]);
    line->output[channel + i * layer->output_step] =
        (int8_t)ossicle_clamp(scaled + layer->zero_point, layer->minimum, layer->maximum);
  }
}

static void convolve_channels(const ossicle_depthwise_conv_2d_mve_layer *layer,
                              const channels_of_line *line) {
  for (int32_t channel = 0; channel < line->channels; ++channel) {
    convolve_channel(layer, line, channel);
  }
}

#endif

/* The outputs of input channels [first, first + channels) at `count` positions of a line. The
 * filters of one strip are as channels that have their strips in the same place. */
static void convolve(const ossicle_depthwise_conv_2d_mve_layer *layer, const int8_t *strips,
                     int32_t step, int32_t first, int32_t channels, int32_t count, int8_t *output) {
  const int32_t multiplier = layer->depth_multiplier;
  const int32_t filter_bytes = 16 * (layer->holds_two ? 2 : layer->vectors);
  const int32_t calls = multiplier == 1 ? 1 : channels;
  for (int32_t call = 0; call < calls; ++call) {
    const int32_t channel = (first + call) * multiplier;
    const channels_of_line line = {.patches = strips + call * layer->strip_bytes,
                                   .step = step,
                                   .strip_bytes = multiplier == 1 ? layer->strip_bytes : 0,
                                   .filters = layer->weights + channel * filter_bytes,
                                   .rescale = layer->rescale + channel * 3,
                                   .channels = multiplier == 1 ? channels : multiplier,
                                   .count = count,
                                   .output = output + channel};
    convolve_channels(layer, &line);
  }
}

/* The outputs of input channels [first, first + channels) on line y. */
static void convolve_line(const ossicle_depthwise_conv_2d_mve_layer *layer, const int8_t *image,
                          int32_t y, int32_t first, int32_t channels, int8_t *output,
                          int8_t *place) {
  const ossicle_strip_mve *strip = &layer->strip;
  const ossicle_pixel_mve pixel = {channels, layer->strip_bytes, 1, strip->across.filter};
  const int32_t step = pixel.column * (strip->columns ? strip->columns : strip->along.stride);
  for (int32_t x = 0; x < strip->along.output; x += strip->tile) {
    const int32_t left = strip->along.output - x;
    const int32_t count = left < strip->tile ? left : strip->tile;
    convolve(layer, ossicle_gather_mve(strip, &pixel, image + first, y, x, count, place), step,
             first, channels, count, output + x * layer->output_step);
  }
}

void ossicle_depthwise_conv_2d_mve(const ossicle_depthwise_conv_2d_mve_layer *layer,
                                   const int8_t *input, int8_t *output, void *scratch) {
  for (int32_t batch = 0; batch < layer->batches; ++batch) {
    for (int32_t first = 0; first < layer->channels; first += layer->slice) {
      const int32_t left = layer->channels - first;
      const int32_t slice = left < layer->slice ? left : layer->slice;
      for (int32_t y = 0; y < layer->strip.across.output; ++y) {
        convolve_line(layer, input, y, first, slice, output + y * layer->output_line, scratch);
      }
    }
    input += layer->input_bytes;
    output += layer->output_bytes;
  }
}
