#include "Products.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>

namespace emq {

static double count(const at::Tensor &tensor) { return static_cast<double>(tensor.numel()); }

// Rows times columns times what is summed over, for each matrix of the two stacks.
static double of_matrices(const at::Tensor &left, const at::Tensor &right) {
  if (left.dim() == 0 || right.dim() == 0)
    return 0;
  double product = static_cast<double>(left.size(-1));
  if (left.dim() > 1)
    product *= static_cast<double>(left.size(-2));
  if (right.dim() > 1)
    product *= static_cast<double>(right.size(-1));
  const auto size = [](const at::Tensor &stack, int64_t axis) { return axis <= stack.dim() ? stack.size(-axis) : 1; };
  for (int64_t axis = 3; axis <= std::max(left.dim(), right.dim()); ++axis)
    product *= static_cast<double>(std::max(size(left, axis), size(right, axis)));
  return product;
}

// Each element of the weight once at each position of the output; of the input where that is transposed.
static double of_convolution(const torch::jit::Stack &arguments) {
  const auto input = arguments[0].toTensor(), weight = arguments[1].toTensor();
  if (input.dim() < 3 || weight.dim() != input.dim())
    return 0;
  const auto strides = arguments[3].toIntVector(), padding = arguments[4].toIntVector(),
             dilations = arguments[5].toIntVector();
  const bool transposed = arguments[6].toBool();
  double positions = static_cast<double>(input.size(0));
  for (int64_t axis = 0; axis < input.dim() - 2; ++axis) {
    const auto own = [axis](const std::vector<int64_t> &values) {
      return values.empty() ? 1 : values[std::min<size_t>(axis, values.size() - 1)];
    };
    const double size = static_cast<double>(input.size(axis + 2));
    const double reach = static_cast<double>(own(dilations)) * static_cast<double>(weight.size(axis + 2) - 1) + 1;
    const double stride = std::max<double>(1, static_cast<double>(own(strides)));
    positions *= transposed ? size
                            : std::max(0.0, (size + 2 * static_cast<double>(own(padding)) - reach) / stride + 1);
  }
  return positions * count(weight);
}

// The sizes of all letters; what an ellipsis stands for counts as one.
static double of_einsum(const std::string &equation, const std::vector<at::Tensor> &operands) {
  std::map<char, double> sizes;
  double ellipsis = 1;
  size_t start = 0;
  for (const auto &operand : operands) {
    std::string term = equation.substr(start, equation.find_first_of(",-", start) - start);
    start += term.size() + 1;
    term.erase(std::remove(term.begin(), term.end(), ' '), term.end());
    const auto dots = term.find("...");
    const auto behind = dots == std::string::npos ? 0 : static_cast<int64_t>(term.size() - dots - 3);
    const auto before = static_cast<int64_t>(dots == std::string::npos ? term.size() : dots);
    double rest = 1;
    for (int64_t axis = 0; axis < operand.dim(); ++axis) {
      const double size = static_cast<double>(operand.size(axis));
      if (axis < before)
        sizes[term[axis]] = std::max(sizes[term[axis]], size);
      else if (axis >= operand.dim() - behind)
        sizes[term[term.size() - (operand.dim() - axis)]] = size;
      else
        rest *= size;
    }
    ellipsis = std::max(ellipsis, rest);
    if (start > equation.size())
      break;
  }
  double product = ellipsis;
  for (const auto &[letter, size] : sizes)
    product *= size;
  return product;
}

static double multiplications(const char *name, const torch::jit::Stack &arguments) {
  const auto is = [name](const char *other) { return std::strcmp(name, other) == 0; };
  if (is("aten::matmul") || is("aten::mm"))
    return of_matrices(arguments[0].toTensor(), arguments[1].toTensor());
  if (is("aten::linear"))
    return of_matrices(arguments[0].toTensor(), arguments[1].toTensor().t());
  if (is("aten::convolution"))
    return of_convolution(arguments);
  if (is("aten::einsum"))
    return of_einsum(arguments[0].toStringRef(), arguments[1].toTensorVector());
  return 0;
}

void charge(ct_bounds &bounds, const char *name, const torch::jit::Stack &arguments) {
  if (bounds.products_name == nullptr)
    return;
  const double needed = multiplications(name, arguments);
  TORCH_CHECK(needed <= bounds.left, "needs ", needed, " multiplications, beyond the ", bounds.products,
              " that all together may take (limit ", bounds.products_name, ")");
  bounds.left -= needed;
}

} // namespace emq
