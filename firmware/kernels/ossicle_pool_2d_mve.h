/* AVERAGE_POOL_2D and MAX_POOL_2D for cores with Helium, some channels at a time. */
#ifndef OSSICLE_POOL_2D_MVE_H
#define OSSICLE_POOL_2D_MVE_H

#include "ossicle_pool_2d.h"

#ifdef __cplusplus
extern "C" {
#endif

/* As ossicle_average_pool_2d and ossicle_max_pool_2d. */
void ossicle_average_pool_2d_mve(const ossicle_pool_2d_layer *layer, const int8_t *input,
                                 int8_t *output);
void ossicle_max_pool_2d_mve(const ossicle_pool_2d_layer *layer, const int8_t *input,
                             int8_t *output);

/* The part of a window that lies on the input: `first` is the channel of interest of its first
 * pixel; rows and columns are at least one. */
typedef struct {
  const int8_t *first;
  int32_t rows, columns;
  int32_t row_step, column_step; /* bytes */
} ossicle_window_mve;

/* Pools `channels` channels of a window, at most `lanes` of the caller of ossicle_pool_2d_mve. */
typedef void (*ossicle_pool_mve)(const ossicle_pool_2d_layer *layer,
                                 const ossicle_window_mve *window, int32_t channels,
                                 int8_t *output);

/* Goes through all windows, `lanes` channels at a time. Inlined into a kernel, it calls no pointer.
 */
static inline void ossicle_for_each_window_mve(const ossicle_pool_2d_layer *layer,
                                               ossicle_pool_mve pool, int32_t lanes,
                                               const int8_t *input, int8_t *output) {
  const int32_t pixel = layer->channels;
  const int32_t row = layer->width.input * pixel;
  for (int32_t batch = 0; batch < layer->batches; ++batch, input += layer->height.input * row) {
    for (int32_t y = 0; y < layer->height.output; ++y) {
      const ossicle_taps down = ossicle_taps_at(&layer->height, y);
      for (int32_t x = 0; x < layer->width.output; ++x, output += pixel) {
        const ossicle_taps across = ossicle_taps_at(&layer->width, x);
        ossicle_window_mve window = {input + (down.origin + down.begin) * row +
                                         (across.origin + across.begin) * pixel,
                                     down.end - down.begin, across.end - across.begin, row, pixel};
        for (int32_t done = 0; done < pixel; done += lanes, window.first += lanes) {
          const int32_t left = pixel - done;
          pool(layer, &window, left < lanes ? left : lanes, output + done);
        }
      }
    }
  }
}

#ifdef __cplusplus
}
#endif

#endif
