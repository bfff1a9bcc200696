/* Plays every sound of sounds.h through the front end of hosts, frames side by side, and prints its
 * columns, two hex digits a level. */
#include <stdio.h>
#include <string.h>

#include "ossicle_frontend_batch.h"
#include "sounds.h" /* generated: SOUNDS, SAMPLES, sounds[SOUNDS][SAMPLES] */

#define BANDS OSSICLE_FRONTEND_MEL_BANDS
#define HOP OSSICLE_FRONTEND_HOP_LENGTH
#define FRAMES (1 + SAMPLES / HOP)
#define BEFORE ((OSSICLE_FRONTEND_WINDOW_LENGTH + 1) / 2)
#define STRIDE (BEFORE + SAMPLES + OSSICLE_FRONTEND_WINDOW_LENGTH)

static int16_t padded[SOUNDS][STRIDE]; /* with the silence that the outer windows reach into */
static int8_t features[SOUNDS][BANDS][FRAMES];

int main(void) {
  for (size_t sound = 0; sound < SOUNDS; sound++) {
    memcpy(padded[sound] + BEFORE, sounds[sound], sizeof sounds[sound]);
  }
  ossicle_frontend_filter_sounds(padded[0] + BEFORE, STRIDE, SAMPLES, 0, SOUNDS);
  ossicle_frontend_batch(padded[0], STRIDE, FRAMES, 0, SOUNDS * FRAMES, features[0][0]);
  for (size_t column = 0; column < SOUNDS * FRAMES; column++) {
    for (size_t band = 0; band < BANDS; band++) {
      printf("%02x", (unsigned)(uint8_t)features[column / FRAMES][band][column % FRAMES]);
    }
    printf("\n");
  }
  return 0;
}
