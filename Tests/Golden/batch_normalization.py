"""Weights and biases of layers with batch norms in them, computed by numpy in float64.

The folded layer's output is checked against the layer followed by the batch norm, so that the formula stands by itself.
"""
import json
import pathlib

import numpy

generator = numpy.random.default_rng(17)
folder = pathlib.Path(__file__).parent


def normal(*shape):
    return generator.standard_normal(shape).astype(numpy.float32)


def apply(kind, weight, bias, values):
    """The layer on one position: values [input channels], a 1×1 convolution or a Gemm."""
    matrix = weight.reshape(weight.shape[0], -1) if kind != "Gemm" else weight.T
    return matrix @ values + bias


cases = []
for name, kind, shape, has_bias, epsilon in [
    ("convolution", "Conv", (3, 2, 2, 2), False, 1e-5),
    ("convolution with bias", "Conv", (2, 3, 1, 1), True, 1e-3),
    ("Gemm", "Gemm", (4, 3), True, 1e-5),
    ("Gemm, transposed", "GemmTransposed", (3, 4), False, 1e-5),
]:
    channels = shape[1] if kind == "Gemm" else shape[0]
    weight = normal(*shape)
    bias = normal(channels) if has_bias else numpy.zeros(channels, numpy.float32)
    scale, shift, mean = normal(channels), normal(channels), normal(channels)
    variance = numpy.abs(normal(channels)) + numpy.float32(0.1)
    double = {key: value.astype(numpy.float64) for key, value in
              {"weight": weight, "bias": bias, "scale": scale, "shift": shift, "mean": mean,
               "variance": variance}.items()}
    deviation = numpy.sqrt(double["variance"] + numpy.float64(numpy.float32(epsilon)))
    factor = double["scale"] / deviation
    along = (1, channels) if kind == "Gemm" else (channels,) + (1,) * (len(shape) - 1)
    folded_weight = double["weight"] * factor.reshape(along)
    folded_bias = (double["bias"] - double["mean"]) * factor + double["shift"]
    values = generator.standard_normal(shape[0] if kind == "Gemm" else int(numpy.prod(shape[1:])))
    before = apply(kind, double["weight"], double["bias"], values)
    wanted = double["scale"] * (before - double["mean"]) / deviation + double["shift"]
    numpy.testing.assert_allclose(apply(kind, folded_weight, folded_bias, values), wanted, rtol=1e-12)
    cases.append({
        "name": name, "kind": kind, "shape": list(shape), "epsilon": epsilon,
        "weight": weight.flatten().tolist(), "bias": bias.tolist() if has_bias else None,
        "scale": scale.tolist(), "shift": shift.tolist(), "mean": mean.tolist(), "variance": variance.tolist(),
        "foldedWeight": folded_weight.flatten().tolist(), "foldedBias": folded_bias.tolist(),
    })
(folder / "batch_normalization.json").write_text(json.dumps(cases) + "\n")
