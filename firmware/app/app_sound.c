#include "app_sound.h"

#include <string.h>

#include "app_marker.h"
#include "app_run.h"
#include "ossicle_frame.h"
#include "ossicle_model_ends.h"
#include "ossicle_protocol.h"

static size_t stored_bytes; /* of the input, by INPUT requests, from its beginning */
static uint32_t pushed_samples;
static uint16_t peak;

uint16_t app_sound_peak(void) { return peak; }

uint8_t app_sound_store(int8_t *input, const uint8_t *payload, size_t bytes) {
  if (pushed_samples != 0) {
    return OSSICLE_ERROR_STATE; /* an input is PCM or raw, not both */
  }
  /* bytes >= 4 was checked; the subtractions cannot wrap since stored_bytes <=
   * OSSICLE_MODEL_INPUT_BYTES. */
  if (bytes < 4u || ossicle_get_u32(payload) != stored_bytes ||
      bytes - 4u > OSSICLE_MODEL_INPUT_BYTES - stored_bytes) {
    return OSSICLE_ERROR_BOUNDS;
  }
  memcpy(input + stored_bytes, payload + 4, bytes - 4u);
  stored_bytes += bytes - 4u;
  return 0;
}

#if OSSICLE_MODEL_HEARS_SOUND

#include "ossicle_frontend.h"

#define FRAMES (OSSICLE_MODEL_INPUT_BYTES / OSSICLE_FRONTEND_FEATURES)
#define PIECE 128u

static ossicle_frontend frontend;
static size_t column_count;

uint16_t app_sound_frames(void) { return FRAMES; }

void app_sound_reset(void) {
  stored_bytes = 0;
  pushed_samples = 0;
  peak = 0;
  column_count = 0;
  ossicle_frontend_reset(&frontend);
}

#if OSSICLE_MODEL_STREAMS

int app_sound_streams(void) { return pushed_samples != 0; }

static void place_column(int8_t *input, const int8_t *column) {
  (void)input;
  app_run_hear(column);
  ++column_count;
}

#else

int app_sound_streams(void) { return 0; }

static void place_column(int8_t *input, const int8_t *column) {
  if (column_count < FRAMES) {
    ossicle_place_column(input, column_count, column, OSSICLE_FRONTEND_FEATURES);
  }
  ++column_count;
}

#endif

static void push(int8_t *input, const int16_t *pcm, size_t samples) {
  int8_t column[OSSICLE_FRONTEND_FEATURES];
  int ready = 0;
  while (samples > 0) {
    app_mark_frontend_begin();
    size_t consumed = ossicle_frontend_push(&frontend, pcm, samples, column, &ready);
    app_mark_frontend_end();
    pcm += consumed;
    samples -= consumed;
    if (ready) {
      place_column(input, column);
    }
  }
}

/* In pieces, because the payload need not be aligned for int16_t, and a copy of it would be large.
 */
uint8_t app_sound_push_pcm(int8_t *input, const uint8_t *payload, size_t bytes) {
  int16_t pcm[PIECE];
  size_t samples = bytes / 2u;
  if (stored_bytes != 0) {
    return OSSICLE_ERROR_STATE;
  }
  if (bytes % 2u != 0 || samples > OSSICLE_MODEL_PCM_SAMPLES - pushed_samples) {
    return OSSICLE_ERROR_BOUNDS;
  }
  pushed_samples += (uint32_t)samples;
  for (size_t done = 0; done < samples; done += PIECE) {
    size_t size = samples - done < PIECE ? samples - done : PIECE;
    for (size_t i = 0; i < size; ++i) {
      pcm[i] = (int16_t)ossicle_get_u16(payload + 2u * (done + i));
    }
    peak = ossicle_peak(peak, pcm, size);
    push(input, pcm, size);
  }
  return 0;
}

static uint8_t flush(int8_t *input) {
  int8_t column[OSSICLE_FRONTEND_FEATURES];
  int flushed;
  if (OSSICLE_MODEL_STREAMS) {
    app_mark_last_frame();
  }
  do {
    app_mark_frontend_begin();
    flushed = ossicle_frontend_flush(&frontend, column);
    app_mark_frontend_end();
    if (flushed) {
      place_column(input, column);
    }
  } while (flushed);
  return column_count == FRAMES ? 0 : OSSICLE_ERROR_STATE;
}

uint8_t app_sound_complete(int8_t *input) {
  if (stored_bytes == OSSICLE_MODEL_INPUT_BYTES) {
    return 0;
  }
  return pushed_samples == OSSICLE_MODEL_PCM_SAMPLES ? flush(input) : OSSICLE_ERROR_STATE;
}

#else /* a model without a front end takes raw input only */

uint16_t app_sound_frames(void) { return 0; }

int app_sound_streams(void) { return 0; }

void app_sound_reset(void) {
  stored_bytes = 0;
  pushed_samples = 0;
  peak = 0;
}

uint8_t app_sound_push_pcm(int8_t *input, const uint8_t *payload, size_t bytes) {
  (void)input;
  (void)payload;
  (void)bytes;
  return OSSICLE_ERROR_TYPE;
}

uint8_t app_sound_complete(int8_t *input) {
  (void)input;
  return stored_bytes == OSSICLE_MODEL_INPUT_BYTES ? 0 : OSSICLE_ERROR_STATE;
}

#endif
