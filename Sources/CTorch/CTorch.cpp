#include "CTorch.h"
#include "GridKernels.h"
#include "Products.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/CPUAllocator.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/version.h>

#include <jemalloc/jemalloc.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <string>

// Activations are large and short-lived. Mapped anew and given back at once, as by default, their page faults cost about a
// third of the time of a training step; so what is freed stays until it is asked back. glibc's heap, which can be told the
// same, does not find it again between small things that stay: a network of 25 million weights took 13 GB in place of 1.
extern "C" const char *malloc_conf = "oversize_threshold:0,dirty_decay_ms:-1";

struct ct_tensor {
  at::Tensor value;
};

namespace {

// Counts what tensors take, and refuses what is beyond the calling thread's bound.
class BoundedAllocator final : public c10::Allocator {
public:
  c10::DataPtr allocate(size_t byte_count) override {
    const int64_t present = live.load(std::memory_order_relaxed);
    TORCH_CHECK(bounds.bytes_name == nullptr ||
                    (byte_count <= static_cast<size_t>(bounds.total) &&
                     present <= bounds.total - static_cast<int64_t>(byte_count)),
                "needs ", byte_count, " bytes more for a tensor, beyond the ", bounds.bytes,
                " that all together may take (limit ", bounds.bytes_name, ")");
    void *data = inner()->raw_allocate(byte_count);
    live.fetch_add(static_cast<int64_t>(malloc_usable_size(data)), std::memory_order_relaxed);
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &release; }

  void copy_data(void *to, const void *from, std::size_t count) const override {
    default_copy_data(to, from, count);
  }

  static inline std::atomic<int64_t> live{0};
  static inline thread_local ct_bounds bounds{0, 0, nullptr, 0, 0, nullptr};

private:
  static c10::Allocator *inner() { return c10::GetDefaultCPUAllocator(); }

  static void release(void *data) {
    live.fetch_sub(static_cast<int64_t>(malloc_usable_size(data)), std::memory_order_relaxed);
    inner()->raw_deallocate(data);
  }
};

struct AllocatorInstallation {
  BoundedAllocator allocator;
  AllocatorInstallation() { c10::SetCPUAllocator(&allocator, /*priority=*/1); }
};

// Never destroyed, as tensors may live as long as the process.
void install_allocator() { [[maybe_unused]] static auto *installation = new AllocatorInstallation; }

std::atomic<int64_t> live_handles{0};
thread_local std::string last_error;

ct_handle make_handle(at::Tensor value) {
  auto handle = new ct_tensor{std::move(value)};
  live_handles.fetch_add(1, std::memory_order_relaxed);
  return handle;
}

// libtorch appends a backtrace to its messages; the first line holds the reason.
std::string first_line(const std::string &message) {
  auto end = message.find('\n');
  return end == std::string::npos ? message : message.substr(0, end);
}

template <typename Body>
int guarded(Body body) {
  try {
    body();
    return 0;
  } catch (const c10::Error &error) {
    last_error = first_line(error.what_without_backtrace());
  } catch (const std::exception &error) {
    last_error = first_line(error.what());
  } catch (...) {
    last_error = "an exception of unknown type";
  }
  return 1;
}

// Integers for a parameter of numbers that may be left out, such as `Scalar?[]`; other types as they are.
bool is_list_of_optional(const c10::TypePtr &type) {
  return type->kind() == c10::TypeKind::ListType &&
         type->castRaw<c10::ListType>()->getElementType()->kind() == c10::TypeKind::OptionalType;
}

c10::IValue value_of(const ct_argument &argument, const c10::TypePtr &type) {
  if (argument.kind == CT_INTS && is_list_of_optional(type)) {
    c10::List<std::optional<at::Scalar>> list;
    for (size_t i = 0; i < argument.count; ++i)
      list.push_back(at::Scalar(argument.integers[i]));
    return c10::IValue(std::move(list));
  }
  switch (argument.kind) {
  case CT_NONE:
    return c10::IValue();
  case CT_TENSOR:
    return c10::IValue(argument.tensor->value);
  case CT_INT:
    return c10::IValue(argument.integer);
  case CT_DOUBLE:
    return c10::IValue(argument.number);
  case CT_BOOL:
    return c10::IValue(static_cast<bool>(argument.integer != 0));
  case CT_STRING:
    return c10::IValue(std::string(argument.string));
  case CT_INTS: {
    c10::List<int64_t> list;
    list.reserve(argument.count);
    for (size_t i = 0; i < argument.count; ++i)
      list.push_back(argument.integers[i]);
    return c10::IValue(std::move(list));
  }
  case CT_TENSORS: {
    c10::List<at::Tensor> list;
    list.reserve(argument.count);
    for (size_t i = 0; i < argument.count; ++i)
      list.push_back(argument.tensors[i]->value);
    return c10::IValue(std::move(list));
  }
  }
  TORCH_CHECK(false, "an argument of unknown kind ", static_cast<int>(argument.kind));
}

} // namespace

