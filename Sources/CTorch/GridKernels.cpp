#include "GridKernels.h"

// The same loops for wider vectors, chosen when the program starts. None of the sums below follows a product, so that no
// processor joins the two into one rounding.
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

} // namespace emq
