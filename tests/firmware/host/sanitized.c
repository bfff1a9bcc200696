/* Feeds standard input to the receiver and sends on whatever frames it finds; made to be compiled
 * with the address and undefined-behaviour sanitizers. Exit status 0, or the sanitizer's. */
#include <stdint.h>
#include <stdio.h>

#include "ossicle_frame.h"

static size_t sent;

static void count(const uint8_t *bytes, size_t size) {
  (void)bytes;
  sent += size;
}

int main(void) {
  static ossicle_receiver receiver;
  ossicle_frame frame;
  unsigned long events[OSSICLE_RECEIVED_OVERSIZED + 1] = {0};
  ossicle_receiver_reset(&receiver);
  for (int byte = getchar(); byte != EOF; byte = getchar()) {
    ossicle_received received = ossicle_receiver_push(&receiver, (uint8_t)byte, &frame);
    ++events[received];
    if (received == OSSICLE_RECEIVED_FRAME) {
      ossicle_frame_send(count, frame.type, frame.sequence, frame.payload, frame.length, NULL, 0);
    }
  }
  printf("%lu %lu %lu %lu %zu\n", events[OSSICLE_RECEIVED_FRAME], events[OSSICLE_RECEIVED_DAMAGED],
         events[OSSICLE_RECEIVED_TRUNCATED], events[OSSICLE_RECEIVED_OVERSIZED], sent);
  return 0;
}
