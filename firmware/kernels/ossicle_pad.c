#include "ossicle_pad.h"

#include "ossicle_index.h"

/* Whether a position of the output lies on the input; if so, *offset is where. */
static int on_input(const ossicle_pad_layer *layer, const int32_t *index, int32_t *offset) {
  *offset = 0;
  for (int32_t axis = 0; axis < OSSICLE_PAD_RANK; ++axis) {
    const int32_t position = index[axis] - layer->before[axis];
    if (position < 0 || position >= layer->input_shape[axis]) {
      return 0;
    }
    *offset = *offset * layer->input_shape[axis] + position;
  }
  return 1;
}

void ossicle_pad(const ossicle_pad_layer *layer, const int8_t *input, int8_t *output) {
  int32_t index[OSSICLE_PAD_RANK] = {0};
  int32_t offset;
  do {
    *output++ = on_input(layer, index, &offset) ? input[offset] : layer->border;
  } while (ossicle_next_index(layer->output_shape, OSSICLE_PAD_RANK, index));
}
