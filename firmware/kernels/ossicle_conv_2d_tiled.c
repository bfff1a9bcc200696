#include "ossicle_conv_2d_tiled.h"

#include <string.h>

#include "ossicle_requantise_down.h"

/* What one call works with. */
typedef struct {
  const ossicle_conv_2d_layer *layer;
  const int8_t *image;
  int16_t *patches; /* pairs of positions, interleaved */
  int16_t *filters; /* two output channels, interleaved */
  int32_t *sums;    /* two an output position */
  int8_t *patch;    /* one patch before it is widened */
  int32_t taps, quads;
} tiling;

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

/* One row of the window whose pieces are whole quads (the depth is a multiple of four). */
static void widen_row(const tiling *t, const int8_t *row, const ossicle_taps *across, int16_t *to) {
  const ossicle_conv_2d_layer *layer = t->layer;
  const int32_t depth = layer->input_channels;
  const int32_t step = layer->width.dilation * depth;
  const int32_t run = layer->width.dilation == 1 ? across->end - across->begin : 1;
  zero_quads(to, across->begin * depth);
  row += across->origin * depth;
  for (int32_t tap = across->begin; tap < across->end; tap += run) {
    ossicle_widen_quads(row + tap * step, run * depth, layer->input_offset, to + tap * depth * 2);
  }
  zero_quads(to + across->end * depth * 2, (layer->width.filter - across->end) * depth);
}

/* One row of the window as bytes. */
static void copy_row(const tiling *t, const int8_t *row, const ossicle_taps *across, int8_t *to) {
  const ossicle_conv_2d_layer *layer = t->layer;
  const int32_t depth = layer->input_channels;
  const int32_t step = layer->width.dilation * depth;
  const int32_t run = layer->width.dilation == 1 ? across->end - across->begin : 1;
  row += across->origin * depth;
  for (int32_t tap = across->begin; tap < across->end; tap += run) {
    copy_bytes(to + tap * depth, row + tap * step, run * depth);
  }
}

static const int8_t *row_at(const tiling *t, const ossicle_taps *down, int32_t tap) {
  const int32_t y = down->origin + tap * t->layer->height.dilation;
  return t->image + y * t->layer->width.input * t->layer->input_channels;
}

static void gather_quads(const tiling *t, const ossicle_taps *down, const ossicle_taps *across,
                         int16_t *to) {
  const int32_t row = t->layer->width.filter * t->layer->input_channels;
  zero_quads(to, down->begin * row);
  for (int32_t tap = down->begin; tap < down->end; ++tap) {
    widen_row(t, row_at(t, down, tap), across, to + tap * row * 2);
  }
  zero_quads(to + down->end * row * 2, (t->layer->height.filter - down->end) * row);
}

static void gather_bytes(const tiling *t, const ossicle_taps *down, const ossicle_taps *across,
                         int16_t *to) {
  const ossicle_conv_2d_layer *layer = t->layer;
  const int32_t row = layer->width.filter * layer->input_channels;
  if ((down->end - down->begin) * (across->end - across->begin) * layer->input_channels < t->taps) {
    memset(t->patch, -layer->input_offset, (size_t)t->taps);
  }
  for (int32_t tap = down->begin; tap < down->end; ++tap) {
    copy_row(t, row_at(t, down, tap), across, t->patch + tap * row);
  }
  ossicle_widen_quads(t->patch, t->taps, layer->input_offset, to);
}

static void gather_position(const tiling *t, int32_t position, int16_t *to) {
  const ossicle_conv_2d_layer *layer = t->layer;
  const ossicle_taps down = ossicle_taps_at(&layer->height, position / layer->width.output);
  const ossicle_taps across = ossicle_taps_at(&layer->width, position % layer->width.output);
  if (layer->input_channels % 4 == 0) {
    gather_quads(t, &down, &across, to);
  } else {
    gather_bytes(t, &down, &across, to);
  }
}

/* A last position without a partner is its own: the sums of the second are not used, but must not
 * overflow either. The same goes for a last filter. */
static void gather_tile(const tiling *t, int32_t first, int32_t count) {
  for (int32_t i = 0; i < count + count % 2; ++i) {
    int16_t *pair = t->patches + (i / 2) * t->quads * 8;
    gather_position(t, first + (i < count ? i : count - 1), pair + (i % 2) * 2);
  }
}

/* The sums of all positions of the tile under one pair of filters, begun with the biases. */
static void multiply_pairs(const tiling *t, int32_t count, const int32_t *biases) {
  int32_t *sums = t->sums;
  const int16_t *pair = t->patches;
  for (int32_t i = 0; i < count; i += 2, sums += 4, pair += t->quads * 8) {
    sums[0] = sums[2] = biases[0];
    sums[1] = sums[3] = biases[1];
    ossicle_block_2x2(pair, t->filters, t->quads, sums);
  }
}

static void multiply_tile(const tiling *t, int32_t count, int8_t *output) {
  const ossicle_conv_2d_layer *layer = t->layer;
  for (int32_t channel = 0; channel < layer->output_channels; channel += 2) {
    const int32_t last = layer->output_channels - channel < 2 ? 0 : 1;
    int32_t biases[2];
    for (int32_t j = 0; j < 2; ++j) {
      const int32_t filter = channel + (j < last ? j : last);
      ossicle_widen_quads(layer->weights + filter * t->taps, t->taps, 0, t->filters + 2 * j);
      biases[j] = layer->biases ? layer->biases[filter] : 0;
    }
    multiply_pairs(t, count, biases);
    for (int32_t j = 0; j <= last; ++j) {
      ossicle_requantise_down(&layer->output, channel + j, t->sums + j, 2, count,
                              output + channel + j, layer->output_channels);
    }
  }
}

void ossicle_conv_2d_tiled(const ossicle_conv_2d_tiled_layer *layer, const int8_t *input,
                           int8_t *output, void *scratch) {
  const ossicle_conv_2d_layer *conv = &layer->convolution;
  const int32_t positions = conv->height.output * conv->width.output;
  const int32_t image_bytes = conv->height.input * conv->width.input * conv->input_channels;
  tiling t = {.layer = conv, .image = input, .patches = scratch};
  t.taps = conv->height.filter * conv->width.filter * conv->input_channels;
  t.quads = OSSICLE_QUADS(t.taps);
  t.filters = t.patches + layer->tile * t.quads * 4;
  t.sums = (int32_t *)(void *)(t.filters + 2 * t.quads * 4);
  t.patch = (int8_t *)(t.sums + 2 * layer->tile);
  for (int32_t batch = 0; batch < conv->batches; ++batch, t.image += image_bytes) {
    for (int32_t first = 0; first < positions; first += layer->tile) {
      const int32_t count = positions - first < layer->tile ? positions - first : layer->tile;
      gather_tile(&t, first, count);
      multiply_tile(&t, count, output);
      output += count * conv->output_channels;
    }
  }
}
