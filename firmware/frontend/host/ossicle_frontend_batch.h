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

/* The levels of frames first to end - 1, counted through all sounds, which lie `stride` samples
 * apart, filtered, with the silence that their first and last windows reach into. levels is
 * [sounds][OSSICLE_FRONTEND_MEL_BANDS][frames]: the features themselves, unless stages follow. */
void ossicle_frontend_batch(const int16_t *pcm, size_t stride, size_t frames, size_t first,
                            size_t end, ossicle_frontend_level *levels);

/* The features of sounds first to end - 1 from their levels, [sounds][OSSICLE_FRONTEND_FEATURES]
 * [frames]. Does nothing where the specification has no further stage. */
void ossicle_frontend_stage_sounds(const ossicle_frontend_level *levels, size_t frames,
                                   size_t first, size_t end, int8_t *features);

#endif
