#include <string.h>

#include "ossicle_float.h"
#include "ossicle_requantise.h"

#define BEYOND 131072.0f /* steps from any zero point: more than there are */

/* To nearest, ties away from zero; what is not a number counts as the lowest. Within the bounds
 * `steps` less its whole part is exact. */
static int32_t rounded(float steps) {
  if (!(steps > -BEYOND)) {
    return (int32_t)-BEYOND;
  }
  if (steps > BEYOND) {
    return (int32_t)BEYOND;
  }
  const int32_t whole = (int32_t)steps;
  const float rest = steps - (float)whole;
  return whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0);
}

static int32_t quantised(const ossicle_float_layer *layer, const int8_t *input) {
  float real;
  memcpy(&real, input, sizeof real);
  return rounded(real / layer->scale) + layer->zero_point;
}

void ossicle_quantize_float(const ossicle_float_layer *layer, const int8_t *input, int8_t *output) {
  for (int32_t i = 0; i < layer->count; ++i, input += sizeof(float)) {
    const int32_t steps = ossicle_clamp(quantised(layer, input), INT8_MIN, INT8_MAX);
    output[i] = (int8_t)((uint8_t)steps ^ layer->flip);
  }
}

void ossicle_quantize_float_16(const ossicle_float_layer *layer, const int8_t *input,
                               void *output) {
  int16_t *to = output;
  for (int32_t i = 0; i < layer->count; ++i, input += sizeof(float)) {
    to[i] = (int16_t)ossicle_clamp(quantised(layer, input), INT16_MIN, INT16_MAX);
  }
}
