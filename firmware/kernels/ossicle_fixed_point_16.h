/* Sigmoid and hyperbolic tangent in 16 bits after gemmlowp's, which the gates of an LSTM use. Qm
 * denotes an int16 with m integer bits: its real value is raw / 2^(15 - m). */
#ifndef OSSICLE_FIXED_POINT_16_H
#define OSSICLE_FIXED_POINT_16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* 1 / (1 + e^-x), Q3 to Q0; value in [-32768, 32767]. */
int32_t ossicle_sigmoid_q3(int32_t value);

/* tanh x, Qm to Q0; value in [-32768, 32767], integer_bits m in [0, 6]. */
int32_t ossicle_tanh_q(int32_t value, int32_t integer_bits);

#ifdef __cplusplus
}
#endif

#endif
