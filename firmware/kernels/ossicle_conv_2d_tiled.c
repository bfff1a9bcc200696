#include "ossicle_conv_2d_tiled.h"

#include <stddef.h>
#include <string.h>

/* What one call works with. */
typedef struct {
  const ossicle_conv_2d_tiled_layer *layer;
  const int8_t *image;
  int16_t *patches; /* pairs of positions */
  int16_t *filters; /* a pair, if they are given as bytes */
  int8_t *patch;    /* one patch before it is widened, if it does not come in quads */
  int32_t taps, quads;
} tiling;

/* The part of the window over one position that lies on the image. */
typedef struct {
  ossicle_taps down, across;
} view;

static view view_at(const tiling *t, int32_t position) {
  const ossicle_conv_2d_tiled_layer *layer = t->layer;
  view at;
  at.down = ossicle_taps_at(&layer->height, position / layer->width.output);
  at.across = ossicle_taps_at(&layer->width, position % layer->width.output);
  return at;
}

static int is_inside(const tiling *t, const view *at) {
  return at->down.begin == 0 && at->down.end == t->layer->height.filter && at->across.begin == 0 &&
         at->across.end == t->layer->width.filter;
}

static const int8_t *row_at(const tiling *t, const view *at, int32_t tap) {
  const ossicle_conv_2d_tiled_layer *layer = t->layer;
  const int32_t y = at->down.origin + tap * layer->height.dilation;
  return t->image + (y * layer->width.input + at->across.origin) * layer->input_channels;
}

static void zero_quads(int16_t *to, int32_t count) {
  for (; count > 0; count -= 4, to += 8) {
    to[0] = to[1] = to[4] = to[5] = 0;
  }
}

/* memcpy of small C libraries goes byte by byte; rows are short, and this is called for each. */
static void copy_bytes(int8_t *to, const int8_t *from, int32_t count) {
  for (; count >= 4; count -= 4, to += 4, from += 4) {
    memcpy(to, from, 4); /* one load and one store */
  }
  for (; count > 0; --count) {
    *to++ = *from++;
  }
}

/* Taps that lie side by side in memory. */
static int32_t run_of(const tiling *t, const ossicle_taps *across) {
  return t->layer->width.dilation == 1 ? across->end - across->begin : 1;
}

static void gather_quads(const tiling *t, const view *at, int16_t *to) {
  const ossicle_conv_2d_tiled_layer *layer = t->layer;
  const int32_t depth = layer->input_channels;
  const int32_t length = layer->width.filter * depth;
  const int32_t run = run_of(t, &at->across);
  zero_quads(to, at->down.begin * length);
  for (int32_t i = at->down.begin; i < at->down.end; ++i) {
    const int8_t *row = row_at(t, at, i);
    int16_t *const start = to + i * length * 2;
    zero_quads(start, at->across.begin * depth);
    for (int32_t tap = at->across.begin; tap < at->across.end; tap += run) {
      ossicle_widen_row(row + tap * layer->width.dilation * depth, run * depth, layer->input_offset,
                        start + tap * depth * 2);
    }
    zero_quads(start + at->across.end * depth * 2, (layer->width.filter - at->across.end) * depth);
  }
  zero_quads(to + at->down.end * length * 2, (layer->height.filter - at->down.end) * length);
}

static void gather_bytes(const tiling *t, const view *at, int16_t *to) {
  const ossicle_conv_2d_tiled_layer *layer = t->layer;
  const int32_t depth = layer->input_channels;
  const int32_t run = run_of(t, &at->across);
  if (!is_inside(t, at)) {
    memset(t->patch, -layer->input_offset, (size_t)t->taps);
  }
  for (int32_t i = at->down.begin; i < at->down.end; ++i) {
    const int8_t *row = row_at(t, at, i);
    int8_t *const start = t->patch + i * layer->width.filter * depth;
    for (int32_t tap = at->across.begin; tap < at->across.end; tap += run) {
      copy_bytes(start + tap * depth, row + tap * layer->width.dilation * depth, run * depth);
    }
  }
  ossicle_widen_row(t->patch, t->taps, layer->input_offset, to);
}

