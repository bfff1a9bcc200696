/* Host only: the front end over many sounds of one length in one call. */
#ifndef OSSICLE_FRONTEND_BATCH_H
#define OSSICLE_FRONTEND_BATCH_H

#include "ossicle_frontend.h"

/* Bytes of an ossicle_frontend, for a caller that allocates it without this header. */
size_t ossicle_frontend_state_bytes(void);

/* Filters sounds first to end - 1, in place; they lie `stride` samples apart. Does nothing where
 * the specification has no filter. */
void ossicle_frontend_filter_sounds(int16_t *pcm, size_t stride, size_t samples, size_t first,
                                    size_t end);

/* The columns of frames first to end - 1, counted through all sounds, which lie `stride` samples
 * apart, filtered, with the silence that their first and last windows reach into. features is
 * [sounds][OSSICLE_FRONTEND_MEL_BANDS][frames]. */
void ossicle_frontend_batch(const int16_t *pcm, size_t stride, size_t frames, size_t first,
                            size_t end, int8_t *features);

#endif
