/* CRC-32 and framing, as this core computes them. */
#include <string.h>

#include "ossicle_crc32.h"
#include "ossicle_frame.h"
#include "unity.h"

static uint8_t line[8192];
static size_t line_size;
static ossicle_receiver receiver;
static ossicle_frame frame;

static void to_line(const uint8_t *bytes, size_t size) {
  memcpy(line + line_size, bytes, size);
  line_size += size;
}

static void send(uint8_t sequence, const uint8_t *payload, size_t size) {
  ossicle_frame_send(to_line, 3, sequence, payload, size, NULL, 0);
}

/* Plays the line into the receiver; returns the last thing received, counts all of them. */
static ossicle_received play(int *count) {
  ossicle_received last = OSSICLE_RECEIVED_NOTHING;
  *count = 0;
  for (size_t i = 0; i < line_size; ++i) {
    ossicle_received received = ossicle_receiver_push(&receiver, line[i], &frame);
    if (received != OSSICLE_RECEIVED_NOTHING) {
      last = received;
      ++*count;
    }
  }
  line_size = 0;
  return last;
}

static void test_crc32_of_the_standards_check_string(void) {
  TEST_ASSERT_EQUAL(0xCBF43926u, ossicle_crc32(0, "123456789", 9));
  TEST_ASSERT_EQUAL(0x00000000u, ossicle_crc32(0, "", 0));
  TEST_ASSERT_EQUAL(0xD202EF8Du, ossicle_crc32(0, "\0", 1));
}

static void test_crc32_in_pieces(void) {
  TEST_ASSERT_EQUAL(0xCBF43926u, ossicle_crc32(ossicle_crc32(0, "1234", 4), "56789", 5));
}

static void test_a_frame_arrives_as_it_was_sent(void) {
  uint8_t payload[256];
  int count;
  for (size_t i = 0; i < sizeof payload; ++i) {
    payload[i] = (uint8_t)i; /* END and ESC among them */
  }
  send(7, payload, sizeof payload);
  TEST_ASSERT_EQUAL(OSSICLE_RECEIVED_FRAME, play(&count));
  TEST_ASSERT_EQUAL(1, count);
  TEST_ASSERT_EQUAL(3, frame.type);
  TEST_ASSERT_EQUAL(7, frame.sequence);
  TEST_ASSERT_EQUAL(sizeof payload, frame.length);
  TEST_ASSERT_EQUAL_MEMORY(payload, frame.payload, sizeof payload);
}

static void test_the_longest_frame_arrives(void) {
  static uint8_t payload[OSSICLE_FRAME_PAYLOAD_MAX];
  int count;
  memset(payload, (int)OSSICLE_SLIP_END, sizeof payload);
  send(1, payload, sizeof payload);
  TEST_ASSERT_EQUAL(OSSICLE_RECEIVED_FRAME, play(&count));
  TEST_ASSERT_EQUAL(sizeof payload, frame.length);
  TEST_ASSERT_EQUAL_MEMORY(payload, frame.payload, sizeof payload);
}

static void test_damage_is_told_and_costs_nothing_else(void) {
  int count;
  send(1, (const uint8_t *)"ab", 2);
  line[3] ^= 0x10u;
  TEST_ASSERT_EQUAL(OSSICLE_RECEIVED_TRUNCATED, play(&count)); /* byte 3 is the length's */
  send(1, (const uint8_t *)"ab", 2);
  line[5] ^= 0x10u;
  send(2, (const uint8_t *)"cd", 2);
  TEST_ASSERT_EQUAL(OSSICLE_RECEIVED_FRAME, play(&count));
  TEST_ASSERT_EQUAL(2, count);
  TEST_ASSERT_EQUAL(2, frame.sequence);
}

static void test_truncation_is_told_and_costs_nothing_else(void) {
  int count;
  send(1, (const uint8_t *)"abcdef", 6);
  line_size -= 4;
  send(2, (const uint8_t *)"cd", 2);
  TEST_ASSERT_EQUAL(OSSICLE_RECEIVED_FRAME, play(&count));
  TEST_ASSERT_EQUAL(2, count);
  TEST_ASSERT_EQUAL(2, frame.sequence);
}

static void test_an_oversized_frame_is_told_and_stays_in_bounds(void) {
  int count;
  line[line_size++] = OSSICLE_SLIP_END;
  memset(line + line_size, 'x', OSSICLE_FRAME_MAX + 500u);
  line_size += OSSICLE_FRAME_MAX + 500u;
  line[line_size++] = OSSICLE_SLIP_END;
  TEST_ASSERT_EQUAL(OSSICLE_RECEIVED_OVERSIZED, play(&count));
  TEST_ASSERT_EQUAL(1, count);
  send(9, NULL, 0);
  TEST_ASSERT_EQUAL(OSSICLE_RECEIVED_FRAME, play(&count));
}

int main(void) {
  UNITY_BEGIN();
  ossicle_receiver_reset(&receiver);
  RUN_TEST(test_crc32_of_the_standards_check_string);
  RUN_TEST(test_crc32_in_pieces);
  RUN_TEST(test_a_frame_arrives_as_it_was_sent);
  RUN_TEST(test_the_longest_frame_arrives);
  RUN_TEST(test_damage_is_told_and_costs_nothing_else);
  RUN_TEST(test_truncation_is_told_and_costs_nothing_else);
  RUN_TEST(test_an_oversized_frame_is_told_and_stays_in_bounds);
  return UNITY_END();
}
