#include "ossicle_resize_nearest_neighbor.h"

#include <string.h>

void ossicle_resize_nearest_neighbor(const ossicle_resize_nearest_neighbor_layer *layer,
                                     const int8_t *input, int8_t *output) {
  for (int32_t batch = 0; batch < layer->batches; ++batch, input += layer->image_bytes) {
    for (int32_t y = 0; y < layer->height; ++y) {
      for (int32_t x = 0; x < layer->width; ++x, output += layer->depth) {
        memcpy(output, input + layer->rows[y] + layer->columns[x], (size_t)layer->depth);
      }
    }
  }
}
