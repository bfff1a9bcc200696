#include "ossicle_depthwise_conv_2d_3x3.h"

#include "ossicle_dsp.h"

#define GROUP OSSICLE_DEPTHWISE_GROUP

/* What one call works with. */
typedef struct {
  const ossicle_depthwise_conv_2d_3x3_layer *layer;
  const int8_t *image; /* at the first channel of the group */
  int16_t *columns;
  int32_t inside; /* columns that lie on the input */
  int8_t padding[GROUP];
} walk;

static void widen_filters(const int8_t *weights, int16_t *to) {
  for (int32_t i = 0; i < GROUP * 3; ++i, weights += 3, to += 4) {
    to[0] = (int16_t)(2 * weights[0]);
    to[1] = to[2] = (int16_t)(2 * weights[1]);
    to[3] = (int16_t)(2 * weights[2]);
  }
}

/* Two rows, from one column to the next; rows on padding stay where they are. */
typedef struct {
  const int8_t *upper, *lower;
  int32_t upper_step, lower_step;
} rows;

static rows rows_at(const walk *w, int32_t y) {
  const ossicle_depthwise_conv_2d_3x3_layer *layer = w->layer;
  const int8_t *row = w->image + y * layer->width.input * layer->channels;
  const int has_upper = (uint32_t)y < (uint32_t)layer->height.input;
  const int has_lower = (uint32_t)(y + 1) < (uint32_t)layer->height.input;
  const rows at = {has_upper ? row : w->padding,
                   has_lower ? row + layer->width.input * layer->channels : w->padding,
                   has_upper ? layer->channels : 0, has_lower ? layer->channels : 0};
  return at;
}

#if OSSICLE_HAS_DSP

static inline void store_pair(int16_t *to, uint32_t pair) { memcpy(to, &pair, sizeof pair); }

/* Pairs of bytes first, so that each widening gives a pair of rows. */
static inline void widen(rows from, int32_t count, int32_t offset, int32_t pairs, int16_t *to) {
  const uint32_t offsets = ossicle_twice(offset);
  for (; count > 0; --count, to += GROUP * 2 * pairs) {
    const uint32_t upper = ossicle_load_bytes(from.upper);
    const uint32_t lower = ossicle_load_bytes(from.lower);
    const uint32_t first = ossicle_firsts(upper, lower);
    const uint32_t last = ossicle_seconds(upper, lower);
    store_pair(to, ossicle_add_bytes_0_2(offsets, first));
    store_pair(to + 2 * pairs, ossicle_add_bytes_1_3(offsets, first));
    store_pair(to + 4 * pairs, ossicle_add_bytes_0_2(offsets, last));
    store_pair(to + 6 * pairs, ossicle_add_bytes_1_3(offsets, last));
    from.upper += from.upper_step;
    from.lower += from.lower_step;
  }
}

#else

static inline void widen(rows from, int32_t count, int32_t offset, int32_t pairs, int16_t *to) {
  for (; count > 0; --count) {
    for (int32_t c = 0; c < GROUP; ++c, to += 2 * pairs) {
      to[0] = (int16_t)(from.upper[c] + offset);
      to[1] = (int16_t)(from.lower[c] + offset);
    }
    from.upper += from.upper_step;
    from.lower += from.lower_step;
  }
}

#endif

/* The rows from `y` on that `steps` steps need. */
static void widen_strip(const walk *w, int32_t y, int32_t steps) {
  const ossicle_depthwise_conv_2d_3x3_layer *layer = w->layer;
  int16_t *to = w->columns + layer->width.padding * GROUP * 2 * layer->pairs;
  for (int32_t pair = 0; pair <= steps; ++pair, y += 2, to += 2) {
    const rows from = rows_at(w, y);
    if (layer->pairs == OSSICLE_DEPTHWISE_MOST_PAIRS) { /* known: fewer instructions */
      widen(from, w->inside, layer->input_offset, OSSICLE_DEPTHWISE_MOST_PAIRS, to);
    } else {
      widen(from, w->inside, layer->input_offset, layer->pairs, to);
    }
  }
}

/* Columns on padding stay zero from here on. */
static void clear_columns(const walk *w) {
  int16_t *const end = w->columns + w->layer->columns * GROUP * 2 * w->layer->pairs;
  for (int16_t *to = w->columns; to != end; to += 4) { /* a group's rows */
    to[0] = to[1] = to[2] = to[3] = 0;
  }
}

/* `output`: of the group's `channel`, its first. The last strip begins so early that it is whole;
 * none is higher than the output. */
static void convolve_group(const walk *w, const int16_t *filters, int32_t channel, int8_t *output) {
  const ossicle_depthwise_conv_2d_3x3_layer *layer = w->layer;
  const int32_t rows_a_step = 3 - layer->height.stride;
  const int32_t steps = (layer->height.output + rows_a_step - 1) / rows_a_step;
  const int32_t whole = layer->height.output / rows_a_step;
  const int32_t most = whole < layer->pairs - 1 ? whole : layer->pairs - 1;
  const int32_t *const requantise = layer->requantise + 4 * channel;
  ossicle_depthwise_3x3 work = {.columns = w->columns,
                                .filters = filters,
                                .channels = (const ossicle_depthwise_channel *)requantise,
                                .width = layer->width.output,
                                .pixel_step = layer->channels,
                                .row_step = layer->width.output * layer->channels};
  for (int32_t done = 0; done < steps; done += work.steps) {
    work.steps = steps - done < most ? steps - done : most;
    const int32_t last = layer->height.output - work.steps * rows_a_step;
    const int32_t y = done * rows_a_step < last ? done * rows_a_step : last;
    widen_strip(w, y * layer->height.stride - layer->height.padding, work.steps);
    work.output = output + y * work.row_step;
    layer->block(&work);
  }
}

void ossicle_depthwise_conv_2d_3x3(const ossicle_depthwise_conv_2d_3x3_layer *layer,
                                   const int8_t *input, int8_t *output, void *scratch) {
  const int32_t input_bytes = layer->height.input * layer->width.input * layer->channels;
  const int32_t output_bytes = layer->height.output * layer->width.output * layer->channels;
  const int32_t beyond = layer->columns - layer->width.padding;
  walk w = {.layer = layer, .columns = scratch};
  w.inside = beyond < layer->width.input ? beyond : layer->width.input;
  for (int32_t i = 0; i < GROUP; ++i) {
    w.padding[i] = (int8_t)-layer->input_offset;
  }
  clear_columns(&w);
  for (int32_t next = 0; next < layer->channels; next += GROUP) {
    /* The last channels are computed twice if they are no multiple of four. */
    const int32_t last = layer->channels - GROUP;
    const int32_t channel = next < last ? next : last;
    int16_t widened[GROUP * OSSICLE_DEPTHWISE_FILTER];
    const int16_t *filters = layer->wide_filters + channel * OSSICLE_DEPTHWISE_FILTER;
    if (layer->filters) {
      widen_filters(layer->filters + 9 * channel, widened);
      filters = widened;
    }
    for (int32_t batch = 0; batch < layer->batches; ++batch) {
      w.image = input + batch * input_bytes + channel;
      convolve_group(&w, filters, channel, output + batch * output_bytes + channel);
    }
  }
}
