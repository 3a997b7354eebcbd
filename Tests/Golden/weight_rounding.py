"""Second moments of convolutions' inputs and second-order rounding, by numpy in float64.

Each case is a convolution by itself. The moments come from explicit loops over output positions; the rounding
re-solves for the remaining columns from the inverse of the shrinking Hessian at every step (the update rule of
Optimal Brain Compression that GPTQ's Cholesky form is derived from), so it shares no formula with the tested code.
"""

import json
import pathlib

import numpy

generator = numpy.random.default_rng(11)
folder = pathlib.Path(__file__).parent


def columns(images, kernel, stride, padding, groups):
    """Input values that each output position multiplies with, [groups, K, positions]."""
    count, channels, height, width = images.shape
    padded = numpy.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows = range(0, height + 2 * padding - kernel + 1, stride)
    lines = range(0, width + 2 * padding - kernel + 1, stride)
    result = []
    for group in range(groups):
        part = padded[:, group * channels // groups:(group + 1) * channels // groups]
        result.append(numpy.stack(
            [part[n, :, y:y + kernel, x:x + kernel].ravel() for n in range(count) for y in rows for x in lines], 1))
    return numpy.stack(result)


def second_order(weight, hessian, scales, zeros, highest):
    """Levels of a weight [out, K] for H [K, K], columns in descending order of the diagonal."""
    order = numpy.argsort(-numpy.diag(hessian), kind="stable")
    damped = hessian + 0.01 * numpy.diag(hessian).mean() * numpy.eye(len(hessian))
    levels = numpy.zeros_like(weight)
    for channel in range(len(weight)):
        w = weight[channel].copy()
        left = list(order)
        for column in order:
            inverse = numpy.linalg.inv(damped[numpy.ix_(left, left)])
            level = numpy.clip(numpy.round(w[column] / scales[channel]) + zeros[channel], 0, highest)
            levels[channel, column] = level
            error = w[column] - (level - zeros[channel]) * scales[channel]
            for place, other in enumerate(left):
                w[other] -= error / inverse[0, 0] * inverse[0, place]
            left.remove(column)
    return levels


cases = []
for bits, channels, outputs, kernel, stride, padding, groups in [
    (2, 4, 6, 3, 1, 1, 1), (3, 6, 6, 3, 2, 1, 6), (4, 6, 4, 1, 1, 0, 2), (2, 4, 4, 3, 2, 0, 2),
]:
    mixing = generator.normal(size=(channels, channels)) + 2
    images = numpy.einsum("ab,nbyx->nayx", mixing, generator.normal(size=(5, channels, 7, 7)))
    images = (0.2 * numpy.maximum(images, 0)).astype(numpy.float32).astype(numpy.float64)
    weight = generator.normal(size=(outputs, channels // groups, kernel, kernel)).astype(numpy.float32).astype(float)
    rows = weight.reshape(outputs, -1)
    highest = 2**bits - 1
    scales = ((rows.max(1).clip(0) - rows.min(1).clip(None, 0)) / highest).astype(numpy.float32).astype(float)
    zeros = numpy.round(-rows.min(1).clip(None, 0) / scales)
    x = columns(images, kernel, stride, padding, groups)
    hessian = numpy.einsum("gkp,gjp->gkj", x, x) / x.shape[2]
    share = outputs // groups
    levels = numpy.concatenate([
        second_order(rows[g * share:(g + 1) * share], hessian[g], scales[g * share:(g + 1) * share],
                     zeros[g * share:(g + 1) * share], highest) for g in range(groups)])
    cases.append({
        "bits": bits, "kernel": kernel, "stride": stride, "padding": padding, "groups": groups,
        "imageShape": list(images.shape), "images": images.ravel().tolist(),
        "weightShape": list(weight.shape), "weight": weight.ravel().tolist(), "scales": scales.tolist(),
        "zeros": zeros.tolist(), "second": hessian.ravel().tolist(), "mean": x.mean(2).ravel().tolist(),
        "levels": levels.ravel().tolist(),
    })
(folder / "weight_rounding.json").write_text(json.dumps(cases) + "\n")
