/* What the files of the front end share with each other, and with nobody else. */
#ifndef OSSICLE_FRONTEND_INTERNAL_H
#define OSSICLE_FRONTEND_INTERNAL_H

#include "ossicle_frontend.h"

/* Replaces `spectrum` by the spectrum of the windowed `samples`: bin k (0 < k < FFT length / 2) is
 * the discrete Fourier transform at k, times 2^(gain - OSSICLE_FRONTEND_HALVINGS). Returns gain,
 * which follows the loudest sample. */
int ossicle_frontend_spectrum(const int16_t *samples, ossicle_frontend_complex *spectrum);

/* Writes the int8 level of every mel band of such a spectrum to `column`. */
void ossicle_frontend_levels(const ossicle_frontend_complex *spectrum, int gain, int8_t *column);

#endif
