#include "ossicle_conv_2d_rows.h"

#include <stddef.h>
#include <string.h>

#include "ossicle_dsp.h"

/* What one call works with. */
typedef struct {
  const ossicle_conv_2d_rows_layer *layer;
  const int8_t *image;
  int16_t *planes;     /* of the rows from `origin` on */
  int16_t *filters;    /* a pair, if they are given as bytes */
  int32_t origin;      /* may be before the image */
  int32_t plane_words; /* with the padding on both sides */
  int32_t row_words;
  int32_t filter_length; /* of one filter, in whole quads */
} walk;

static int is_single(const walk *w) { return w->layer->input_channels == 1; }

#if OSSICLE_HAS_DSP

/* Two words of four channels at a column, into two planes. */
static void widen_column(const int8_t *from, uint32_t offsets, int16_t *plane_0, int16_t *plane_1) {
  const uint32_t bytes = ossicle_load_bytes(from);
  const uint32_t even = ossicle_add_bytes_0_2(offsets, bytes);
  const uint32_t odd = ossicle_add_bytes_1_3(offsets, bytes);
  memcpy(plane_0, &even, sizeof even);
  memcpy(plane_1, &odd, sizeof odd);
}

static void widen_channels(const walk *w, const int8_t *row, int32_t channel, int16_t *plane) {
  const int32_t depth = w->layer->input_channels;
  const uint32_t offsets = ossicle_twice(w->layer->input_offset);
  const int8_t *from = row + channel;
  for (int32_t x = w->layer->width.input; x > 0; --x, from += depth, plane += 2) {
    widen_column(from, offsets, plane, plane + 2 * w->plane_words);
  }
}

#else

static void widen_channels(const walk *w, const int8_t *row, int32_t channel, int16_t *plane) {
  const int32_t depth = w->layer->input_channels;
  const int32_t offset = w->layer->input_offset;
  for (int32_t x = 0; x < w->layer->width.input; ++x, plane += 2) {
    const int8_t *const from = row + x * depth + channel;
    int16_t *const next = plane + 2 * w->plane_words;
    plane[0] = (int16_t)(from[0] + offset);
    next[0] = (int16_t)(from[1] + offset);
    plane[1] = (int16_t)(from[2] + offset);
    next[1] = (int16_t)(from[3] + offset);
  }
}

#endif

/* One channel: `half` of the words of a plane. */
static void widen_channel(const walk *w, const int8_t *row, int32_t channel, int16_t *half) {
  const int32_t depth = w->layer->input_channels;
  for (int32_t x = 0; x < w->layer->width.input; ++x) {
    half[2 * x] = (int16_t)(row[x * depth + channel] + w->layer->input_offset);
  }
}

/* Halves of words that no channel fills are zeros from the beginning. */
static void widen_image_row(const walk *w, const int8_t *row, int16_t *planes) {
  const int32_t depth = w->layer->input_channels;
  int32_t channel = 0;
  for (; channel + 4 <= depth; channel += 4, planes += 4 * w->plane_words) {
    widen_channels(w, row, channel, planes);
  }
  for (int32_t i = 0; channel < depth; ++channel, ++i) {
    widen_channel(w, row, channel, planes + i / 2 * 2 * w->plane_words + i % 2);
  }
}

/* One channel: the row is the first half of its own plane and the second of the one before. */
static void widen_single_row(const walk *w, const int8_t *row, int16_t *plane) {
  widen_channel(w, row, 0, plane);
  if (plane - 2 * w->plane_words >= w->planes) {
    widen_channel(w, row, 0, plane - 2 * w->plane_words + 1);
  }
}

static void zero_words(int16_t *to, int32_t words) {
  for (; words > 0; --words, to += 2) {
    to[0] = to[1] = 0;
  }
}

/* The rows of the image under `rows` rows of outputs from `first` on. With one channel, those
 * outside the image are zeros; else they are not summed. */
