/* Boots, speaks first, then answers one request after the other until BYE. */
#include <string.h>

#include "app_link.h"
#include "app_model.h"
#include "app_run.h"
#include "app_sound.h"
#include "app_vote.h"
#include "ossicle_board.h"
#include "ossicle_frame.h"
#include "ossicle_protocol.h"

#define HELLO_FIXED 52u /* bytes of HELLO before its strings */

static uint8_t expected_sequence;
static ossicle_receiver receiver;

static void say_hello(uint8_t sequence) {
  static const uint8_t digest[32] = APP_BUNDLE_DIGEST;
  static const char names[] = APP_GENERATOR_VERSION "\0" APP_BOARD "\0" APP_BUNDLE_NAME;
  uint8_t fixed[HELLO_FIXED] = {OSSICLE_PROTOCOL_VERSION, OSSICLE_MODEL_HEARS_SOUND |
                                                              (APP_HAS_VOTE << 1) |
                                                              (OSSICLE_MODEL_STREAMS << 2)};
  ossicle_put_u16(fixed + 2, OSSICLE_FRAME_PAYLOAD_MAX);
  ossicle_put_u32(fixed + 4, OSSICLE_MODEL_INPUT_BYTES);
  ossicle_put_u32(fixed + 8, OSSICLE_MODEL_OUTPUT_BYTES);
  ossicle_put_u32(fixed + 12, OSSICLE_MODEL_PCM_SAMPLES);
  ossicle_put_u16(fixed + 16, OSSICLE_MODEL_LAYER_COUNT);
  ossicle_put_u16(fixed + 18, app_sound_frames());
  memcpy(fixed + 20, digest, sizeof digest);
  app_reply(OSSICLE_REPLY_HELLO, sequence, fixed, sizeof fixed, names, sizeof names);
}

static void say_error(uint8_t sequence, uint8_t code) {
  const uint8_t payload[2] = {code, expected_sequence};
  app_reply(OSSICLE_REPLY_ERROR, sequence, payload, sizeof payload, NULL, 0);
}

static void say_statistics(uint8_t sequence) {
  uint8_t payload[8];
  ossicle_put_u32(payload, ossicle_stack_used());
  ossicle_put_u32(payload + 4, ossicle_stack_size());
  app_reply(OSSICLE_REPLY_STATISTICS, sequence, payload, sizeof payload, NULL, 0);
}

static uint8_t answer_run(const ossicle_frame *frame) {
  if (frame->length != 1u || (frame->payload[0] & ~OSSICLE_RUN_FLAGS) != 0) {
    return OSSICLE_ERROR_BOUNDS;
  }
  uint8_t flags = frame->payload[0];
  if (app_sound_streams() && (flags & ~OSSICLE_RUN_VOTE) != 0) {
    return OSSICLE_ERROR_STATE;
  }
  uint8_t error = flags & OSSICLE_RUN_VOTE ? app_vote_refusal(app_sound_peak()) : 0;
  error = error == 0 ? app_sound_complete(app_input()) : error;
  if (error == 0) {
    app_run(frame->sequence, flags);
    app_sound_reset(); /* the run may have overwritten its input */
  }
  return error;
}

/* Returns 0 when the request was carried out and answered, else the error to answer with. */
static uint8_t answer(const ossicle_frame *frame) {
  uint8_t error = 0;
  switch (frame->type) {
  case OSSICLE_REQUEST_HELLO:
    say_hello(frame->sequence);
    return 0;
  case OSSICLE_REQUEST_STATISTICS:
    say_statistics(frame->sequence);
    return 0;
  case OSSICLE_REQUEST_RUN:
    return answer_run(frame);
  case OSSICLE_REQUEST_VOTE:
    return app_vote_answer(frame->sequence);
  case OSSICLE_REQUEST_PCM:
    error = app_sound_push_pcm(app_input(), frame->payload, frame->length);
    break;
  case OSSICLE_REQUEST_INPUT:
    error = app_sound_store(app_input(), frame->payload, frame->length);
    break;
  case OSSICLE_REQUEST_RESET:
    app_sound_reset();
    app_vote_reset();
    app_run_reset();
    break;
  case OSSICLE_REQUEST_BYE:
    break;
  default:
    error = OSSICLE_ERROR_TYPE;
  }
  if (error == 0) {
    app_reply(OSSICLE_REPLY_ACK, frame->sequence, NULL, 0, NULL, 0);
  }
  return error;
}

/* HELLO and RESET start a new count, so that a host can always find its way back. */
static void take(const ossicle_frame *frame) {
  int restarts = frame->type == OSSICLE_REQUEST_HELLO || frame->type == OSSICLE_REQUEST_RESET;
  if (!restarts && frame->sequence != expected_sequence) {
    say_error(frame->sequence, OSSICLE_ERROR_SEQUENCE);
    return;
  }
  expected_sequence = (uint8_t)(frame->sequence + 1u);
  uint8_t error = answer(frame);
  if (error != 0) {
    say_error(frame->sequence, error);
  }
  if (frame->type == OSSICLE_REQUEST_BYE) {
    ossicle_board_exit(0);
  }
}

/* A damaged frame's own sequence number cannot be trusted: the error carries the expected one. */
static void take_byte(uint8_t byte) {
  ossicle_frame frame;
  switch (ossicle_receiver_push(&receiver, byte, &frame)) {
  case OSSICLE_RECEIVED_NOTHING:
    break;
  case OSSICLE_RECEIVED_FRAME:
    take(&frame);
    break;
  case OSSICLE_RECEIVED_DAMAGED:
    say_error(expected_sequence, OSSICLE_ERROR_DAMAGED);
    break;
  case OSSICLE_RECEIVED_TRUNCATED:
    say_error(expected_sequence, OSSICLE_ERROR_TRUNCATED);
    break;
  case OSSICLE_RECEIVED_OVERSIZED:
    say_error(expected_sequence, OSSICLE_ERROR_OVERSIZED);
    break;
  }
}

int main(void) {
  uint8_t bytes[256];
  app_link_open();
  ossicle_receiver_reset(&receiver);
  app_sound_reset();
  app_vote_reset();
  app_run_reset();
  say_hello(0);
  for (;;) {
    size_t size = app_link_read(bytes, sizeof bytes);
    if (size == 0) {
      return 0; /* the host has closed its side */
    }
    for (size_t i = 0; i < size; ++i) {
      take_byte(bytes[i]);
    }
  }
}
