#include "ossicle_conv_2d_toom.h"

#include <stddef.h>
#include <string.h>

/* What one call works with. */
typedef struct {
  const ossicle_conv_2d_toom_layer *layer;
  const int8_t *image;
  int8_t *output;
  int16_t *units;       /* [point][line][section][quad][8] */
  uint32_t *sums;       /* [line][point][4] */
  int8_t *padding;      /* an element of padding */
  int32_t unit;         /* its elements */
  int32_t line_units;   /* units of a line */
  int32_t most_lines;   /* of the image that there are units for */
  int32_t first, lines; /* of outputs that are computed now */
  int32_t origin;       /* the first line of the image under them; may be before it */
} toom;

static int32_t lines_under(const toom *t, int32_t lines) {
  return (lines - 1) * t->layer->across.stride + t->layer->across.filter;
}

/* Elements of the lines of a point. */
static int32_t point_length(const toom *t, int32_t point, int32_t lines) {
  return lines * t->layer->sections[point] * t->unit;
}

/* The elements of a line of the image from `first` on. */
static void find_columns(const toom *t, int32_t line, int32_t first, int32_t count,
                         const int8_t **columns) {
  const ossicle_axis *along = &t->layer->along;
  const int8_t *const from = t->image + line * t->layer->input_line;
  for (int32_t i = 0; i < count; ++i) {
    const int32_t x = first + i;
    columns[i] = x >= 0 && x < along->input ? from + x * t->layer->input_step : t->padding;
  }
}

/* Where the units of a line begin, lines counted from the first under these outputs. */
static void find_units(const toom *t, int32_t line, int16_t *units[OSSICLE_TOOM_UNITS]) {
  int16_t *point = t->units;
  for (int32_t i = 0; i < t->layer->points; ++i) {
    for (int32_t section = 0; section < t->layer->sections[i]; ++section) {
      *units++ = point + point_length(t, i, line) + section * t->unit;
    }
    point += point_length(t, i, t->most_lines);
  }
}

/* Moves the lines that the next outputs need as well to the front; returns how many. */
static int32_t keep_lines(const toom *t) {
  const ossicle_axis *across = &t->layer->across;
  const int32_t kept = across->filter > across->stride ? across->filter - across->stride : 0;
  int16_t *point = t->units;
  for (int32_t i = 0; i < t->layer->points; ++i) {
    const int16_t *from = point + point_length(t, i, t->layer->lines * across->stride);
    int16_t *const end = point + point_length(t, i, kept);
    for (int16_t *to = point; to < end; to += 8, from += 8) {
      memcpy(to, from, 16); /* a few loads and stores */
    }
    point += point_length(t, i, t->most_lines);
  }
  return kept;
}

/* A line of padding. */
static void zero_line(const toom *t, int32_t line) {
  int16_t *units[OSSICLE_TOOM_UNITS];
  find_units(t, line, units);
  for (int32_t unit = 0; unit < t->line_units; ++unit) {
    for (int32_t i = 0; i < t->unit; ++i) {
      units[unit][i] = 0;
    }
  }
}

/* The last channels, if they do not fill a quad: what else is loaded meets weights of zero. */
static void split_rest(const toom *t, const ossicle_toom_split *whole, int32_t columns) {
  const int32_t from = t->layer->input_channels / 4 * 4;
  const int8_t *rests[OSSICLE_TOOM_COLUMNS];
  int8_t copies[OSSICLE_TOOM_COLUMNS][4] = {{0}};
  int16_t *to[OSSICLE_TOOM_UNITS];
  ossicle_toom_split rest = *whole;
  for (int32_t i = 0; i < columns; ++i) {
    memcpy(copies[i], whole->columns[i] + from, (size_t)(t->layer->input_channels - from));
    rests[i] = copies[i];
  }
  for (int32_t i = 0; i < t->line_units; ++i) {
    to[i] = whole->to[i] + 2 * from;
  }
  rest.columns = rests;
  rest.to = to;
  rest.channels = 4;
  t->layer->split(&rest);
}

/* A line of the image under one or two blocks of outputs. */
static void split_line(const toom *t, int32_t line, int32_t block, int32_t blocks) {
  const ossicle_conv_2d_toom_layer *layer = t->layer;
  const int32_t under_one = layer->outputs + layer->along.filter - 1;
  const int8_t *columns[OSSICLE_TOOM_COLUMNS];
  int16_t *to[OSSICLE_TOOM_UNITS];
  ossicle_toom_split work = {
      .columns = columns,
      .channels = layer->input_channels / 4 * 4,
      .offset = (uint32_t)(128 - layer->input_offset) * 0x00010001U,
      .to = to,
  };
  find_columns(t, line + t->origin, block * layer->outputs - layer->along.padding,
               under_one + layer->outputs, columns);
  find_units(t, line, to);
  for (int32_t i = 0; i < blocks; ++i) {
    layer->split(&work);
    if (layer->input_channels % 4) {
      split_rest(t, &work, under_one);
    }
    work.columns += layer->outputs;
    for (int32_t unit = 0; unit < t->line_units; ++unit) {
      to[unit] += 2;
    }
  }
}

