#include "ossicle_conv_2d_mve.h"

#define POSITIONS 4 /* of a block */

/* Where the outputs of a block lie. A second filter that is not there has the first one's places,
 * and as it is the same filter, writes the same. */
static void place_outputs(const ossicle_filters_mve *filters, int32_t second, ossicle_fours *work) {
  for (int32_t i = 0; i < POSITIONS; ++i) {
    work->offsets[2 * i] = (uint16_t)(i * filters->output_step);
    work->offsets[2 * i + 1] = (uint16_t)(i * filters->output_step + second);
  }
}

/* The outputs at `count` positions of a line. */
static void convolve(const ossicle_filters_mve *filters, const int8_t *strip, int32_t count,
                     int8_t *output) {
  ossicle_fours work = {.strip = strip,
                        .filters = filters->weights,
                        .channels = filters->rescale,
                        .output_step = POSITIONS * filters->output_step,
                        .output = output,
                        .outputs = 2 * count,
                        .zero_point = filters->zero_point};
  place_outputs(filters, 1, &work);
  for (int32_t left = filters->channels; left > 0; left -= 2) {
    if (left == 1) {
      place_outputs(filters, 0, &work);
    }
    filters->block(&work);
    work.filters += filters->bytes;
    work.channels += 6;
    work.output += 2;
  }
}

static const int8_t *gather(const ossicle_conv_2d_mve_layer *layer, const int8_t *image, int32_t y,
                            int32_t first, int32_t count, int8_t *place) {
  int8_t *strip = place;
  for (int32_t slice = layer->slices - 1; slice >= 0; --slice) {
    strip = ossicle_gather_mve(&layer->strip, &layer->pixel, image + slice * layer->pixel.bytes, y,
                               first, count, place + slice * layer->slice_bytes);
  }
  return strip;
}

static void convolve_line(const ossicle_conv_2d_mve_layer *layer, const int8_t *image, int32_t y,
                          int8_t *output, int8_t *place) {
  const int32_t tile = layer->strip.tile;
  for (int32_t first = 0; first < layer->strip.along.output; first += tile) {
    const int32_t left = layer->strip.along.output - first;
    const int32_t count = left < tile ? left : tile;
    convolve(&layer->filters, gather(layer, image, y, first, count, place), count,
             output + first * layer->filters.output_step);
  }
}

void ossicle_conv_2d_mve(const ossicle_conv_2d_mve_layer *layer, const int8_t *input,
                         int8_t *output, void *scratch) {
  for (int32_t batch = 0; batch < layer->batches; ++batch) {
    for (int32_t y = 0; y < layer->strip.across.output; ++y) {
      convolve_line(layer, input, y, output + y * layer->output_line, scratch);
    }
    input += layer->input_bytes;
    output += layer->output_bytes;
  }
}

/* What is left of a line goes back to be a whole block: what is computed twice is the same. */
void ossicle_conv_2d_pointwise_mve(const ossicle_conv_2d_pointwise_mve_layer *layer,
                                   const int8_t *input, int8_t *output) {
  const int32_t rest = layer->positions % POSITIONS;
  const int32_t last = layer->positions - POSITIONS;
  for (int32_t line = 0; line < layer->lines; ++line) {
    convolve(&layer->filters, input, layer->positions - rest, output);
    if (rest) {
      convolve(&layer->filters, input + last * layer->input_step, POSITIONS,
               output + last * layer->filters.output_step);
    }
    input += layer->input_line;
    output += layer->output_line;
  }
}
