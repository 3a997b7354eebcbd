// How much operations multiply, so that a few bytes of a hostile file do not take hours.

#ifndef CTORCH_PRODUCTS_H
#define CTORCH_PRODUCTS_H

#include "CTorch.h"

#include <ATen/core/stack.h>

namespace emq {

// Takes an operation's multiplications from what a thread may still do; throws where that is not enough.
void charge(ct_bounds &bounds, const char *name, const torch::jit::Stack &arguments);

} // namespace emq

#endif