static void widen_rows(walk *w, int32_t first, int32_t rows) {
  const ossicle_conv_2d_rows_layer *layer = w->layer;
  const int32_t single = is_single(w);
  const int32_t count = (rows - 1) * layer->height.stride + layer->height.filter +
                        (single && layer->height.filter % 2);
  w->origin = first * layer->height.stride - layer->height.padding;
  if (single || first == 0) {
    zero_words(w->planes, count * w->row_words); /* padding; the rest is written over */
  }
  for (int32_t i = 0; i < count; ++i) {
    const int32_t y = w->origin + i;
    if (y >= 0 && y < layer->height.input) {
      const int8_t *const row = w->image + y * layer->width.input * layer->input_channels;
      int16_t *const planes = w->planes + 2 * (i * w->row_words + layer->width.padding);
      if (single) {
        widen_single_row(w, row, planes);
      } else {
        widen_image_row(w, row, planes);
      }
    }
  }
}

static const int16_t *filters_at(const walk *w, int32_t channel) {
  const int32_t from = channel / 2 * 2 * w->filter_length;
  if (!w->layer->filters) {
    return w->layer->wide_filters + from;
  }
  ossicle_widen_pair(w->layer->filters + from, w->filter_length / 4, w->filters);
  return w->filters;
}

/* One row of outputs; rows of the window outside the image are left out, but for one channel. */
static void multiply_row(const walk *w, int32_t y, ossicle_rows *work) {
  const ossicle_conv_2d_rows_layer *layer = w->layer;
  const ossicle_taps down = ossicle_taps_at(&layer->height, y);
  const int32_t begin = is_single(w) ? 0 : down.begin;
  const int32_t end = is_single(w) ? 1 : down.end;
  const int32_t planes = is_single(w) ? layer->window_planes : layer->row_planes;
  const int32_t row_of_filter = 4 * planes * layer->width.filter;
  const int32_t positions = layer->width.output;
  const int32_t threes = positions % 3 == 1 ? positions - 4 : positions / 3 * 3;
  ossicle_rows row = *work;
  row.filters_end = row.filters + end * row_of_filter;
  row.filters += begin * row_of_filter;
  row.planes = w->planes + 2 * (down.origin + begin - w->origin) * w->row_words;
  row.threes_end = row.planes + 2 * threes;
  row.twos_end = row.planes + 2 * positions;
  layer->block(&row);
}

/* `rows` rows of outputs under two filters. */
static void multiply_rows(const walk *w, int32_t first, int32_t rows, int32_t channel,
                          int8_t *output) {
  const ossicle_conv_2d_rows_layer *layer = w->layer;
  const int32_t last = layer->output_channels - 1;
  const int32_t partner = channel < last ? channel + 1 : last;
  ossicle_rows work = {
      .filters = filters_at(w, channel),
      .output = output + channel,
      .position_step = layer->output_channels,
      .filter_step = partner - channel,
      .biases = {layer->biases[channel], layer->biases[partner]},
      .rescale = {ossicle_rescale_of(&layer->output, channel),
                  ossicle_rescale_of(&layer->output, partner)},
  };
  for (int32_t y = first; y < first + rows; ++y) {
    multiply_row(w, y, &work);
    work.output += layer->width.output * layer->output_channels;
  }
}

void ossicle_conv_2d_rows(const ossicle_conv_2d_rows_layer *layer, const int8_t *input,
                          int8_t *output, void *scratch) {
  const int32_t height = layer->height.output;
  walk w = {.layer = layer, .image = input, .filters = scratch};
  w.plane_words = layer->width.output + layer->width.filter - 1;
  w.row_words = layer->row_planes * w.plane_words;
  w.filter_length = (2 * layer->window_planes * layer->width.filter + 3) / 4 * 4;
  w.planes = w.filters + (layer->filters ? 2 * w.filter_length : 0);
  for (int32_t batch = 0; batch < layer->batches; ++batch) {
    for (int32_t first = 0; first < height; first += layer->rows) {
      const int32_t rows = height - first < layer->rows ? height - first : layer->rows;
      widen_rows(&w, first, rows);
      for (int32_t channel = 0; channel < layer->output_channels; channel += 2) {
        multiply_rows(&w, first, rows, channel, output);
      }
      output += rows * layer->width.output * layer->output_channels;
    }
    input += layer->height.input * layer->width.input * layer->input_channels;
    w.image = input;
  }
}
