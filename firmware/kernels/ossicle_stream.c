#include "ossicle_stream.h"

#include <stddef.h>
#include <string.h>

/* Copies towards lower addresses, or apart; memmove of small C libraries goes byte by byte. */
static void copy_down(int8_t *to, const int8_t *from, int32_t count) {
  for (; count >= 16; count -= 16, to += 16, from += 16) {
    uint32_t words[4];
    memcpy(words, from, sizeof words);
    memcpy(to, words, sizeof words);
  }
  for (; count > 0; --count) {
    *to++ = *from++;
  }
}

static void fill(int8_t *to, int32_t value, int32_t count) { memset(to, value, (size_t)count); }

/* A ring's counts are of parts of rows, those of the lead included. */
static int8_t *row_at(const ossicle_ring *ring, int8_t *base, int32_t count, int32_t row) {
  const int32_t rows = (count + ring->parts - 1) / ring->parts;
  const int32_t gone = rows > ring->rows ? rows - ring->rows : 0;
  return base + ring->offset + (row - gone) * ring->row_bytes;
}

/* The place of the row of the next part. */
static int8_t *next_row(const ossicle_ring *ring, int8_t *base, int32_t count) {
  const int32_t row = count / ring->parts;
  if (row >= ring->rows && count % ring->parts == 0) {
    int8_t *const begin = base + ring->offset;
    copy_down(begin, begin + ring->row_bytes, (ring->rows - 1) * ring->row_bytes);
  }
  return row_at(ring, base, count + 1, row);
}

/* `row` is copied instead of the first stage's input, if there is one. */
static void compute(const ossicle_stream *stream, const ossicle_stage *stage, int8_t *base,
                    const int32_t *counts, const int8_t *row) {
  const ossicle_ring *const ring = &stream->rings[stage->output];
  const int32_t part = counts[stage->output] - ring->lead * ring->parts;
  const int8_t *inputs[2] = {base, base};
  int8_t *const output = next_row(ring, base, counts[stage->output]);
  if (row && stage == stream->stages) {
    copy_down(output, row, ring->row_bytes);
    return;
  }
  if (ring->parts > 1 && part % ring->parts == 0) {
    fill(output, INT8_MIN, ring->row_bytes);
  }
  for (int32_t i = 0; i < stage->input_count; ++i) {
    const ossicle_stream_input *const input = &stage->inputs[i];
    const ossicle_ring *const source = &stream->rings[input->ring];
    inputs[i] = row_at(source, base, counts[input->ring],
                       source->lead + part * input->stride - input->padding);
  }
  stage->row(base, inputs, output);
}

static void take_step(const ossicle_stream *stream, int8_t *base, int32_t *counts, int32_t step,
                      const int8_t *row) {
  if (step & OSSICLE_STREAM_FILL) {
    const int32_t number = step & ~OSSICLE_STREAM_FILL;
    const ossicle_ring *const ring = &stream->rings[number];
    fill(next_row(ring, base, counts[number]), ring->zero_point, ring->row_bytes);
    counts[number] += ring->parts;
  } else {
    const ossicle_stage *const stage = &stream->stages[step];
    compute(stream, stage, base, counts, row);
    ++counts[stage->output];
  }
}

/* The number of the next step, then the count of each ring. */
static int32_t *state_of(const ossicle_stream *stream, int8_t *base) {
  return (void *)(base + stream->state);
}

void ossicle_stream_begin(const ossicle_stream *stream, int8_t *base) {
  int32_t *const state = state_of(stream, base);
  state[0] = 0;
  for (int32_t i = 0; i < stream->ring_count; ++i) {
    const ossicle_ring *const ring = &stream->rings[i];
    fill(base + ring->offset, ring->zero_point, ring->lead * ring->row_bytes);
    state[1 + i] = (ring->lead + ring->given) * ring->parts;
  }
}

int ossicle_stream_push(const ossicle_stream *stream, int8_t *base, const int8_t *row) {
  int32_t *const state = state_of(stream, base);
  while (state[0] < stream->step_count) {
    take_step(stream, base, state + 1, stream->steps[state[0]++], row);
    if (row && state[0] < stream->step_count && stream->steps[state[0]] == 0) {
      return 0;
    }
  }
  return 1;
}

void ossicle_stream_run(const ossicle_stream *stream, int8_t *base) {
  ossicle_stream_begin(stream, base);
  ossicle_stream_push(stream, base, NULL);
}

void ossicle_stream_copy(const int8_t *from, int8_t *to, int32_t from_step, int32_t to_step,
                         int32_t count, int32_t bytes) {
  for (; count > 0; --count, from += from_step, to += to_step) {
    copy_down(to, from, bytes);
  }
}
