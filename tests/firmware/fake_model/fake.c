#include "fake.h"

#include <stdint.h>

/* Layer 0 adds 1 (wrapping) to every byte of the input, in place, as a planner may decide; layer 1
 * sums every fourth byte, from bytes 0 to 3 on, modulo 256. */
static void add_one(uint8_t *tensor) {
  for (size_t i = 0; i < FAKE_INPUT_BYTES; ++i) {
    tensor[i] = (uint8_t)(tensor[i] + 1u);
  }
}

static void sum_quarters(const uint8_t *tensor, uint8_t *output) {
  for (size_t i = 0; i < FAKE_OUTPUT_BYTES; ++i) {
    output[i] = 0;
  }
  for (size_t i = 0; i < FAKE_INPUT_BYTES; ++i) {
    output[i % FAKE_OUTPUT_BYTES] = (uint8_t)(output[i % FAKE_OUTPUT_BYTES] + tensor[i]);
  }
}

void fake_run_observed(void *arena, fake_observer observer, void *context) {
  uint8_t *input = (uint8_t *)arena + FAKE_INPUT_OFFSET;
  uint8_t *output = (uint8_t *)arena + FAKE_OUTPUT_OFFSET;
  add_one(input);
  if (observer != NULL) {
    observer(context, 0, input, FAKE_INPUT_BYTES);
  }
  sum_quarters(input, output);
  if (observer != NULL) {
    observer(context, 1, output, FAKE_OUTPUT_BYTES);
  }
}

void fake_run(void *arena) { fake_run_observed(arena, NULL, NULL); }
