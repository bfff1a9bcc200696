#include "app_run.h"

#include <string.h>

#include "app_link.h"
#include "app_marker.h"
#include "app_model.h"
#include "app_sound.h"
#include "app_vote.h"
#include "ossicle_frame.h"
#include "ossicle_protocol.h"

static uint8_t arena[APP_ARENA_BYTES] __attribute__((aligned(APP_ARENA_ALIGNMENT)));

#if APP_KEEPS_STATES
void app_run_reset(void) { app_model_reset(arena); }
#else
void app_run_reset(void) {}
#endif

int8_t *app_input(void) { return (int8_t *)(arena + APP_INPUT_OFFSET); }

static void send_layer(void *context, int layer, const void *tensor, size_t bytes) {
  const uint8_t *sequence = context;
  app_reply_tensor(OSSICLE_REPLY_LAYER, *sequence, (uint16_t)layer, tensor, bytes);
}

/* Once a layer, however many tensors it computed; `context` holds the last layer's number. */
static void mark_layer(void *context, int layer, const void *tensor, size_t bytes) {
  int *last = context;
  (void)tensor;
  (void)bytes;
  if (layer != *last) {
    *last = layer;
    app_mark_layer();
  }
}

/* Where the largest output is; the lowest index of several. */
static uint16_t argmax(const int8_t *output) {
  uint16_t best = 0;
  for (uint16_t i = 1; i < APP_OUTPUT_BYTES; ++i) {
    best = output[i] > output[best] ? i : best;
  }
  return best;
}

#if APP_FRAMES

static void gather(const int8_t *from, int8_t *frame) {
  for (size_t i = 0; i < APP_FRAME_PIECES; ++i, frame += APP_FRAME_PIECE_BYTES) {
    memcpy(frame, from + i * APP_FRAME_PIECE_STEP, APP_FRAME_PIECE_BYTES);
  }
}

/* As a program does that pushes each frame when it arrives. What the model writes over the input
 * is behind the frames that it has had. */
static void run(void) {
  int8_t frame[APP_FRAME_BYTES];
  app_model_begin(arena);
  for (size_t i = 0; i < APP_FRAMES; ++i) {
    gather(app_input() + i * APP_FRAME_STEP, frame);
    if (i + 1 == APP_FRAMES) {
      app_mark_last_frame();
    }
    app_model_push(arena, frame);
  }
}

#else

static void run(void) { app_model_run(arena); }

#endif

void app_run(uint8_t sequence, uint8_t flags) {
  const int8_t *output = (const int8_t *)(arena + APP_OUTPUT_OFFSET);
  uint8_t result[4];
  if (flags & OSSICLE_RUN_FEATURES) {
    app_reply_tensor(OSSICLE_REPLY_FEATURES, sequence, 0, app_input(), APP_INPUT_BYTES);
  }
  app_mark_run_begin();
  if (flags & OSSICLE_RUN_LAYERS) {
    app_model_run_observed(arena, send_layer, &sequence);
  } else if (flags & OSSICLE_RUN_MARK_LAYERS) {
    int last = -1;
    app_model_run_observed(arena, mark_layer, &last);
  } else {
    run();
  }
  app_mark_run_end();
  if (flags & OSSICLE_RUN_VOTE) {
    app_vote_add(output, app_sound_peak());
  }
  app_reply_tensor(OSSICLE_REPLY_OUTPUT, sequence, 0, output, APP_OUTPUT_BYTES);
  ossicle_put_u16(result, argmax(output));
  ossicle_put_u16(result + 2, app_sound_peak());
  app_reply(OSSICLE_REPLY_RESULT, sequence, result, sizeof result, NULL, 0);
}
