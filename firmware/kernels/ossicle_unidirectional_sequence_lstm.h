/* UNIDIRECTIONAL_SEQUENCE_LSTM: a long short-term memory, int8 with cells of int16. */
#ifndef OSSICLE_UNIDIRECTIONAL_SEQUENCE_LSTM_H
#define OSSICLE_UNIDIRECTIONAL_SEQUENCE_LSTM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The products of a vector with the weights of all gates: input, forget, cell, output. */
typedef struct {
  int32_t depth;                     /* elements of a vector */
  const int8_t *weights;             /* [4][units][depth] */
  const int32_t *biases;             /* [4][units]; the zero point's part is among them */
  int32_t multipliers[4], shifts[4]; /* to 2^-12 */
} ossicle_gates;

typedef struct {
  int32_t batches, steps;
  int32_t batch_stride, step_stride; /* in vectors, of input and output alike */
  int32_t units;
  ossicle_gates input, recurrent;
  int32_t cell_bits; /* integer bits of a cell, in [0, 6] */
  int32_t cell_minimum, cell_maximum;
  int32_t multiplier, shift; /* of gate times tanh, 2^-30, to the output's scale */
  int32_t zero_point;        /* of the output */
} ossicle_unidirectional_sequence_lstm_layer;

/* input: [batches][steps][depth] or [steps][batches][depth]; output likewise, of units. state, the
 * last output, int8, and cells, int16: [batches][units]. None may overlap. */
void ossicle_unidirectional_sequence_lstm(const ossicle_unidirectional_sequence_lstm_layer *layer,
                                          const int8_t *input, int8_t *state, void *cells,
                                          int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
