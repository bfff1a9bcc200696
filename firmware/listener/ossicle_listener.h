/* Listens: samples of a microphone in, an answer after each window of sound.
 *
 *   static uint8_t arena[OSSICLE_MODEL_ARENA_BYTES]
 *       __attribute__((aligned(OSSICLE_MODEL_ARENA_ALIGNMENT)));
 *   static ossicle_listener listener;
 *
 *   ossicle_listener_reset(&listener, arena);
 *   for (;;) {
 *     const int16_t *next = pcm;
 *     size_t samples = read_microphone(pcm);
 *     while (samples > 0) {
 *       ossicle_heard heard;
 *       int ready;
 *       size_t taken = ossicle_listener_push(&listener, next, samples, &heard, &ready);
 *       next += taken;
 *       samples -= taken;
 *       if (ready && !heard.silent) {
 *         say(ossicle_labels[heard.label]);
 *       }
 *     }
 *   }
 *
 * Windows of OSSICLE_MODEL_PCM_SAMPLES samples begin OSSICLE_LISTENER_HOP samples apart, and each
 * is heard as a sound of its own: the same integers as the host's, from the samples to the outputs.
 * Nothing is allocated and nothing static is written: two listeners never touch each other.
 */
#ifndef OSSICLE_LISTENER_H
#define OSSICLE_LISTENER_H

#include <stddef.h>
#include <stdint.h>

#include "ossicle_frontend.h"
#include "ossicle_listener_hop.h"
#include "ossicle_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What one window was. */
typedef struct {
  const int8_t *outputs; /* of the model, OSSICLE_MODEL_OUTPUT_BYTES; there until the next push */
  uint16_t label;        /* which output is the largest; the lowest of several */
  uint16_t peak;         /* the largest magnitude of the samples, 0 to 32768 */
  uint8_t level;         /* of that output, 0 to 255: 256 times its probability */
  uint8_t silent;        /* no sample reached the gate: the label says nothing */
} ossicle_heard;

/* Windows that are being heard at a time. */
#define OSSICLE_LISTENER_EARS                                                                      \
  ((OSSICLE_MODEL_PCM_SAMPLES + OSSICLE_LISTENER_HOP - 1) / OSSICLE_LISTENER_HOP)

/* What hears one window. Treat the members as private. */
typedef struct {
  ossicle_frontend frontend;
  uint32_t skipped; /* samples that are not heard before the window begins */
  uint32_t samples; /* of the window so far */
  uint32_t columns; /* likewise */
  uint16_t peak;    /* likewise */
#if OSSICLE_LISTENER_EARS > 1
  int8_t input[OSSICLE_MODEL_INPUT_BYTES]; /* the arena has that of one window only */
#endif
} ossicle_ear;

/* Treat the members as private. */
typedef struct {
  ossicle_ear ears[OSSICLE_LISTENER_EARS]; /* which take turns */
  uint8_t *arena;
} ossicle_listener;

/* Begins the first window, given the model's arena: OSSICLE_MODEL_ARENA_BYTES bytes, aligned to
 * OSSICLE_MODEL_ARENA_ALIGNMENT, which nobody else may use between this call and the last push. */
void ossicle_listener_reset(ossicle_listener *listener, void *arena);

/* Takes samples up to the next end of a window at most, and returns how many it took. Sets `*ready`
 * to 1 when that was the last of the window, and then says in `*heard` what it was; else to 0. Call
 * again with the rest. Chunks may have any size: what is heard does not depend on it. */
size_t ossicle_listener_push(ossicle_listener *listener, const int16_t *pcm, size_t samples,
                             ossicle_heard *heard, int *ready);

#ifdef __cplusplus
}
#endif

#endif
