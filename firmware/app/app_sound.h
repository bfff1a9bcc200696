/* What fills the model's input: PCM through the front end, or raw bytes. */
#ifndef APP_SOUND_H
#define APP_SOUND_H

#include <stddef.h>
#include <stdint.h>

/* Columns of features that one sound gives; 0 without a front end. */
uint16_t app_sound_frames(void);

/* Forgets the sound and the input so far. */
void app_sound_reset(void);

/* Each returns 0, or an OSSICLE_ERROR_ code and has changed nothing. */
uint8_t app_sound_push_pcm(int8_t *input, const uint8_t *payload, size_t bytes);
uint8_t app_sound_store(int8_t *input, const uint8_t *payload, size_t bytes);

/* Whether the input is sound, which the model hears column by column: it cannot be shown later. */
int app_sound_streams(void);

/* Completes the input (flushes the front end) before a run; OSSICLE_ERROR_STATE when bytes or
 * samples are missing. */
uint8_t app_sound_complete(int8_t *input);

/* The largest |sample| since the reset, 0 to 32768. */
uint16_t app_sound_peak(void);

#endif
