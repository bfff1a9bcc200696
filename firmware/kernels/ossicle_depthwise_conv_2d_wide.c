#include "ossicle_depthwise_conv_2d_wide.h"

#include <stddef.h>
#include <string.h>

#include "ossicle_dsp.h"
#include "ossicle_requantise_down.h"

#define GROUP 4 /* channels at a time */

/* What one call works with. Places are distances from the image in bytes; those of taps on padding
 * lead to `padding`, which holds the zero point in every channel. */
typedef struct {
  const ossicle_depthwise_conv_2d_layer *layer;
  uint32_t *filters; /* [group][pair of taps][channel of the group]: two int16, the first tap low */
  int32_t *places;   /* [column][pair of taps][2] */
  int32_t *sums;     /* [column][channel of the group] */
  int8_t *padding;
  int32_t taps, pairs;
} walk;

static void widen_filters(const walk *w) {
  const ossicle_depthwise_conv_2d_layer *layer = w->layer;
  const int32_t channels = layer->input_channels;
  uint32_t *to = w->filters;
  for (int32_t channel = 0; channel < channels; channel += GROUP) {
    for (int32_t tap = 0; tap < w->taps; tap += 2) {
      const int8_t *weights = layer->weights + tap * channels + channel;
      for (int32_t i = 0; i < GROUP; ++i) {
        const int32_t second = tap + 1 < w->taps ? weights[channels + i] : 0;
        *to++ = ((uint32_t)weights[i] & 0xffffu) | (uint32_t)second << 16;
      }
    }
  }
}

/* The places of the taps of one output. */
static void place_taps(const walk *w, const ossicle_taps *down, const ossicle_taps *across,
                       int32_t padding, int32_t *place) {
  const ossicle_depthwise_conv_2d_layer *layer = w->layer;
  for (int32_t i = 0; i < layer->height.filter; ++i) {
    const int32_t y = down->origin + i * layer->height.dilation;
    for (int32_t j = 0; j < layer->width.filter; ++j) {
      const int32_t x = across->origin + j * layer->width.dilation;
      const int inside = i >= down->begin && i < down->end && j >= across->begin && j < across->end;
      *place++ = inside ? (y * layer->width.input + x) * layer->input_channels : padding;
    }
  }
  if (w->taps % 2) {
    *place = padding; /* under a weight of zero */
  }
}

static void place_row(const walk *w, const int8_t *image, int32_t y) {
  const ossicle_taps down = ossicle_taps_at(&w->layer->height, y);
  const int32_t padding = (int32_t)(w->padding - image);
  for (int32_t x = 0; x < w->layer->width.output; ++x) {
    const ossicle_taps across = ossicle_taps_at(&w->layer->width, x);
    place_taps(w, &down, &across, padding, w->places + x * w->pairs * 2);
  }
}

#if OSSICLE_HAS_DSP

/* Two taps of four channels: widened, paired by channel, multiplied. */
static void accumulate(const walk *w, const int8_t *image, const int32_t *place,
                       const uint32_t *filter, int32_t *sums) {
  const uint32_t offsets = ossicle_twice(w->layer->input_offset);
  const int32_t *const end = place + w->pairs * 2;
  int32_t a = sums[0], b = sums[1], c = sums[2], d = sums[3];
  for (; place != end; place += 2, filter += GROUP) {
    const uint32_t first = ossicle_load_bytes(image + place[0]);
    const uint32_t second = ossicle_load_bytes(image + place[1]);
    const uint32_t even0 = ossicle_add_bytes_0_2(offsets, first);
    const uint32_t even1 = ossicle_add_bytes_0_2(offsets, second);
    const uint32_t odd0 = ossicle_add_bytes_1_3(offsets, first);
    const uint32_t odd1 = ossicle_add_bytes_1_3(offsets, second);
    a = ossicle_multiply_pairs(ossicle_firsts(even0, even1), filter[0], a);
    b = ossicle_multiply_pairs(ossicle_firsts(odd0, odd1), filter[1], b);
    c = ossicle_multiply_pairs(ossicle_seconds(even0, even1), filter[2], c);
    d = ossicle_multiply_pairs(ossicle_seconds(odd0, odd1), filter[3], d);
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
}

#else

static void accumulate(const walk *w, const int8_t *image, const int32_t *place,
                       const uint32_t *filter, int32_t *sums) {
  for (int32_t pair = 0; pair < w->pairs; ++pair, place += 2) {
    const int8_t *first = image + place[0];
    const int8_t *second = image + place[1];
    for (int32_t i = 0; i < GROUP; ++i, ++filter) {
      sums[i] += (int16_t)(*filter & 0xffffu) * (first[i] + w->layer->input_offset) +
                 (int16_t)(*filter >> 16) * (second[i] + w->layer->input_offset);
    }
  }
}

#endif

/* One row of outputs of four channels. */
static void convolve_row(const walk *w, const int8_t *image, int32_t channel, int8_t *output) {
  const ossicle_depthwise_conv_2d_layer *layer = w->layer;
  const int32_t columns = layer->width.output;
  const uint32_t *filter = w->filters + channel * w->pairs;
  for (int32_t x = 0; x < columns; ++x) {
    int32_t *sums = w->sums + x * GROUP;
    for (int32_t i = 0; i < GROUP; ++i) {
      sums[i] = layer->biases ? layer->biases[channel + i] : 0;
    }
    accumulate(w, image + channel, w->places + x * w->pairs * 2, filter, sums);
  }
  for (int32_t i = 0; i < GROUP; ++i) {
    ossicle_requantise_down(&layer->output, channel + i, w->sums + i, GROUP, columns,
                            output + channel + i, layer->input_channels);
  }
}

void ossicle_depthwise_conv_2d_wide(const ossicle_depthwise_conv_2d_layer *layer,
                                    const int8_t *input, int8_t *output, void *scratch) {
  const int32_t channels = layer->input_channels;
  walk w = {.layer = layer, .filters = scratch};
  w.taps = layer->height.filter * layer->width.filter;
  w.pairs = OSSICLE_TAP_PAIRS(w.taps);
  w.places = (int32_t *)(w.filters + channels * w.pairs);
  w.sums = w.places + layer->width.output * w.pairs * 2;
  w.padding = (int8_t *)(w.sums + layer->width.output * GROUP);
  memset(w.padding, -layer->input_offset, (size_t)channels);
  widen_filters(&w);
  for (int32_t batch = 0; batch < layer->batches; ++batch) {
    for (int32_t y = 0; y < layer->height.output; ++y) {
      place_row(&w, input, y);
      for (int32_t channel = 0; channel < channels; channel += GROUP) {
        convolve_row(&w, input, channel, output);
      }
      output += layer->width.output * channels;
    }
    input += layer->height.input * layer->width.input * channels;
  }
}
