/* Lets the windows on standard input vote and says what came of it; made to be compiled with the
 * sanitizers. A window is its peak, two bytes, and its outputs. Exit status 0, or the sanitizer's;
 * 1 where there is no room. */
#include <stdio.h>

#include "ossicle_vote.h"

int main(void) {
  static ossicle_vote vote;
  int8_t output[OSSICLE_VOTE_CLASSES];
  uint8_t peak[2];
  ossicle_vote_reset(&vote);
  while (fread(peak, sizeof peak, 1, stdin) == 1 && fread(output, sizeof output, 1, stdin) == 1) {
    uint16_t largest = (uint16_t)(peak[0] | peak[1] << 8);
    if (!ossicle_vote_has_room(&vote, largest)) {
      return 1;
    }
    ossicle_vote_add(&vote, output, largest);
  }
  printf("%d %d", ossicle_vote_label(&vote), vote.windows);
  for (int i = 0; i < OSSICLE_VOTE_CLASSES; ++i) {
    printf(" %ld", (long)vote.totals[i]);
  }
  return 0;
}
