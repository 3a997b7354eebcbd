#include "GridKernels.h"

// The same loops for wider vectors, chosen when the program starts. No processor joins a product and a sum into one rounding,
// so that all give the same numbers.
#pragma clang fp contract(off)
#if defined(__x86_64__) && defined(__linux__)
#define EMQ_VECTORS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EMQ_VECTORS
#endif

namespace emq {

// Adding and taking away 1.5 * 2^23 rounds to the nearest integer, halves to even, in a loop that compilers vectorize.
static constexpr float shift = 12582912.0f;

EMQ_VECTORS void round_to_grid(const float *from, float *to, int64_t count, float scale, float low, float high) {
  for (int64_t i = 0; i < count; ++i) {
    float value = from[i] / scale;
    value = value < low ? low : value;
    value = value > high ? high : value;
    to[i] = ((value + shift) - shift) * scale;
  }
}

EMQ_VECTORS void requantize_rows(float *values, int64_t rows, int64_t channels, const float *__restrict bias,
                                 const float *__restrict factors, float scale, float low, float high) {
  for (int64_t row = 0; row < rows; ++row) {
    float *__restrict own = values + row * channels;
    for (int64_t channel = 0; channel < channels; ++channel) {
      float value = (own[channel] + bias[channel]) * factors[channel];
      value = value < low ? low : value;
      value = value > high ? high : value;
      own[channel] = ((value + shift) - shift) * scale;
    }
  }
}

EMQ_VECTORS void levels_of(const float *from, uint8_t *to, int64_t count, float scale, int zero, int highest) {
  const float low = static_cast<float>(-zero), high = static_cast<float>(highest - zero);
  for (int64_t i = 0; i < count; ++i) {
    float value = from[i] / scale;
    value = value > low ? value : low;
    value = value < high ? value : high;
    value = (value + shift) - shift;
    to[i] = static_cast<uint8_t>(static_cast<int>(value) + zero);
  }
}

static inline void round_column(float *__restrict column, int64_t rows, const float *__restrict scales,
                                const float *__restrict lowest, const float *__restrict highest, float inverse,
                                const float *__restrict original, float damping, float *__restrict errors,
                                double *__restrict sums) {
  for (int64_t row = 0; row < rows; ++row) {
    const float value = column[row];
    float step = value / scales[row];
    step = step < lowest[row] ? lowest[row] : step;
    step = step > highest[row] ? highest[row] : step;
    step = (step + shift) - shift;
    column[row] = step;
    const float rounded = step * scales[row];
    const float error = (value - rounded) * inverse;
    errors[row] = error;
    const float change = original[row] - rounded;
    sums[row] += static_cast<double>(error * error - damping * change * change);
  }
}

EMQ_VECTORS void round_columns(float *block, int64_t width, int64_t rows, const float *scales, const float *lowest,
                               const float *highest, const float *factor, const float *original, int64_t channels,
                               float damping, float *errors, double *sums) {
  for (int64_t column = 0; column < width; ++column) {
    float *own = block + column * rows, *passed = errors + column * rows;
    const float *factors = factor + column * width;
    const float inverse = 1 / factors[column];
    for (int64_t first = 0; first < rows; first += channels)
      round_column(own + first, channels, scales + first, lowest + first, highest + first, inverse,
                   original + column * channels, damping, passed + first, sums + first);
    for (int64_t later = column + 1; later < width; ++later) {
      float *__restrict target = block + later * rows;
      const float *__restrict change = passed;
      const float share = factors[later];
      for (int64_t row = 0; row < rows; ++row)
        target[row] -= change[row] * share;
    }
  }
}

} // namespace emq
