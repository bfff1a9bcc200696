/* A model written by hand that keeps the contract of generated C: what the device tests run when
 * they test the firmware and not a model. See fake.c for what it computes. */
#ifndef FAKE_H
#define FAKE_H

#include <stddef.h>

#define FAKE_ARENA_BYTES 3104
#define FAKE_ARENA_ALIGNMENT 16
#define FAKE_INPUT_OFFSET 0
#define FAKE_INPUT_BYTES 3000
#define FAKE_OUTPUT_OFFSET 3072
#define FAKE_OUTPUT_BYTES 4
#define FAKE_LAYER_COUNT 2

typedef void (*fake_observer)(void *context, int layer, const void *tensor, size_t bytes);

void fake_run(void *arena);
void fake_run_observed(void *arena, fake_observer observer, void *context);

#endif
