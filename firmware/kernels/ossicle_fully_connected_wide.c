#include "ossicle_fully_connected_wide.h"

#include <stddef.h>

#include "ossicle_dsp.h"

#define ROWS 4 /* outputs at a time */

/* Widens a vector, element 0 and 2 of each four first, then 1 and 3: as bytes unpack to pairs. */
static void widen(const int8_t *from, int32_t count, int32_t offset, int16_t *to) {
  for (; count > 0; count -= 4, from += 4, to += 4) {
    to[0] = (int16_t)(from[0] + offset);
    to[1] = (int16_t)(from[2] + offset);
    to[2] = (int16_t)(from[1] + offset);
    to[3] = (int16_t)(from[3] + offset);
  }
}

#if OSSICLE_HAS_DSP

/* Four elements under one row of weights. */
#define ELEMENTS(row, sum)                                                                         \
  "ldr r12, [" row                                                                                 \
  "], #4\n"                                                                                        \
  "sxtb16 lr, r12\n"                                                                               \
  "sxtb16 r12, r12, ror #8\n"                                                                      \
  "smlad " sum ", r2, lr, " sum                                                                    \
  "\n"                                                                                             \
  "smlad " sum ", r3, r12, " sum "\n"

/* sums[r] += input times the row r of `weights`, rows `depth` bytes apart; depth is a positive
 * multiple of four. In assembly because the loop holds fourteen values and a compiler spills. */
__attribute__((naked)) static void multiply_rows(__attribute__((unused)) const int16_t *input,
                                                 __attribute__((unused)) const int8_t *weights,
                                                 __attribute__((unused)) int32_t depth,
                                                 __attribute__((unused)) int32_t *sums) {
  __asm volatile("push {r3-r11, lr}\n"
                 "ldm r3, {r8-r11}\n"
                 "mov r4, r1\n"
                 "add r5, r4, r2\n"
                 "add r6, r5, r2\n"
                 "add r7, r6, r2\n"
                 "add r1, r0, r2, lsl #1\n" /* the end of the input */
                 "1:\n"
                 "ldrd r2, r3, [r0], #8\n"
                 ELEMENTS("r4", "r8")     
                 ELEMENTS("r5", "r9")     
                 ELEMENTS("r6", "r10")    
                 ELEMENTS("r7", "r11")    
                 "cmp r0, r1\n"
                 "bne 1b\n"
                 "pop {r3}\n"
                 "stm r3, {r8-r11}\n"
                 "pop {r4-r11, pc}\n");
}

#else

static void multiply_rows(const int16_t *input, const int8_t *weights, int32_t depth,
                          int32_t *sums) {
  for (int32_t row = 0; row < ROWS; ++row, weights += depth) {
    for (int32_t i = 0; i < depth; i += 4) {
      sums[row] += input[i] * weights[i] + input[i + 1] * weights[i + 2] +
                   input[i + 2] * weights[i + 1] + input[i + 3] * weights[i + 3];
    }
  }
}

#endif

void ossicle_fully_connected_wide(const ossicle_fully_connected_layer *layer, const int8_t *input,
                                  int8_t *output, void *scratch) {
  int16_t *wide = scratch;
  for (int32_t batch = 0; batch < layer->batches; ++batch, input += layer->input_depth) {
    widen(input, layer->input_depth, layer->input_offset, wide);
    for (int32_t first = 0; first < layer->output_depth; first += ROWS) {
      /* The last rows are computed twice if the outputs are no multiple of four. */
      const int32_t last = layer->output_depth - ROWS;
      const int32_t row = first < last ? first : last;
      int32_t sums[ROWS];
      for (int32_t i = 0; i < ROWS; ++i) {
        sums[i] = layer->biases ? layer->biases[row + i] : 0;
      }
      multiply_rows(wide, layer->weights + row * layer->input_depth, layer->input_depth, sums);
      for (int32_t i = 0; i < ROWS; ++i) {
        output[row + i] = ossicle_fully_connected_output(layer, sums[i], row + i);
      }
    }
    output += layer->output_depth;
  }
}
