#include "ossicle_self_test.h"

#include "ossicle_crc32.h"
#include "ossicle_model_ends.h"
#include "ossicle_self_test_expected.h"

#define CHUNK 160u /* samples */

/* Noise: sample n is the upper half of a hash of n (the finaliser of MurmurHash3), ever fainter by
 * a bit from one sixteenth of the window to the next, and loud again at the end. */
static int16_t made_sample(uint32_t n) {
  const uint32_t sixteenth = n / (OSSICLE_MODEL_PCM_SAMPLES / 16u + 1u);
  uint32_t hash = n + 1u;
  hash = (hash ^ hash >> 16) * 0x85ebca6bu;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
  hash ^= hash >> 16;
  /* An offset from the smallest int16, in a range that halves: it cannot overflow. */
  const int32_t sample = (int32_t)(hash >> 16) - 32768;
  return (int16_t)(sample / (int32_t)(1u << sixteenth % 15u));
}

static size_t make_chunk(uint32_t first, int16_t *pcm) {
  const uint32_t left = OSSICLE_MODEL_PCM_SAMPLES - first;
  const size_t samples = left < CHUNK ? left : CHUNK;
  for (size_t i = 0; i < samples; ++i) {
    pcm[i] = made_sample(first + (uint32_t)i);
  }
  return samples;
}

/* The checksum of all columns, one behind the other, which also become the input. */
typedef struct {
  int8_t *input;
  uint32_t columns;
  uint32_t checksum;
} features;

static void add_column(features *made, const int8_t *column) {
  made->checksum = ossicle_crc32(made->checksum, column, OSSICLE_FRONTEND_FEATURES);
#if !OSSICLE_MODEL_STREAMS
  ossicle_place_column(made->input, made->columns, column, OSSICLE_FRONTEND_FEATURES);
#endif
  ++made->columns;
}

static uint32_t features_checksum(ossicle_frontend *frontend, int8_t *input) {
  features made = {input, 0, 0};
  int8_t column[OSSICLE_FRONTEND_FEATURES];
  int16_t pcm[CHUNK];
  ossicle_frontend_reset(frontend);
  for (uint32_t first = 0; first < OSSICLE_MODEL_PCM_SAMPLES; first += CHUNK) {
    const size_t samples = make_chunk(first, pcm);
    for (size_t done = 0; done < samples;) {
      int ready;
      done += ossicle_frontend_push(frontend, pcm + done, samples - done, column, &ready);
      if (ready) {
        add_column(&made, column);
      }
    }
  }
  while (ossicle_frontend_flush(frontend, column)) {
    add_column(&made, column);
  }
  return made.checksum;
}

#if !OSSICLE_MODEL_STREAMS

static void add_layer(void *context, int layer, const void *tensor, size_t bytes) {
  uint32_t *checksum = context;
  (void)layer;
  *checksum = ossicle_crc32(*checksum, tensor, bytes);
}

static int layers_differ(void *arena) {
  uint32_t checksum = 0;
  ossicle_model_run_observed(arena, add_layer, &checksum);
  return checksum != OSSICLE_SELF_TEST_LAYERS;
}

#else

static int layers_differ(void *arena) { return (void)arena, 0; }

#endif

static uint32_t outputs_checksum(ossicle_listener *listener) {
  int16_t pcm[CHUNK];
  ossicle_heard heard = {0};
  int ready = 0;
  for (uint32_t first = 0; !ready; first += CHUNK) {
    const size_t samples = make_chunk(first, pcm);
    ossicle_listener_push(listener, pcm, samples, &heard, &ready);
  }
  return ossicle_crc32(0, heard.outputs, OSSICLE_MODEL_OUTPUT_BYTES);
}

ossicle_self_test_result ossicle_self_test(ossicle_listener *listener, void *arena) {
  int8_t *input = (int8_t *)arena + OSSICLE_MODEL_INPUT_OFFSET;
  if (features_checksum(&listener->ears[0].frontend, input) != OSSICLE_SELF_TEST_FEATURES) {
    return OSSICLE_SELF_TEST_FEATURES_DIFFER;
  }
  if (layers_differ(arena)) {
    return OSSICLE_SELF_TEST_LAYERS_DIFFER;
  }
  ossicle_listener_reset(listener, arena);
  return outputs_checksum(listener) == OSSICLE_SELF_TEST_OUTPUTS ? OSSICLE_SELF_TEST_PASSED
                                                                 : OSSICLE_SELF_TEST_OUTPUTS_DIFFER;
}