/* Two positions whose windows lie on the image. */
static void gather_inside(const tiling *t, const view at[2], int16_t *to) {
  const ossicle_conv_2d_tiled_layer *layer = t->layer;
  const int32_t depth = layer->input_channels;
  const int32_t run = run_of(t, &at[0].across) * depth;
  for (int32_t i = 0; i < layer->height.filter; ++i) {
    const int8_t *const row_0 = row_at(t, &at[0], i);
    const int8_t *const row_1 = row_at(t, &at[1], i);
    for (int32_t x = 0; x < layer->width.filter * depth; x += run, to += 2 * run) {
      const int32_t from = x * layer->width.dilation;
      ossicle_widen_rows(row_0 + from, row_1 + from, run, layer->input_offset, to);
    }
  }
}

static void gather_pair(const tiling *t, int32_t first, int32_t second, int16_t *to) {
  const view at[2] = {view_at(t, first), view_at(t, second)};
  const int in_quads = t->layer->input_channels % 4 == 0;
  if (in_quads && is_inside(t, &at[0]) && is_inside(t, &at[1])) {
    gather_inside(t, at, to);
    return;
  }
  for (int32_t i = 0; i < 2; ++i) {
    if (in_quads) {
      gather_quads(t, &at[i], to + 2 * i);
    } else {
      gather_bytes(t, &at[i], to + 2 * i);
    }
  }
}

/* A last position without a partner is its own: the second's sums are not used, but must not
 * overflow either. */
static void gather_tile(const tiling *t, int32_t first, int32_t count) {
  for (int32_t i = 0; i < count; i += 2) {
    const int32_t second = i + 1 < count ? i + 1 : i;
    gather_pair(t, first + i, first + second, t->patches + i / 2 * OSSICLE_PAIR_LENGTH(t->quads));
  }
}

static const int16_t *filters_at(const tiling *t, int32_t channel) {
  const int32_t from = channel / 2 * OSSICLE_PAIR_LENGTH(t->quads);
  if (!t->layer->filters) {
    return t->layer->wide_filters + from;
  }
  ossicle_widen_pair(t->layer->filters + from, t->quads, t->filters);
  return t->filters;
}

/* The tile under two filters. */
static void multiply_pairs(const tiling *t, int32_t count, int32_t channel, int8_t *output) {
  const ossicle_conv_2d_tiled_layer *layer = t->layer;
  ossicle_pairs work = {
      .patches = t->patches,
      .filters = filters_at(t, channel),
      .output = output + channel,
      .count = count / 2,
      .position_step = layer->output_channels,
      .filter_step = channel + 1 < layer->output_channels,
      .channels = (const ossicle_channels *)(layer->channels + 4 * channel),
      .quads = t->quads,
  };
  if (work.count) {
    layer->block(&work);
  }
  if (count % 2) {
    work.patches += work.count * OSSICLE_PAIR_LENGTH(t->quads);
    work.output += (count - 1) * work.position_step;
    work.position_step = 0;
    work.count = 1;
    layer->block(&work);
  }
}

void ossicle_conv_2d_tiled(const ossicle_conv_2d_tiled_layer *layer, const int8_t *input,
                           int8_t *output, void *scratch) {
  const int32_t positions = layer->height.output * layer->width.output;
  tiling t = {.layer = layer, .image = input, .patches = scratch};
  t.taps = layer->height.filter * layer->width.filter * layer->input_channels;
  t.quads = OSSICLE_QUADS(t.taps);
  t.filters = t.patches + layer->tile * t.quads * 4;
  t.patch = (int8_t *)(t.filters + (layer->filters ? OSSICLE_PAIR_LENGTH(t.quads) : 0));
  for (int32_t batch = 0; batch < layer->batches; ++batch) {
    for (int32_t first = 0; first < positions; first += layer->tile) {
      const int32_t count = positions - first < layer->tile ? positions - first : layer->tile;
      gather_tile(&t, first, count);
      for (int32_t channel = 0; channel < layer->output_channels; channel += 2) {
        multiply_pairs(&t, count, channel, output);
      }
      output += count * layer->output_channels;
    }
    t.image += layer->height.input * layer->width.input * layer->input_channels;
  }
}
