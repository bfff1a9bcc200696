/* SVDF: filters of rank one over features and time, int8 with a state of int16. */
#ifndef OSSICLE_SVDF_H
#define OSSICLE_SVDF_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches;
  int32_t depth;                             /* elements of an input vector */
  int32_t units, rank;                       /* an output is the sum of `rank` filters */
  int32_t memory;                            /* products that a filter remembers */
  const int8_t *feature_weights;             /* [units * rank][depth] */
  const int32_t *feature_biases;             /* one a filter: the zero point's part */
  int32_t feature_multiplier, feature_shift; /* to the state's scale */
  const int16_t *time_weights;               /* [units * rank][memory] */
  const int32_t *biases;                     /* one a unit, or NULL */
  int32_t multiplier, shift;                 /* to the output's scale; shift is negative */
  int32_t zero_point;                        /* of the output */
} ossicle_svdf_layer;

/* input: [batches][depth]; state, int16: [batches][units * rank][memory], the newest product last;
 * output: [batches][units]. None may overlap. */
void ossicle_svdf(const ossicle_svdf_layer *layer, const int8_t *input, void *state,
                  int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
