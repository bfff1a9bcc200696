/* The firmware's framing compiled for the host, behind two functions that Python can call. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ossicle_frame.h"

size_t ossicle_host_receive(const uint8_t *line, size_t size, uint8_t *records);
size_t ossicle_host_send(uint8_t type, uint8_t sequence, const uint8_t *payload, size_t size,
                         size_t head, uint8_t *line);

/* Receives a whole line; writes a record for each thing received (what u8; for a frame also type
 * u8, sequence u8, length u16, payload) and returns the records' size. A record is never longer
 * than what it was received from and a few bytes, so 6 bytes for each byte of the line are enough.
 */
size_t ossicle_host_receive(const uint8_t *line, size_t size, uint8_t *records) {
  static ossicle_receiver receiver;
  ossicle_frame frame;
  size_t at = 0;
  ossicle_receiver_reset(&receiver);
  for (size_t i = 0; i < size; ++i) {
    ossicle_received received = ossicle_receiver_push(&receiver, line[i], &frame);
    if (received == OSSICLE_RECEIVED_NOTHING) {
      continue;
    }
    records[at++] = (uint8_t)received;
    if (received == OSSICLE_RECEIVED_FRAME) {
      records[at++] = frame.type;
      records[at++] = frame.sequence;
      ossicle_put_u16(records + at, frame.length);
      memcpy(records + at + 2, frame.payload, frame.length);
      at += 2u + frame.length;
    }
  }
  return at;
}

static uint8_t *next;

static void to_line(const uint8_t *bytes, size_t size) {
  memcpy(next, bytes, size);
  next += size;
}

/* Sends a frame whose payload is given in two parts, the first `head` bytes long. */
size_t ossicle_host_send(uint8_t type, uint8_t sequence, const uint8_t *payload, size_t size,
                         size_t head, uint8_t *line) {
  next = line;
  ossicle_frame_send(to_line, type, sequence, payload, head, payload + head, size - head);
  return (size_t)(next - line);
}
