"""Block reconstruction of a residual block, by PyTorch in float64 with one autograd expression for the whole loss.

The tested code sums the gradients of two shares of the images by hand; here the loss is written down as it is defined
and differentiated as a whole. Labels are drawn from the same streams of random numbers.
"""

import json
import math
import pathlib

import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(23)
folder = pathlib.Path(__file__).parent
MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mix(value):
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def uniform(seed, purpose, index):
    """The first number of the stream of a seed, a purpose and an index, from [0, 1)."""
    digest = 0xCBF29CE484222325
    for byte in purpose.encode():
        digest = ((digest ^ byte) * 0x100000001B3) & MASK
    key = mix((mix((seed + GAMMA) & MASK) ^ digest))
    key = mix((key + index * GAMMA) & MASK)
    return (mix((key + GAMMA) & MASK) >> 11) * 2.0 ** -53


def normal(*shape, scale=1.0):
    # As float32 holds them, which is what the tested code is given.
    return (torch.randn(*shape, generator=generator) * scale).float().double()


SEED, ITERATIONS = 3, 1000
images = normal(6, 2, 5, 5)
stem, first, second = normal(3, 2, 3, 3, scale=0.5), normal(3, 3, 3, 3, scale=0.4), normal(3, 3, 1, 1, scale=0.7)
classifier = normal(4, 3, scale=1.5)


def block(value, weights):
    inner = functional.relu(functional.conv2d(value, weights[0], padding=1))
    return functional.relu(value + functional.conv2d(inner, weights[1]))


def logits(value):
    return functional.linear(value.mean((2, 3)), classifier)


entering = functional.relu(functional.conv2d(images, stem, padding=1))
target = block(entering, [first, second]).requires_grad_()
output = logits(target)
labels = []
for image, row in enumerate(output.detach().softmax(1)):
    left, label = uniform(SEED, "fisher label", image), len(row) - 1
    for index, share in enumerate(row.tolist()):
        left -= share
        if left < 0:
            label = index
            break
    labels.append(label)
gradient = torch.autograd.grad(functional.cross_entropy(output, torch.tensor(labels), reduction="sum"), target)[0]
squares = gradient ** 2
importance = (1 + squares / squares.mean((1, 2, 3), keepdim=True)) / 2
target = target.detach()


def reconstruct(bits):
    grids, floors, parameters = [], [], []
    for weight in (first, second):
        low = weight.flatten(1).min(1)[0].clamp(max=0)
        high = weight.flatten(1).max(1)[0].clamp(min=0)
        scale = ((high - low) * 0.9 / (2 ** bits - 1)).float().double()
        zero = (-0.9 * low / scale).round().clamp(0, 2 ** bits - 1)
        grids.append((scale, zero))
        scaled = weight / scale.view(-1, 1, 1, 1)
        floors.append(scaled.floor())
        share = (scaled - scaled.floor()).clamp(0.001, 0.999)
        parameters.append(torch.logit((share + 0.1) / 1.2).requires_grad_())

    def share(parameter):
        return (1.2 * torch.sigmoid(parameter) - 0.1).clamp(0, 1)

    def rounded(index):
        scale, zero = (part.view(-1, 1, 1, 1) for part in grids[index])
        return ((floors[index] + share(parameters[index]) + zero).clamp(0, 2 ** bits - 1) - zero) * scale

    moments = [(torch.zeros_like(p), torch.zeros_like(p)) for p in parameters]
    for iteration in range(ITERATIONS):
        error = block(entering, [rounded(0), rounded(1)]) - target
        loss = (importance * error ** 2).sum(1).mean()
        start = ITERATIONS // 5
        if iteration >= start:
            beta = 2 + 18 * (1 - (iteration - start) / (ITERATIONS - start))
            for parameter in parameters:
                loss = loss + 0.01 * (1 - (2 * share(parameter) - 1).abs() ** beta).sum()
        slopes = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, slope, (mean, square) in zip(parameters, slopes, moments):
                mean.mul_(0.9).add_(0.1 * slope)
                square.mul_(0.999).add_(0.001 * slope ** 2)
                corrected = mean / (1 - 0.9 ** (iteration + 1))
                size = (square / (1 - 0.999 ** (iteration + 1))).sqrt()
                parameter -= 0.01 * corrected / (size + 1e-8)
    levels, nearest = [], []
    for index, weight in enumerate((first, second)):
        # Single precision has to come to the same side.
        assert (share(parameters[index]) - 0.5).abs().min() > 0.01
        zero = grids[index][1].view(-1, 1, 1, 1)
        up = (share(parameters[index]) >= 0.5).double()
        levels.append((floors[index] + up + zero).clamp(0, 2 ** bits - 1).flatten().tolist())
        nearest.append(((weight / grids[index][0].view(-1, 1, 1, 1)).round() + zero).clamp(0, 2 ** bits - 1)
                       .flatten().tolist())
    assert levels != nearest
    return {"bits": bits, "scales": [grid[0].tolist() for grid in grids],
            "zeros": [grid[1].tolist() for grid in grids], "levels": levels}


result = {
    "seed": SEED, "iterations": ITERATIONS, "images": images.flatten().tolist(), "stem": stem.flatten().tolist(),
    "first": first.flatten().tolist(), "second": second.flatten().tolist(),
    "classifier": classifier.flatten().tolist(), "importance": importance.flatten().tolist(),
    "cases": [reconstruct(bits) for bits in (2, 3, 4)],
}
assert all(math.isfinite(value) for value in result["importance"])
(folder / "block_reconstruction.json").write_text(json.dumps(result) + "\n")