const char *ct_last_error(void) { return last_error.c_str(); }

int ct_from_bytes(const void *bytes, size_t byte_count, const int64_t *shape, size_t rank, int type,
                  ct_handle *result) {
  return guarded([&] {
    at::NoGradGuard no_gradients;
    auto tensor = at::empty(at::IntArrayRef(shape, rank),
                            at::TensorOptions().dtype(static_cast<at::ScalarType>(type)));
    TORCH_CHECK(tensor.nbytes() == byte_count, "a tensor of shape ", tensor.sizes(), " takes ",
                tensor.nbytes(), " bytes, not ", byte_count);
    if (byte_count > 0)
      std::memcpy(tensor.mutable_data_ptr(), bytes, byte_count);
    *result = make_handle(std::move(tensor));
  });
}

int ct_copy_bytes(ct_handle tensor, void *bytes, size_t byte_count) {
  return guarded([&] {
    at::NoGradGuard no_gradients;
    auto source = tensor->value.detach().contiguous();
    TORCH_CHECK(source.nbytes() == byte_count, "a tensor of ", source.nbytes(),
                " bytes does not fit a buffer of ", byte_count);
    if (byte_count > 0)
      std::memcpy(bytes, source.const_data_ptr(), byte_count);
  });
}

void ct_release(ct_handle tensor) {
  if (tensor == nullptr)
    return;
  delete tensor;
  live_handles.fetch_sub(1, std::memory_order_relaxed);
}

int64_t ct_live_handles(void) { return live_handles.load(std::memory_order_relaxed); }

int ct_scalar_type(ct_handle tensor) { return static_cast<int>(tensor->value.scalar_type()); }
int64_t ct_rank(ct_handle tensor) { return tensor->value.dim(); }

int64_t ct_size(ct_handle tensor, int64_t dimension) {
  return dimension >= 0 && dimension < tensor->value.dim() ? tensor->value.sizes()[dimension] : -1;
}

void ct_release_free_memory() {
  mallctl(("arena." + std::to_string(MALLCTL_ARENAS_ALL) + ".purge").c_str(), nullptr, nullptr, nullptr, 0);
}

ct_bounds ct_bound(int64_t bytes, const char *bytes_name, double products, const char *products_name) {
  // Tensors from before the first bound need not be counted.
  install_allocator();
  const auto before = BoundedAllocator::bounds;
  // Bounds within others do not widen them.
  auto total = BoundedAllocator::live.load(std::memory_order_relaxed) + bytes;
  if (before.bytes_name)
    total = std::min(total, before.total);
  if (before.products_name)
    products = std::min(products, before.left);
  BoundedAllocator::bounds = {total, bytes, bytes_name, products, products, products_name};
  return before;
}

void ct_restore_bounds(ct_bounds bounds) {
  const auto &inner = BoundedAllocator::bounds;
  bounds.left -= inner.products - inner.left;
  BoundedAllocator::bounds = bounds;
}

int64_t ct_element_count(ct_handle tensor) { return tensor->value.numel(); }

void *ct_elements(ct_handle tensor) {
  return tensor->value.is_contiguous() ? tensor->value.data_ptr() : nullptr;
}

int ct_call(const char *name, const char *overload, const ct_argument *arguments, size_t argument_count,
            ct_handle *results, size_t capacity, size_t *result_count) {
  *result_count = 0;
  return guarded([&] {
    auto operation = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    const auto &parameters = operation.schema().arguments();
    TORCH_CHECK(argument_count <= parameters.size(), name, " takes ", parameters.size(),
                " arguments, not ", argument_count);
    torch::jit::Stack stack;
    stack.reserve(parameters.size());
    for (size_t i = 0; i < parameters.size(); ++i) {
      if (i < argument_count) {
        stack.push_back(value_of(arguments[i], parameters[i].type()));
      } else {
        TORCH_CHECK(parameters[i].default_value().has_value(), name, " lacks its argument '",
                    parameters[i].name(), "'");
        stack.push_back(*parameters[i].default_value());
      }
    }
    emq::charge(BoundedAllocator::bounds, name, stack);
    operation.callBoxed(stack);
    std::vector<at::Tensor> tensors;
    for (auto &value : stack) {
      if (value.isTensor()) {
        tensors.push_back(value.toTensor());
      } else if (value.isTensorList()) {
        for (const auto &member : value.toTensorVector())
          tensors.push_back(member);
      } else {
        TORCH_CHECK(value.isScalar() || value.isBool(), name, " gives a result that is not a tensor");
        tensors.push_back(at::scalar_tensor(value.toScalar(), at::kDouble));
      }
    }
    TORCH_CHECK(tensors.size() <= capacity, name, " gives ", tensors.size(), " tensors, more than ",
                capacity);
    for (auto &tensor : tensors)
      results[(*result_count)++] = make_handle(std::move(tensor));
  });
}

