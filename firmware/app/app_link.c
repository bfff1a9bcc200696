#include "app_link.h"

#include "ossicle_board.h"
#include "ossicle_frame.h"

#if defined(OSSICLE_CARRIER_UART)
#define LINK_OPEN ossicle_uart_open
#define LINK_READ ossicle_uart_read
#define LINK_WRITE ossicle_uart_write
#else
#define LINK_OPEN ossicle_semihosting_open
#define LINK_READ ossicle_semihosting_read
#define LINK_WRITE ossicle_semihosting_write
#endif

#define TENSOR_HEAD 6u
#define TENSOR_DATA_MAX (OSSICLE_FRAME_PAYLOAD_MAX - TENSOR_HEAD)

void app_link_open(void) { LINK_OPEN(); }

size_t app_link_read(uint8_t *bytes, size_t size) { return LINK_READ(bytes, size); }

void app_reply(uint8_t type, uint8_t sequence, const uint8_t *head, size_t head_size,
               const void *body, size_t body_size) {
  ossicle_frame_send(LINK_WRITE, type, sequence, head, head_size, body, body_size);
}

void app_reply_tensor(uint8_t type, uint8_t sequence, uint16_t index, const void *tensor,
                      size_t bytes) {
  const uint8_t *data = tensor;
  for (size_t offset = 0; offset < bytes; offset += TENSOR_DATA_MAX) {
    size_t left = bytes - offset;
    uint8_t head[TENSOR_HEAD];
    ossicle_put_u16(head, index);
    ossicle_put_u32(head + 2, (uint32_t)offset);
    app_reply(type, sequence, head, sizeof head, data + offset,
              left < TENSOR_DATA_MAX ? left : TENSOR_DATA_MAX);
  }
}
