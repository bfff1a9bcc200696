/* Host only: the front end over many sounds of one length in one call. */
#ifndef OSSICLE_FRONTEND_BATCH_H
#define OSSICLE_FRONTEND_BATCH_H

#include "ossicle_frontend.h"

/* Bytes of an ossicle_frontend, for a caller that allocates it without this header. */
size_t ossicle_frontend_state_bytes(void);

/* pcm is [sounds][samples]; features is [sounds][OSSICLE_FRONTEND_MEL_BANDS][1 + samples / hop]. */
void ossicle_frontend_batch(const int16_t *pcm, size_t sounds, size_t samples, int8_t *features);

#endif
