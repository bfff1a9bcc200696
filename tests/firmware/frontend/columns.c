/* Plays every sound of sounds.h through the front end and prints its columns, two hex digits a
 * level. */
#include "ossicle_frontend.h"
#include "port.h"
#include "sounds.h" /* generated: SOUNDS, SAMPLES, sounds[SOUNDS][SAMPLES] */

#define CHUNK 97u /* samples: of no relation to any window or hop */

static ossicle_frontend state;
static int8_t column[OSSICLE_FRONTEND_FEATURES];

static void print_column(void) {
  static const char digits[] = "0123456789abcdef";
  char text[2 * OSSICLE_FRONTEND_FEATURES + 2];
  char *end = text;
  for (unsigned band = 0; band < OSSICLE_FRONTEND_FEATURES; band++) {
    *end++ = digits[(uint8_t)column[band] >> 4];
    *end++ = digits[(uint8_t)column[band] & 15];
  }
  *end++ = '\n';
  *end = '\0';
  port_print(text);
}

static void push_all(const int16_t *chunk, size_t samples) {
  int ready;
  for (size_t taken = 0; taken < samples;) {
    taken += ossicle_frontend_push(&state, chunk + taken, samples - taken, column, &ready);
    if (ready) {
      print_column();
    }
  }
}

int main(void) {
  for (unsigned sound = 0; sound < SOUNDS; sound++) {
    ossicle_frontend_reset(&state);
    for (size_t from = 0; from < SAMPLES; from += CHUNK) {
      size_t left = SAMPLES - from;
      push_all(&sounds[sound][from], left < CHUNK ? left : CHUNK);
    }
    while (ossicle_frontend_flush(&state, column)) {
      print_column();
    }
  }
  return 0;
}
