// Sums over consecutive parts of a buffer, in double precision.
//
// Sixteen lanes are added up apart and joined at the end in a fixed order, so the result is the same however wide a
// processor's vectors are. Each function is compiled for several of these, and the loader picks one.

#include "CTorch.h"

#include <cmath>
#include <limits>

// Fused multiplication and addition would round otherwise than where there is none.
#pragma clang fp contract(off)

namespace {

constexpr int lanes = 16;

#if defined(__x86_64__)
#define EMQ_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EMQ_CLONES
#endif

double joined(const double *lane) {
  double sum = 0;
  for (int i = 0; i < lanes; ++i) sum += lane[i];
  return sum;
}

#define EMQ_DEFINE(Element, name)                                                                        \
  EMQ_CLONES void means_##name(const Element *x, int64_t count, double *result) {                        \
    double sum[lanes] = {}, absolute[lanes] = {};                                                        \
    auto step = [&](int64_t i, int k) __attribute__((always_inline)) {                                   \
      double v = x[i];                                                                                   \
      sum[k] += v;                                                                                       \
      absolute[k] += std::fabs(v);                                                                       \
    };                                                                                                   \
    int64_t i = 0;                                                                                       \
    for (; i + lanes <= count; i += lanes)                                                               \
      for (int k = 0; k < lanes; ++k) step(i + k, k);                                                    \
    for (int k = 0; i < count; ++i, ++k) step(i, k);                                                     \
    result[0] = joined(sum);                                                                             \
    result[1] = joined(absolute);                                                                        \
  }                                                                                                      \
  EMQ_CLONES void moments_##name(const Element *x, int64_t count, double *result) {                      \
    double sum[lanes] = {}, absolute[lanes] = {}, square[lanes] = {}, cube[lanes] = {};                  \
    double absolute_cube[lanes] = {}, positive[lanes] = {}, negative[lanes] = {}, undefined[lanes] = {}; \
    double least[lanes], greatest[lanes];                                                                \
    for (int k = 0; k < lanes; ++k) {                                                                    \
      least[k] = std::numeric_limits<double>::infinity();                                                \
      greatest[k] = -std::numeric_limits<double>::infinity();                                            \
    }                                                                                                    \
    auto step = [&](int64_t i, int k) __attribute__((always_inline)) {                                   \
      double v = x[i];                                                                                   \
      sum[k] += v;                                                                                       \
      absolute[k] += std::fabs(v);                                                                       \
      square[k] += v * v;                                                                                \
      cube[k] += v * v * v;                                                                              \
      absolute_cube[k] += std::fabs(v * v * v);                                                          \
      positive[k] += v > 0 ? 1.0 : 0.0;                                                                  \
      negative[k] += v < 0 ? 1.0 : 0.0;                                                                  \
      undefined[k] += v != v ? 1.0 : 0.0;                                                                \
      least[k] = v < least[k] ? v : least[k];                                                            \
      greatest[k] = v > greatest[k] ? v : greatest[k];                                                   \
    };                                                                                                   \
    int64_t i = 0;                                                                                       \
    for (; i + lanes <= count; i += lanes)                                                               \
      for (int k = 0; k < lanes; ++k) step(i + k, k);                                                    \
    for (int k = 0; i < count; ++i, ++k) step(i, k);                                                     \
    double low = least[0], high = greatest[0];                                                           \
    for (int k = 1; k < lanes; ++k) {                                                                    \
      low = least[k] < low ? least[k] : low;                                                             \
      high = greatest[k] > high ? greatest[k] : high;                                                    \
    }                                                                                                    \
    bool has_nan = joined(undefined) > 0;                                                                \
    const double nan = std::numeric_limits<double>::quiet_NaN();                                         \
    result[0] = joined(sum);                                                                             \
    result[1] = joined(absolute);                                                                        \
    result[2] = joined(square);                                                                          \
    result[3] = joined(cube);                                                                            \
    result[4] = joined(absolute_cube);                                                                   \
    result[5] = has_nan ? nan : joined(positive);                                                        \
    result[6] = has_nan ? nan : joined(negative);                                                        \
    result[7] = has_nan ? nan : low;                                                                     \
    result[8] = has_nan ? nan : high;                                                                    \
  }                                                                                                      \
  EMQ_CLONES void centered_##name(const Element *x, int64_t count, double center, double *result) {      \
    double square[lanes] = {}, cube[lanes] = {}, fourth[lanes] = {};                                     \
    auto step = [&](int64_t i, int k) __attribute__((always_inline)) {                                   \
      double v = x[i] - center;                                                                          \
      square[k] += v * v;                                                                                \
      cube[k] += v * v * v;                                                                              \
      fourth[k] += (v * v) * (v * v);                                                                    \
    };                                                                                                   \
    int64_t i = 0;                                                                                       \
    for (; i + lanes <= count; i += lanes)                                                               \
      for (int k = 0; k < lanes; ++k) step(i + k, k);                                                    \
    for (int k = 0; i < count; ++i, ++k) step(i, k);                                                     \
    result[0] = joined(square);                                                                          \
    result[1] = joined(cube);                                                                            \
    result[2] = joined(fourth);                                                                          \
  }

