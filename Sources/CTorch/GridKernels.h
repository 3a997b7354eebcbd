// Loops over floats that round to grids, without libtorch.
//
// Quotients are divisions in single precision and halves go to even, as QuantizeLinear in ONNX defines it. A value that is
// not a number stays one.

#ifndef CTORCH_GRID_KERNELS_H
#define CTORCH_GRID_KERNELS_H

#include <cstdint>

namespace emq {

// clamp(round(x / scale), low, high) * scale, `low` and `high` whole numbers below 2^22.
void round_to_grid(const float *from, float *to, int64_t count, float scale, float low, float high);

// clamp(round((x + bias) * factor), low, high) * scale in place, of `rows` rows of one element for each channel.
void requantize_rows(float *values, int64_t rows, int64_t channels, const float *bias, const float *factors,
                     float scale, float low, float high);

// clamp(round(x / scale) + zero, 0, highest) as bytes; a value that is not a number becomes 0.
void levels_of(const float *from, uint8_t *to, int64_t count, float scale, int zero, int highest);

// Rounds a block of columns, [width, rows], to steps from 0 on their grids, the first column first, and passes errors on to
// those behind it; see ct_round_columns.
void round_columns(float *block, int64_t width, int64_t rows, const float *scales, const float *lowest,
                   const float *highest, const float *factor, const float *original, int64_t channels, float damping,
                   float *errors, double *sums);

} // namespace emq

#endif
