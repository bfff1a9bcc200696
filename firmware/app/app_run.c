#include "app_run.h"

#include <string.h>

#include "app_link.h"
#include "app_marker.h"
#include "app_sound.h"
#include "app_vote.h"
#include "ossicle_frame.h"
#include "ossicle_model_ends.h"
#include "ossicle_protocol.h"

static uint8_t arena[OSSICLE_MODEL_ARENA_BYTES]
    __attribute__((aligned(OSSICLE_MODEL_ARENA_ALIGNMENT)));

int8_t *app_input(void) { return (int8_t *)(arena + OSSICLE_MODEL_INPUT_OFFSET); }

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

#if OSSICLE_MODEL_FRAMES

static size_t heard; /* frames since the last run */

static void gather(const int8_t *from, int8_t *frame) {
  for (size_t i = 0; i < OSSICLE_MODEL_FRAME_PIECES;
       ++i, frame += OSSICLE_MODEL_FRAME_PIECE_BYTES) {
    memcpy(frame, from + i * OSSICLE_MODEL_FRAME_PIECE_STEP, OSSICLE_MODEL_FRAME_PIECE_BYTES);
  }
}

/* As a program does that pushes each frame when it arrives. What the model writes over the input
 * is behind the frames that it has had. */
static void run_by_frames(void) {
  int8_t frame[OSSICLE_MODEL_FRAME_BYTES];
  ossicle_model_begin(arena);
  for (size_t i = 0; i < OSSICLE_MODEL_FRAMES; ++i) {
    gather(app_input() + i * OSSICLE_MODEL_FRAME_STEP, frame);
    if (i + 1 == OSSICLE_MODEL_FRAMES) {
      app_mark_last_frame();
    }
    ossicle_model_push(arena, frame);
  }
}

#if OSSICLE_MODEL_STREAMS
/* With front end a frame is a column of the input, as tests of the compiler's frames show. */
void app_run_hear(const int8_t *column) {
  if (heard == OSSICLE_MODEL_FRAMES) {
    return;
  }
  app_mark_run_begin();
  if (heard == 0) {
    ossicle_model_begin(arena);
  }
  ossicle_model_push(arena, column);
  ++heard;
  app_mark_run_end();
}
#endif

static void run(void) {
  if (heard == 0) {
    app_mark_run_begin();
    run_by_frames();
    app_mark_run_end();
  }
  heard = 0;
}

static void forget(void) { heard = 0; }

#else

static void run(void) {
  app_mark_run_begin();
  ossicle_model_run(arena);
  app_mark_run_end();
}

static void forget(void) {}

#endif

void app_run_reset(void) {
  forget();
#if OSSICLE_MODEL_KEEPS_STATES
  ossicle_model_reset(arena);
#endif
}

static void run_observed(uint8_t sequence, uint8_t flags) {
  int last = -1;
  app_mark_run_begin();
  if (flags & OSSICLE_RUN_LAYERS) {
    ossicle_model_run_observed(arena, send_layer, &sequence);
  } else {
    ossicle_model_run_observed(arena, mark_layer, &last);
  }
  app_mark_run_end();
}

void app_run(uint8_t sequence, uint8_t flags) {
  const int8_t *output = (const int8_t *)(arena + OSSICLE_MODEL_OUTPUT_OFFSET);
  uint8_t result[4];
  if (flags & OSSICLE_RUN_FEATURES) {
    app_reply_tensor(OSSICLE_REPLY_FEATURES, sequence, 0, app_input(), OSSICLE_MODEL_INPUT_BYTES);
  }
  if (flags & (OSSICLE_RUN_LAYERS | OSSICLE_RUN_MARK_LAYERS)) {
    run_observed(sequence, flags);
  } else {
    run();
  }
  if (flags & OSSICLE_RUN_VOTE) {
    app_vote_add(output, app_sound_peak());
  }
  app_reply_tensor(OSSICLE_REPLY_OUTPUT, sequence, 0, output, OSSICLE_MODEL_OUTPUT_BYTES);
  ossicle_put_u16(result, ossicle_largest(output));
  ossicle_put_u16(result + 2, app_sound_peak());
  app_reply(OSSICLE_REPLY_RESULT, sequence, result, sizeof result, NULL, 0);
}