/* All points under the filters from `filters` on. */
static void sum_points(const toom *t, const int16_t *filters) {
  const ossicle_conv_2d_toom_layer *layer = t->layer;
  const ossicle_axis *across = &layer->across;
  ossicle_sums work = {
      .rows = t->units,
      .filters = filters,
      .sums = t->sums,
      .sums_end = t->sums + 4 * layer->points * t->lines,
      .step = 16 * layer->points,
  };
  for (int32_t i = 0; i < layer->points; ++i) {
    work.filters_end = work.filters + point_length(t, i, across->filter);
    work.back = 2 * point_length(t, i, across->filter - across->stride);
    layer->sums(&work);
    work.rows += point_length(t, i, t->most_lines);
    work.filters = work.filters_end;
    work.sums += 4;
    work.sums_end += 4;
  }
}

/* One of the two blocks under one filter; of its outputs, those beyond the last one of the line are
 * put in its place, before it. */
static void join_block(const toom *t, int32_t block, int32_t channel) {
  const ossicle_conv_2d_toom_layer *layer = t->layer;
  const int32_t last = layer->along.output - block * layer->outputs - 1;
  ossicle_toom_join work = {
      .sums = t->sums + 2 * (block % 2) + channel % 2,
      .lines = t->lines,
      .output = t->output + t->first * layer->output_line +
                block * layer->outputs * layer->output_step + channel,
      .line_step = layer->output_line,
      .bias = layer->biases[channel],
      .rescale = ossicle_rescale_of(&layer->output, channel),
  };
  for (int32_t i = 0; i < layer->outputs; ++i) {
    work.places[i] = (i < last ? i : last) * layer->output_step;
  }
  layer->join(&work);
}

/* What the outputs need; `kept` lines are there already. */
static void split_lines(const toom *t, int32_t kept, int32_t block, int32_t blocks) {
  const int32_t lines = lines_under(t, t->lines);
  for (int32_t i = kept; i < lines; ++i) {
    const int32_t line = i + t->origin;
    if (line >= 0 && line < t->layer->across.input) {
      split_line(t, i, block, blocks);
    } else {
      zero_line(t, i);
    }
  }
}

/* Lines of one or two blocks of outputs, under all filters. */
static void multiply_lines(const toom *t, int32_t block, int32_t blocks) {
  const ossicle_conv_2d_toom_layer *layer = t->layer;
  const int32_t length = t->line_units * t->unit * layer->across.filter;
  for (int32_t channel = 0; channel < layer->output_channels; ++channel) {
    if (channel % 2 == 0) {
      sum_points(t, layer->filters + channel / 2 * length);
    }
    for (int32_t i = 0; i < blocks; ++i) {
      join_block(t, block + i, channel);
    }
  }
}

/* One or two blocks of outputs of all lines. */
static void convolve_blocks(toom *t, int32_t block, int32_t blocks) {
  const ossicle_conv_2d_toom_layer *layer = t->layer;
  int32_t kept = 0;
  for (t->first = 0; t->first < layer->across.output; t->first += layer->lines) {
    const int32_t left = layer->across.output - t->first;
    t->lines = left < layer->lines ? left : layer->lines;
    t->origin = t->first * layer->across.stride - layer->across.padding;
    split_lines(t, kept, block, blocks);
    multiply_lines(t, block, blocks);
    kept = keep_lines(t);
  }
}

static void convolve_image(toom *t) {
  const int32_t outputs = t->layer->outputs;
  const int32_t blocks = (t->layer->along.output + outputs - 1) / outputs;
  for (int32_t block = 0; block < blocks; block += 2) {
    convolve_blocks(t, block, blocks - block < 2 ? 1 : 2);
  }
}

void ossicle_conv_2d_toom(const ossicle_conv_2d_toom_layer *layer, const int8_t *input,
                          int8_t *output, void *scratch) {
  toom t = {.layer = layer, .image = input, .output = output, .sums = scratch};
  t.unit = 8 * ((layer->input_channels + 3) / 4);
  t.most_lines = lines_under(&t, layer->lines);
  t.units = (int16_t *)(t.sums + 4 * layer->points * layer->lines);
  for (int32_t i = 0; i < layer->points; ++i) {
    t.line_units += layer->sections[i];
  }
  t.padding = (int8_t *)(t.units + t.line_units * t.most_lines * t.unit);
  memset(t.padding, -layer->input_offset, (size_t)(t.unit / 2));
  for (int32_t batch = 0; batch < layer->batches; ++batch) {
    convolve_image(&t);
    t.image += layer->across.input * layer->along.input * layer->input_channels;
    t.output += layer->across.output * layer->along.output * layer->output_channels;
  }
}
