#include "ossicle_copy.h"

#include <string.h>

#include "ossicle_index.h"

#define LAST (OSSICLE_COPY_RANK - 1)

/* The last axis, in one piece where its elements are neighbours on both sides. */
static void copy_row(const ossicle_box *box, const int8_t *from, int8_t *to) {
  const int32_t step = box->from[LAST], length = box->shape[LAST];
  if (step == 1 && box->to[LAST] == 1) {
    memcpy(to, from, (size_t)length);
    return;
  }
  for (int32_t i = 0; i < length; ++i) {
    to[i * box->to[LAST]] = from[i * step];
  }
}

static void copy_box(const ossicle_box *box, const int8_t *input, int8_t *output) {
  int32_t index[LAST] = {0};
  do {
    copy_row(box, input + box->first + ossicle_offset_of(box->from, LAST, index),
             output + box->target + ossicle_offset_of(box->to, LAST, index));
  } while (ossicle_next_index(box->shape, LAST, index));
}

void ossicle_copy(const ossicle_copy_layer *layer, const int8_t *const *inputs,
                  int8_t *const *outputs) {
  for (int32_t k = 0; k < layer->count; ++k) {
    copy_box(&layer->boxes[k], inputs[k * layer->input_step], outputs[k * layer->output_step]);
  }
}
