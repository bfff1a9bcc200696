/* Depth-first execution: layers computed row by row, in an order that was worked out beforehand. */
#ifndef OSSICLE_STREAM_H
#define OSSICLE_STREAM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Rings of a stream at most: the last tensor's included. */
#define OSSICLE_STREAM_RINGS 32
/* A step that adds a row of padding to the ring of its lower bits. */
#define OSSICLE_STREAM_FILL 0x80

/* The rows of a tensor that exist at a time, one behind the other, the oldest first. When it is
 * full, a new row moves the others down by one. */
typedef struct {
  int32_t offset;    /* in the arena */
  int32_t row_bytes; /* from one row to the next */
  uint16_t rows;     /* it holds at most */
  uint16_t lead;     /* rows of padding that it begins with */
  uint16_t given;    /* rows that are there before the first step */
  uint8_t parts;     /* steps that make a row; one of several begins as INT8_MIN everywhere */
  int8_t zero_point; /* what padding is filled with */
} ossicle_ring;

/* From which row on a ring is read for part p of the output's rows, the y-th row itself if it comes
 * in one part: p * stride - padding, the lead not counted. */
typedef struct {
  uint8_t ring, stride;
  uint16_t padding;
} ossicle_stream_input;

/* Computes a part of a row of a layer, or copies a row; `base` is the arena. */
typedef void (*ossicle_row)(int8_t *base, const int8_t *const *inputs, int8_t *output);

typedef struct {
  ossicle_row row;
  ossicle_stream_input inputs[2];
  uint8_t input_count;
  uint8_t output; /* ring */
} ossicle_stage;

typedef struct {
  const ossicle_ring *rings;
  const ossicle_stage *stages;
  const uint8_t *steps; /* numbers of stages, or fills */
  int32_t ring_count, step_count;
  int32_t state; /* in the arena, a multiple of four: where int32 are, one more than rings */
} ossicle_stream;

/* Goes through all steps. */
void ossicle_stream_run(const ossicle_stream *stream, int8_t *base);

/* The same where the first stage copies rows of the first tensor: begins; then takes these rows one
 * by one, from `row` and not from the tensor, and goes through the steps up to the next one's.
 * Returns whether there are no more steps. */
void ossicle_stream_begin(const ossicle_stream *stream, int8_t *base);
int ossicle_stream_push(const ossicle_stream *stream, int8_t *base, const int8_t *row);

/* Copies `count` pieces of so many bytes that lie so many bytes apart. */
void ossicle_stream_copy(const int8_t *from, int8_t *to, int32_t from_step, int32_t to_step,
                         int32_t count, int32_t bytes);

#ifdef __cplusplus
}
#endif

#endif
