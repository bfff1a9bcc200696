/* The byte pipe to the host, and the replies that go through it. */
#ifndef APP_LINK_H
#define APP_LINK_H

#include <stddef.h>
#include <stdint.h>

void app_link_open(void);

/* Waits for bytes; returns how many it stored, 0 when the host has gone. */
size_t app_link_read(uint8_t *bytes, size_t size);

/* Sends a frame whose payload is `head` followed by `body`. */
void app_reply(uint8_t type, uint8_t sequence, const uint8_t *head, size_t head_size,
               const void *body, size_t body_size);

/* Sends a whole tensor in as many frames of this type as it takes: index u16, offset u32, data. */
void app_reply_tensor(uint8_t type, uint8_t sequence, uint16_t index, const void *tensor,
                      size_t bytes);

#endif
