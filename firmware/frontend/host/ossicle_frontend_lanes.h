/* Host only: the types of frames side by side, one a lane of a vector. The files of the front end
 * are compiled with these as they are, so that the arithmetic is written once. */
#ifndef OSSICLE_FRONTEND_LANES_H
#define OSSICLE_FRONTEND_LANES_H

#include <stdint.h>

typedef int16_t ossicle_frontend_sample
    __attribute__((vector_size(2 * OSSICLE_FRONTEND_LANES), aligned(2 * OSSICLE_FRONTEND_LANES)));
typedef int32_t ossicle_frontend_value __attribute__((vector_size(4 * OSSICLE_FRONTEND_LANES)));

/* Lanes of 64 bits: all even ones and then all odd ones, as products of vectors come. */
typedef uint64_t ossicle_frontend_wide __attribute__((vector_size(8 * OSSICLE_FRONTEND_LANES)));
typedef ossicle_frontend_wide ossicle_frontend_carry;
#define OSSICLE_FRONTEND_WIDE_LANE(l) ((l) % 2 * (OSSICLE_FRONTEND_LANES / 2) + (l) / 2)

#endif
