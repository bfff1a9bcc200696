#include "ossicle_frame.h"

#include "ossicle_crc32.h"

uint16_t ossicle_get_u16(const uint8_t *bytes) {
  return (uint16_t)(bytes[0] | ((unsigned)bytes[1] << 8));
}

uint32_t ossicle_get_u32(const uint8_t *bytes) {
  return ossicle_get_u16(bytes) | ((uint32_t)ossicle_get_u16(bytes + 2) << 16);
}

void ossicle_put_u16(uint8_t *bytes, uint16_t value) {
  bytes[0] = (uint8_t)value;
  bytes[1] = (uint8_t)(value >> 8);
}

void ossicle_put_u32(uint8_t *bytes, uint32_t value) {
  ossicle_put_u16(bytes, (uint16_t)value);
  ossicle_put_u16(bytes + 2, (uint16_t)(value >> 16));
}

/* ---- receiving ------------------------------------------------------------------------------- */

void ossicle_receiver_reset(ossicle_receiver *receiver) {
  receiver->held = 0;
  receiver->escaped = 0;
  receiver->damaged = 0;
}

/* Reads a frame whose escapes are removed and which is at most OSSICLE_FRAME_MAX bytes long. */
static ossicle_received parse(const uint8_t *bytes, size_t held, ossicle_frame *frame) {
  if (held < OSSICLE_FRAME_HEADER_BYTES + OSSICLE_FRAME_CRC_BYTES) {
    return OSSICLE_RECEIVED_TRUNCATED;
  }
  /* held is at least 8, so that neither the length nor the CRC is read from outside. */
  size_t covered = held - OSSICLE_FRAME_CRC_BYTES;
  frame->type = bytes[0];
  frame->sequence = bytes[1];
  frame->length = ossicle_get_u16(bytes + 2);
  frame->payload = bytes + OSSICLE_FRAME_HEADER_BYTES;
  if (frame->length > OSSICLE_FRAME_PAYLOAD_MAX) {
    return OSSICLE_RECEIVED_OVERSIZED;
  }
  if (frame->length != covered - OSSICLE_FRAME_HEADER_BYTES) {
    return OSSICLE_RECEIVED_TRUNCATED;
  }
  int sound = ossicle_crc32(0, bytes, covered) == ossicle_get_u32(bytes + covered);
  return sound ? OSSICLE_RECEIVED_FRAME : OSSICLE_RECEIVED_DAMAGED;
}

/* Judges what lies between two END bytes. */
static ossicle_received judge(const ossicle_receiver *receiver, ossicle_frame *frame) {
  if (receiver->held == 0 && !receiver->damaged) {
    return OSSICLE_RECEIVED_NOTHING; /* END END: the gap between two frames */
  }
  if (receiver->held > OSSICLE_FRAME_MAX) {
    return OSSICLE_RECEIVED_OVERSIZED;
  }
  return receiver->damaged ? OSSICLE_RECEIVED_DAMAGED
                           : parse(receiver->bytes, receiver->held, frame);
}

static void store(ossicle_receiver *receiver, uint8_t byte) {
  if (receiver->held < OSSICLE_FRAME_MAX) {
    receiver->bytes[receiver->held++] = byte;
  } else {
    receiver->held = OSSICLE_FRAME_MAX + 1u;
  }
}

static void unescape(ossicle_receiver *receiver, uint8_t byte) {
  receiver->escaped = 0;
  if (byte == OSSICLE_SLIP_ESC_END) {
    store(receiver, OSSICLE_SLIP_END);
  } else if (byte == OSSICLE_SLIP_ESC_ESC) {
    store(receiver, OSSICLE_SLIP_ESC);
  } else {
    receiver->damaged = 1;
  }
}

ossicle_received ossicle_receiver_push(ossicle_receiver *receiver, uint8_t byte,
                                       ossicle_frame *frame) {
  if (byte == OSSICLE_SLIP_END) {
    receiver->damaged = (uint8_t)(receiver->damaged | receiver->escaped);
    ossicle_received received = judge(receiver, frame);
    ossicle_receiver_reset(receiver); /* forgets the count, not the bytes: the payload stays */
    return received;
  }
  if (receiver->escaped) {
    unescape(receiver, byte);
  } else if (byte == OSSICLE_SLIP_ESC) {
    receiver->escaped = 1;
  } else {
    store(receiver, byte);
  }
  return OSSICLE_RECEIVED_NOTHING;
}

/* ---- sending --------------------------------------------------------------------------------- */

/* Escaped bytes on their way out, gathered because a write may be dear (a trap, a packet). */
typedef struct {
  ossicle_frame_write write;
  size_t held;
  uint8_t bytes[128];
} outbox;

static void post(outbox *out, uint8_t byte) {
  if (out->held == sizeof out->bytes) {
    out->write(out->bytes, out->held);
    out->held = 0;
  }
  out->bytes[out->held++] = byte;
}

static void post_escaped(outbox *out, const uint8_t *bytes, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    if (bytes[i] == OSSICLE_SLIP_END) {
      post(out, OSSICLE_SLIP_ESC);
      post(out, OSSICLE_SLIP_ESC_END);
    } else if (bytes[i] == OSSICLE_SLIP_ESC) {
      post(out, OSSICLE_SLIP_ESC);
      post(out, OSSICLE_SLIP_ESC_ESC);
    } else {
      post(out, bytes[i]);
    }
  }
}

void ossicle_frame_send(ossicle_frame_write write, uint8_t type, uint8_t sequence,
                        const uint8_t *head, size_t head_size, const void *body, size_t body_size) {
  outbox out = {write, 0, {0}};
  uint8_t header[OSSICLE_FRAME_HEADER_BYTES] = {type, sequence, 0, 0};
  uint8_t check[OSSICLE_FRAME_CRC_BYTES];
  ossicle_put_u16(header + 2, (uint16_t)(head_size + body_size));
  uint32_t crc = ossicle_crc32(0, header, sizeof header);
  crc = ossicle_crc32(crc, head, head_size);
  ossicle_put_u32(check, ossicle_crc32(crc, body, body_size));
  post(&out, OSSICLE_SLIP_END);
  post_escaped(&out, header, sizeof header);
  post_escaped(&out, head, head_size);
  post_escaped(&out, body, body_size);
  post_escaped(&out, check, sizeof check);
  post(&out, OSSICLE_SLIP_END);
  out.write(out.bytes, out.held);
}
