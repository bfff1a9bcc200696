#include "ossicle_unidirectional_sequence_lstm.h"

#include <string.h>

#include "ossicle_dot_product.h"
#include "ossicle_fixed_point_16.h"
#include "ossicle_requantise.h"

enum { INPUT, FORGET, CELL, OUTPUT };

typedef ossicle_unidirectional_sequence_lstm_layer lstm;

static int32_t to_int16(int32_t value) { return ossicle_clamp(value, INT16_MIN, INT16_MAX); }

/* The compiler has proved that the sum, its rescaling and 16 bits more stay within 32 bits. */
static int32_t product(const ossicle_gates *gates, int32_t gate, int32_t row,
                       const int8_t *vector) {
  const int8_t *weights = gates->weights + row * gates->depth;
  const int32_t sum = gates->biases[row] + ossicle_dot_product(weights, vector, 0, gates->depth);
  return ossicle_requantise_twice(sum, gates->multipliers[gate], gates->shifts[gate]);
}

/* What goes into a gate's function, Q3. */
static int32_t gate_sum(const lstm *layer, int32_t gate, int32_t unit, const int8_t *vector,
                        const int8_t *state) {
  const int32_t row = gate * layer->units + unit;
  const int32_t from_input = to_int16(product(&layer->input, gate, row, vector));
  return to_int16(from_input + product(&layer->recurrent, gate, row, state));
}

/* Products of a gate and a cell are below 2^30, and so is their sum after the shifts. */
static int16_t next_cell(const lstm *layer, int32_t cell, int32_t input, int32_t forget,
                         int32_t fresh) {
  const int32_t kept = ossicle_rounding_shift_right(forget * cell, 15);
  const int32_t added = ossicle_rounding_shift_right(input * fresh, 15 + layer->cell_bits);
  return (int16_t)ossicle_clamp(kept + added, layer->cell_minimum, layer->cell_maximum);
}

static int8_t output_of(const lstm *layer, int32_t gate, int32_t cell) {
  const int32_t value = gate * ossicle_tanh_q(cell, layer->cell_bits);
  const int32_t scaled = ossicle_requantise_twice(value, layer->multiplier, layer->shift);
  return (int8_t)ossicle_clamp(scaled + layer->zero_point, INT8_MIN, INT8_MAX);
}

/* All units of one vector; every unit's gates take the state of before. */
static void step(const lstm *layer, const int8_t *vector, int8_t *state, int16_t *cells,
                 int8_t *output) {
  for (int32_t unit = 0; unit < layer->units; ++unit) {
    const int32_t input = ossicle_sigmoid_q3(gate_sum(layer, INPUT, unit, vector, state));
    const int32_t forget = ossicle_sigmoid_q3(gate_sum(layer, FORGET, unit, vector, state));
    const int32_t fresh = ossicle_tanh_q(gate_sum(layer, CELL, unit, vector, state), 3);
    const int32_t gate = ossicle_sigmoid_q3(gate_sum(layer, OUTPUT, unit, vector, state));
    cells[unit] = next_cell(layer, cells[unit], input, forget, fresh);
    output[unit] = output_of(layer, gate, cells[unit]);
  }
  memcpy(state, output, (size_t)layer->units);
}

void ossicle_unidirectional_sequence_lstm(const lstm *layer, const int8_t *input, int8_t *state,
                                          void *cells, int8_t *output) {
  for (int32_t batch = 0; batch < layer->batches; ++batch) {
    int8_t *const last = state + batch * layer->units;
    int16_t *const cell = (int16_t *)cells + batch * layer->units;
    for (int32_t at = 0; at < layer->steps; ++at) {
      const int32_t place = batch * layer->batch_stride + at * layer->step_stride;
      step(layer, input + place * layer->input.depth, last, cell, output + place * layer->units);
    }
  }
}
