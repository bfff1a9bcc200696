/* Drives the streaming front end as a device would, for many sounds. */
#include "ossicle_frontend_batch.h"

#define BANDS OSSICLE_FRONTEND_MEL_BANDS

size_t ossicle_frontend_state_bytes(void) { return sizeof(ossicle_frontend); }

/* Column t of a feature map that is stored band by band. */
static void place(const int8_t *column, int8_t *features, size_t t, size_t frames) {
  for (size_t band = 0; band < BANDS; band++) {
    features[band * frames + t] = column[band];
  }
}

static void one_sound(ossicle_frontend *state, const int16_t *pcm, size_t samples,
                      int8_t *features) {
  const size_t frames = 1 + samples / OSSICLE_FRONTEND_HOP_LENGTH;
  int8_t column[BANDS];
  size_t t = 0;
  int ready;
  ossicle_frontend_reset(state);
  for (size_t taken = 0; taken < samples;) {
    taken += ossicle_frontend_push(state, pcm + taken, samples - taken, column, &ready);
    if (ready) {
      place(column, features, t++, frames);
    }
  }
  while (ossicle_frontend_flush(state, column)) {
    place(column, features, t++, frames);
  }
}

void ossicle_frontend_batch(const int16_t *pcm, size_t sounds, size_t samples, int8_t *features) {
  const size_t map = BANDS * (1 + samples / OSSICLE_FRONTEND_HOP_LENGTH);
  ossicle_frontend state;
  for (size_t i = 0; i < sounds; i++) {
    one_sound(&state, pcm + i * samples, samples, features + i * map);
  }
}
