/* Host only: what the vectors' file does for the others. */
#ifndef OSSICLE_FRONTEND_LANES_FRAMES_H
#define OSSICLE_FRONTEND_LANES_FRAMES_H

#include <stdint.h>

#include "ossicle_frontend_tables.h"

#define OSSICLE_FRONTEND_FRAMES 8 /* side by side */

/* Analyses as many frames, each of OSSICLE_FRONTEND_WINDOW_LENGTH samples: their gains, and total
 * and moment of their mel intervals. */
void ossicle_frontend_lanes_sums(const int16_t *const *frames, int32_t *gains,
                                 uint64_t (*sums)[OSSICLE_FRONTEND_MEL_BANDS + 1][2]);

#endif
