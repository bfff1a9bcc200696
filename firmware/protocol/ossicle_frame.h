/* Frames over any byte pipe (docs/protocol.md).
 *
 * A frame is   type u8 | sequence u8 | length u16 | payload | CRC-32 u32   (little endian; the CRC
 * covers all that precedes it), sent between two END bytes and escaped as RFC 1055 (SLIP) says.
 * END therefore occurs nowhere but between frames: a damaged or truncated frame ends where the next
 * one begins and never costs it. */
#ifndef OSSICLE_FRAME_H
#define OSSICLE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define OSSICLE_FRAME_PAYLOAD_MAX 2048u
#define OSSICLE_FRAME_HEADER_BYTES 4u
#define OSSICLE_FRAME_CRC_BYTES 4u
#define OSSICLE_FRAME_MAX                                                                          \
  (OSSICLE_FRAME_HEADER_BYTES + OSSICLE_FRAME_PAYLOAD_MAX + OSSICLE_FRAME_CRC_BYTES)

#define OSSICLE_SLIP_END 0xC0u
#define OSSICLE_SLIP_ESC 0xDBu
#define OSSICLE_SLIP_ESC_END 0xDCu
#define OSSICLE_SLIP_ESC_ESC 0xDDu

typedef enum {
  OSSICLE_RECEIVED_NOTHING,   /* more bytes are needed */
  OSSICLE_RECEIVED_FRAME,     /* a frame that its CRC confirms */
  OSSICLE_RECEIVED_DAMAGED,   /* the CRC is wrong, or an escape is none */
  OSSICLE_RECEIVED_TRUNCATED, /* the payload is not as long as the header says */
  OSSICLE_RECEIVED_OVERSIZED  /* longer than OSSICLE_FRAME_MAX */
} ossicle_received;

typedef struct {
  uint8_t type;
  uint8_t sequence;
  uint16_t length;
  const uint8_t *payload; /* lies in the receiver; valid until the next byte is pushed */
} ossicle_frame;

typedef struct {
  size_t held; /* bytes of the frame so far, escapes removed; FRAME_MAX + 1 when oversized */
  uint8_t escaped;
  uint8_t damaged;
  uint8_t bytes[OSSICLE_FRAME_MAX];
} ossicle_receiver;

/* Forgets all that was received. */
void ossicle_receiver_reset(ossicle_receiver *receiver);

/* Takes one byte from the line. Fills `frame` when it returns OSSICLE_RECEIVED_FRAME. */
ossicle_received ossicle_receiver_push(ossicle_receiver *receiver, uint8_t byte,
                                       ossicle_frame *frame);

/* Where a sender puts its bytes: writes all `size` of them, however long that takes. */
typedef void (*ossicle_frame_write)(const uint8_t *bytes, size_t size);

/* Sends one frame whose payload is `head` followed by `body`; together at most
 * OSSICLE_FRAME_PAYLOAD_MAX bytes. Two parts, so that a tensor need not be copied to be prefixed.
 */
void ossicle_frame_send(ossicle_frame_write write, uint8_t type, uint8_t sequence,
                        const uint8_t *head, size_t head_size, const void *body, size_t body_size);

/* Little-endian fields, whatever the alignment and the byte order of the core. */
uint16_t ossicle_get_u16(const uint8_t *bytes);
uint32_t ossicle_get_u32(const uint8_t *bytes);
void ossicle_put_u16(uint8_t *bytes, uint16_t value);
void ossicle_put_u32(uint8_t *bytes, uint32_t value);

#endif
