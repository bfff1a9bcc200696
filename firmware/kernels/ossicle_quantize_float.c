#include <string.h>

#include "ossicle_float.h"
#include "ossicle_requantise.h"

#define BEYOND 512.0f /* steps from any zero point: more than there are */

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

void ossicle_quantize_float(const ossicle_float_layer *layer, const int8_t *input, int8_t *output) {
  for (int32_t i = 0; i < layer->count; ++i, input += sizeof(float)) {
    float real;
    memcpy(&real, input, sizeof real);
    const int32_t steps = rounded(real / layer->scale) + layer->zero_point;
    output[i] = (int8_t)((uint8_t)ossicle_clamp(steps, INT8_MIN, INT8_MAX) ^ layer->flip);
  }
}
