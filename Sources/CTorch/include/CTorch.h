// libtorch behind a small C interface.
//
// Every function that can fail returns 0 on success and another number on failure, when
// ct_last_error() has the reason (of the calling thread). No C++ exception leaves this interface.
// Tensors are owned handles: each one received is given back by ct_release().

#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor *ct_handle;

typedef enum {
  CT_NONE = 0,
  CT_TENSOR = 1,
  CT_INT = 2,
  CT_DOUBLE = 3,
  CT_BOOL = 4,
  CT_STRING = 5,
  CT_INTS = 6,
  CT_TENSORS = 7,
} ct_kind;

// One argument of an operation; the field that `kind` names is the one that counts.
typedef struct {
  ct_kind kind;
  ct_handle tensor;
  int64_t integer;
  double number;
  const char *string;
  const int64_t *integers;
  const ct_handle *tensors;
  size_t count;
} ct_argument;

// The reason of the calling thread's last failure.
const char *ct_last_error(void);

// Makes a tensor of the ATen scalar type `type` from a copy of `byte_count` bytes in row-major order.
int ct_from_bytes(const void *bytes, size_t byte_count, const int64_t *shape, size_t rank, int type,
                  ct_handle *result);

// Copies a tensor's elements, in row-major order, to `bytes`, which holds `byte_count` bytes.
int ct_copy_bytes(ct_handle tensor, void *bytes, size_t byte_count);

void ct_release(ct_handle tensor);

// Gives memory that nothing uses back to the system.
void ct_release_free_memory(void);

// Lets tensors take `bytes` more than they do now, and products of matrices `products` multiplications, in operations that this
// thread calls; those that need more fail and say the bound's name, which has to live as long. Gives the bounds that were, for
// ct_restore_bounds.
typedef struct {
  int64_t total;
  int64_t bytes;
  const char *bytes_name;
  double left;
  double products;
  const char *products_name;
} ct_bounds;
ct_bounds ct_bound(int64_t bytes, const char *bytes_name, double products, const char *products_name);
void ct_restore_bounds(ct_bounds bounds);

// How many handles are alive in this process.
int64_t ct_live_handles(void);

int ct_scalar_type(ct_handle tensor);
int64_t ct_rank(ct_handle tensor);
int64_t ct_size(ct_handle tensor, int64_t dimension);
int64_t ct_element_count(ct_handle tensor);

// The elements of a tensor that is laid out row by row, for as long as the handle lives; null for others.
void *ct_elements(ct_handle tensor);

// Σx and Σ|x| of `count` elements, in double precision.
void ct_sums_float32(const float *x, int64_t count, double *result);
void ct_sums_float64(const double *x, int64_t count, double *result);

// Σx, Σ|x|, Σx², Σx³, Σ|x|³, how many are above and how many below 0, the least and the greatest; the last four are NaN
// where any element is.
void ct_moments_float32(const float *x, int64_t count, double *result);
void ct_moments_float64(const double *x, int64_t count, double *result);

// Second, third and fourth powers of x − center, summed.
void ct_centered_float32(const float *x, int64_t count, double center, double *result);
void ct_centered_float64(const double *x, int64_t count, double center, double *result);

// Σxy, Σ|xy|, Σ(x − y)², Σ|x − y|, and at how many places signs differ, 0 having a sign of its own.
void ct_pairs_float32(const float *x, const float *y, int64_t count, double *result);
void ct_pairs_float64(const double *x, const double *y, int64_t count, double *result);

// Calls the ATen operation `name` (such as "aten::add") in its `overload` (such as "Tensor") through the
// dispatcher. Arguments left out at the end take the defaults of the operation's schema. Up to `capacity`
// tensors are stored in `results`; a list of tensors counts as its members.
int ct_call(const char *name, const char *overload, const ct_argument *arguments, size_t argument_count,
            ct_handle *results, size_t capacity, size_t *result_count);

// clamp(round(x / scale) + zero, 0, highest) of a float32 tensor as uint8, halves to even, in the
// tensor's own layout; `highest` is at most 255.
int ct_levels(ct_handle tensor, float scale, int zero, int highest, ct_handle *result);

// clamp(round(x / scale), low, high) * scale, halves to even, in the tensor's own layout; `low` and `high` are whole numbers
// below 2^22.
int ct_round_to_grid(ct_handle tensor, float scale, float low, float high, ct_handle *result);

// clamp(round((x + bias) * factor), low, high) * scale of float32 sums [N, channels, H, W], with a bias (NULL for none) and a
// factor for each channel. Sums that nobody else has, channels last, are overwritten.
int ct_requantize(ct_handle sums, ct_handle bias, ct_handle factors, float scale, float low, float high,
                  ct_handle *result);

// Rounds a block of columns, [width, rows], to steps from 0 on the grid of each row, the first column first. The errors of a
// column, (w - w') / U[i, i] with U = `factor`, [width, width], are stored in `errors`, [width, rows], and passed on to the
// columns behind it. `lowest` and `highest` are the rows' least and greatest steps. Rows are several grids of the same
// `channels`; `original` is what these were before any error was passed on, [width, channels]. To `sums`, one a row, error^2 -
// damping * (original - w')^2 is added.
void ct_round_columns(float *block, int64_t width, int64_t rows, const float *scales, const float *lowest,
                      const float *highest, const float *factor, const float *original, int64_t channels, float damping,
                      float *errors, double *sums);

int ct_set_requires_gradient(ct_handle tensor, bool requires_gradient);
bool ct_requires_gradient(ct_handle tensor);

// Gradients of the sum of outputs · output_gradients with respect to inputs. A null output gradient stands
// for ones. An input that the outputs do not depend on gives a null result.
int ct_gradients(const ct_handle *outputs, const ct_handle *output_gradients, size_t output_count,
                 const ct_handle *inputs, size_t input_count, bool retain_graph, bool create_graph,
                 ct_handle *results);

// Turns recording for gradients on or off for the calling thread; returns what it was.
bool ct_set_gradients_enabled(bool enabled);

// Bounds the threads that operations called from this thread use inside; returns 0 on success.
int ct_set_inner_threads(int count);

// The version of libtorch, such as "2.13.0".
const char *ct_version(void);

#ifdef __cplusplus
}
#endif

#endif