#define EMQ_DEFINE_PAIR(Left, Right, name)                                                               \
  EMQ_CLONES void pairs_##name(const Left *x, const Right *y, int64_t count, double *result) {           \
    double product[lanes] = {}, absolute[lanes] = {}, square[lanes] = {}, distance[lanes] = {};          \
    double signs[lanes] = {};                                                                            \
    auto step = [&](int64_t i, int k) __attribute__((always_inline)) {                                   \
      double a = x[i], b = y[i], d = a - b;                                                              \
      product[k] += a * b;                                                                               \
      absolute[k] += std::fabs(a * b);                                                                   \
      square[k] += d * d;                                                                                \
      distance[k] += std::fabs(d);                                                                       \
      double left = (a > 0 ? 1.0 : 0.0) - (a < 0 ? 1.0 : 0.0);                                           \
      double right = (b > 0 ? 1.0 : 0.0) - (b < 0 ? 1.0 : 0.0);                                          \
      signs[k] += left != right ? 1.0 : 0.0;                                                             \
    };                                                                                                   \
    int64_t i = 0;                                                                                       \
    for (; i + lanes <= count; i += lanes)                                                               \
      for (int k = 0; k < lanes; ++k) step(i + k, k);                                                    \
    for (int k = 0; i < count; ++i, ++k) step(i, k);                                                     \
    result[0] = joined(product);                                                                         \
    result[1] = joined(absolute);                                                                        \
    result[2] = joined(square);                                                                          \
    result[3] = joined(distance);                                                                        \
    bool is_defined = result[3] == result[3];                                                            \
    result[4] = is_defined ? joined(signs) : std::numeric_limits<double>::quiet_NaN();                   \
  }

EMQ_DEFINE(float, float32)
EMQ_DEFINE(double, float64)
EMQ_DEFINE_PAIR(float, float, float32)
EMQ_DEFINE_PAIR(double, double, float64)

}  // namespace

void ct_sums_float32(const float *x, int64_t count, double *result) { means_float32(x, count, result); }
void ct_sums_float64(const double *x, int64_t count, double *result) { means_float64(x, count, result); }
void ct_moments_float32(const float *x, int64_t count, double *result) { moments_float32(x, count, result); }
void ct_moments_float64(const double *x, int64_t count, double *result) { moments_float64(x, count, result); }

void ct_centered_float32(const float *x, int64_t count, double center, double *result) {
  centered_float32(x, count, center, result);
}

void ct_centered_float64(const double *x, int64_t count, double center, double *result) {
  centered_float64(x, count, center, result);
}

void ct_pairs_float32(const float *x, const float *y, int64_t count, double *result) {
  pairs_float32(x, y, count, result);
}

void ct_pairs_float64(const double *x, const double *y, int64_t count, double *result) {
  pairs_float64(x, y, count, result);
}
