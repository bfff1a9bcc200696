/* Runs the self-test, then lets a listener hear made sounds in chunks of many sizes, and prints
 * what it says of each window: on the host and on emulated cores alike. */
#include "ossicle_listener.h"
#include "ossicle_self_test.h"
#include "port.h"

#define WINDOWS 4u
#define CHUNK_MAX 1000u

static uint8_t arena[OSSICLE_MODEL_ARENA_BYTES]
    __attribute__((aligned(OSSICLE_MODEL_ARENA_ALIGNMENT)));
static ossicle_listener listener;
static uint32_t random_state;

/* A linear congruential generator (Numerical Recipes, chapter 7.1); every window has fewer bits. */
static int16_t next_sample(uint32_t n) {
  random_state = random_state * 1664525u + 1013904223u;
  return (int16_t)((int32_t)(random_state >> 16) - 32768) >> 5 * (n / OSSICLE_MODEL_PCM_SAMPLES);
}

static void print_byte(uint8_t byte) {
  const char text[3] = {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15], '\0'};
  port_print(text);
}

static void print_heard(const ossicle_heard *heard) {
  print_byte((uint8_t)heard->label);
  print_byte(heard->level);
  print_byte((uint8_t)(heard->peak >> 8));
  print_byte((uint8_t)heard->peak);
  print_byte(heard->silent);
  for (int i = 0; i < OSSICLE_MODEL_OUTPUT_BYTES; ++i) {
    print_byte((uint8_t)heard->outputs[i]);
  }
  port_print("\n");
}

int main(void) {
  static const uint16_t chunks[] = {1, 7, 0, 160, 333, CHUNK_MAX, 512};
  int16_t pcm[CHUNK_MAX];
  print_byte((uint8_t)ossicle_self_test(&listener, arena));
  port_print("\n");
  ossicle_listener_reset(&listener, arena);
  uint32_t n = 0;
  random_state = 1;
  for (uint32_t turn = 0; n < WINDOWS * OSSICLE_MODEL_PCM_SAMPLES; ++turn) {
    size_t samples = chunks[turn % (sizeof chunks / sizeof chunks[0])];
    for (size_t i = 0; i < samples; ++i) {
      pcm[i] = next_sample(n + (uint32_t)i);
    }
    n += (uint32_t)samples;
    for (size_t done = 0; done < samples;) {
      ossicle_heard heard;
      int ready;
      done += ossicle_listener_push(&listener, pcm + done, samples - done, &heard, &ready);
      if (ready) {
        print_heard(&heard);
      }
    }
  }
  return 0;
}