int ct_levels(ct_handle tensor, float scale, int zero, int highest, ct_handle *result) {
  return guarded([&] {
    at::NoGradGuard no_gradients;
    const auto &source = tensor->value;
    TORCH_CHECK(source.scalar_type() == at::kFloat, "levels are made of float32, not of ",
                source.scalar_type());
    TORCH_CHECK(0 <= zero && zero <= highest && highest <= 255, "levels 0 to ", highest, " around ", zero,
                " do not fit a byte");
    auto dense = source.is_non_overlapping_and_dense() ? source : source.contiguous();
    auto levels = at::empty_like(dense, dense.options().dtype(at::kByte));
    emq::levels_of(dense.const_data_ptr<float>(), levels.mutable_data_ptr<uint8_t>(), dense.numel(), scale, zero,
                   highest);
    *result = make_handle(std::move(levels));
  });
}

int ct_round_to_grid(ct_handle tensor, float scale, float low, float high, ct_handle *result) {
  return guarded([&] {
    at::NoGradGuard no_gradients;
    const auto &source = tensor->value;
    if (source.scalar_type() != at::kFloat) {
      *result = make_handle(at::round(source / scale).clamp_(low, high).mul_(scale));
      return;
    }
    auto dense = source.is_non_overlapping_and_dense() ? source : source.contiguous();
    auto rounded = at::empty_like(dense);
    emq::round_to_grid(dense.const_data_ptr<float>(), rounded.mutable_data_ptr<float>(), dense.numel(), scale, low,
                       high);
    *result = make_handle(std::move(rounded));
  });
}

int ct_requantize(ct_handle sums, ct_handle bias, ct_handle factors, float scale, float low, float high,
                  ct_handle *result) {
  return guarded([&] {
    at::NoGradGuard no_gradients;
    auto rounded = sums->value.contiguous(at::MemoryFormat::ChannelsLast);
    const auto &multipliers = factors->value;
    TORCH_CHECK(rounded.scalar_type() == at::kFloat && multipliers.scalar_type() == at::kFloat &&
                    multipliers.is_contiguous() && multipliers.numel() == rounded.size(1),
                "sums of ", rounded.size(1), " channels need as many factors, float32");
    auto addend = bias ? bias->value.contiguous() : at::zeros_like(multipliers);
    TORCH_CHECK(addend.scalar_type() == at::kFloat && addend.numel() == rounded.size(1), "sums of ",
                rounded.size(1), " channels need as many biases, float32");
    emq::requantize_rows(rounded.mutable_data_ptr<float>(), rounded.size(0) * rounded.size(2) * rounded.size(3),
                         rounded.size(1), addend.const_data_ptr<float>(), multipliers.const_data_ptr<float>(), scale,
                         low, high);
    *result = make_handle(std::move(rounded));
  });
}

void ct_round_columns(float *block, int64_t width, int64_t rows, const float *scales, const float *lowest,
                      const float *highest, const float *factor, const float *original, int64_t channels, float damping,
                      float *errors, double *sums) {
  emq::round_columns(block, width, rows, scales, lowest, highest, factor, original, channels, damping, errors, sums);
}

int ct_set_requires_gradient(ct_handle tensor, bool requires_gradient) {
  return guarded([&] { tensor->value.requires_grad_(requires_gradient); });
}

bool ct_requires_gradient(ct_handle tensor) { return tensor->value.requires_grad(); }

int ct_gradients(const ct_handle *outputs, const ct_handle *output_gradients, size_t output_count,
                 const ct_handle *inputs, size_t input_count, bool retain_graph, bool create_graph,
                 ct_handle *results) {
  return guarded([&] {
    torch::autograd::variable_list output_list, gradient_list, input_list;
    for (size_t i = 0; i < output_count; ++i) {
      output_list.push_back(outputs[i]->value);
      gradient_list.push_back(output_gradients[i] != nullptr ? output_gradients[i]->value
                                                             : at::ones_like(outputs[i]->value));
    }
    for (size_t i = 0; i < input_count; ++i)
      input_list.push_back(inputs[i]->value);
    auto gradients = torch::autograd::grad(output_list, input_list, gradient_list, retain_graph,
                                           create_graph, /*allow_unused=*/true);
    for (size_t i = 0; i < input_count; ++i)
      results[i] = gradients[i].defined() ? make_handle(std::move(gradients[i])) : nullptr;
  });
}

bool ct_set_gradients_enabled(bool enabled) {
  bool before = torch::autograd::GradMode::is_enabled();
  torch::autograd::GradMode::set_enabled(enabled);
  return before;
}

int ct_set_inner_threads(int count) {
  return guarded([&] { at::set_num_threads(count); });
}

const char *ct_version(void) { return TORCH_VERSION; }
