"""Writes primitives.json: layer scores of formulas with every primitive, by numpy and SciPy in float64.

Operations are written as they are defined, one layer and one operation at a time: determinants come from singular
values, distances from differences, divergences and entropies from probabilities. So no rearranged form of the tested
code is shared. A score is null in the file where it is not finite in any layer; formulas whose layers all have the
same score but for rounding are listed as constants.
"""

import json
import pathlib

import numpy
from scipy import stats

WEIGHT_SHAPES = [(6, 4, 3, 3), (5, 3, 1, 1), (7, 20)]
ACTIVATION_SHAPES = [(6, 5, 5), (5, 4, 4), (7,)]


def rows(x):
    """A row for each index of the first dimension; a number is one row."""
    return x.reshape(x.shape[0], -1) if x.ndim else x.reshape(1, 1)


def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


def softplus(x):
    return numpy.log(1 + numpy.exp(x))


def softmax(x):
    exponentials = numpy.exp(rows(x))
    return (exponentials / exponentials.sum(0)).reshape(x.shape)


def entropy(x):
    p = numpy.abs(x) / numpy.abs(x).sum()
    p = p[p != 0]  # p ln p tends to 0.
    return -(p * numpy.log(p)).sum()


def divergence(x, y):
    p, q = (numpy.exp(z) / numpy.exp(z).sum() for z in (x, y))
    return (p * numpy.log(p / q)).sum()


def variance(x):
    # Of a single element it is 0 / 0, which is an error for integers.
    return ((x - x.mean()) ** 2).sum() / numpy.float64(x.size - 1)


def deviation(x):
    return numpy.sqrt(variance(x))


def norm(x):
    return numpy.sqrt((x * x).sum())


UNARY = {
    "no_op": lambda x: x,
    "abs": lambda x: numpy.where(x < 0, -x, x),
    "log": numpy.log,
    "abslog": lambda x: numpy.log(numpy.abs(x)),
    "log1p": lambda x: numpy.log(1 + numpy.abs(x)),
    "exp": numpy.exp,
    "square": lambda x: x ** 2,
    "cube": lambda x: x ** 3,
    "sqrt": numpy.sqrt,
    "cbrt": numpy.cbrt,
    "relu": lambda x: numpy.where(x > 0, x, 0),
    "leaky_relu": lambda x: numpy.where(x > 0, x, 0.01 * x),
    "swish": lambda x: x * sigmoid(x),
    "mish": lambda x: x * numpy.tanh(softplus(x)),
    "softplus": softplus,
    "tanh": numpy.tanh,
    "sigmoid": sigmoid,
    "saturate": lambda x: x / (1 + numpy.abs(x)),
    "sign": lambda x: numpy.where(x > 0, 1, numpy.where(x < 0, -1, 0)),
    "heaviside": lambda x: numpy.where(x > 0, 1, 0),
    "invert": lambda x: 1 / x,
    "negate": lambda x: 0 - x,
    "normalize": lambda x: (x - x.mean()) / deviation(x),
    "min_max": lambda x: (x - x.min()) / (x.max() - x.min()),
    "center": lambda x: x - x.mean(),
    "l1_normalize": lambda x: x / numpy.abs(x).sum(),
    "l2_normalize": lambda x: x / norm(x),
    "softmax": softmax,
    "log_softmax": lambda x: numpy.log(softmax(x)),
    "row_means": lambda x: rows(x).mean(1),
    "row_norms": lambda x: numpy.array([norm(row) for row in rows(x)]),
    "row_products": lambda x: numpy.array([[(a * b).sum() for b in rows(x)] for a in rows(x)]),
    "pairwise_distance": lambda x: numpy.array([[norm(a - b) for b in rows(x)] for a in rows(x)]),
    "frobenius_norm": norm,
    "l1_norm": lambda x: numpy.abs(x).sum(),
    "max_norm": lambda x: numpy.abs(x).max(),
    "to_rms": lambda x: numpy.sqrt((x ** 2).mean()),
    "normalized_sum": lambda x: x.sum() / x.size,
    "to_sum": lambda x: x.sum(),
    "to_mean": lambda x: x.mean(),
    "to_geometric_mean": lambda x: numpy.exp(numpy.log(numpy.abs(x)).mean()),
    "to_std": deviation,
    "to_var": variance,
    "to_skewness": lambda x: stats.skew(x.ravel(), bias=True),
    "to_kurtosis": lambda x: stats.kurtosis(x.ravel(), fisher=True, bias=True),
    "to_min": lambda x: x.min(),
    "to_max": lambda x: x.max(),
    "to_entropy": entropy,
    "log_determinant": lambda x: numpy.log(1 + numpy.linalg.svd(rows(x), compute_uv=False) ** 2).sum(),
}

BINARY = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "matmul": lambda x, y: numpy.array([[(a * b).sum() for b in rows(y)] for a in rows(x)]),
    "div": lambda x, y: x / y,
    "max": lambda x, y: numpy.where(x > y, x, y),
    "min": lambda x, y: numpy.where(x < y, x, y),
    "lesser": lambda x, y: numpy.where(x < y, 1, 0),
    "greater": lambda x, y: numpy.where(x > y, 1, 0),
    "equal": lambda x, y: numpy.where(x == y, 1, 0),
    "hamming_distance": lambda x, y: (numpy.sign(x) != numpy.sign(y)).mean(),
    "kl_divergence": divergence,
    "cosine_similarity": lambda x, y: (x * y).sum() / (norm(x) * norm(y)),
    "euclidean_distance": lambda x, y: norm(x - y),
    "l1_distance": lambda x, y: numpy.abs(x - y).mean(),
    "mse": lambda x, y: ((x - y) ** 2).mean(),
}

UNARY_FORMULAS = [
    "{}(weight)", "{}(abs(weight))", "frobenius_norm({}(weight))", "{}(top_eigenvalue)", "{}(abs(top_eigenvalue))",
]
BINARY_FORMULAS = [
    "{}(weight, gradient)", "{}(gradient, weight)", "frobenius_norm({}(weight, gradient))",
    "{}(weight, activation)", "{}(gradient, top_eigenvalue)", "{}(abs(weight), square(gradient))",
]
OTHER_FORMULAS = [
    # Shapes that are the same in the last layer alone.
    "mul(row_means(weight), activation)", "to_entropy(gradient)", "hamming_distance(row_norms(weight), activation)",
    # Shapes that are no weight's.
    "mul(row_means(weight), row_means(gradient))", "matmul(row_products(weight), pairwise_distance(gradient))",
    "kl_divergence(row_norms(weight), row_norms(gradient))",
]


def mapped(operation):
    """An operation on the tensors of all layers."""
    return lambda tensors: [numpy.asarray(operation(x), float) for x in tensors]


def joined(operation):
    """The same of two operands, which are reduced to their means unless all their shapes are the same."""
    def on_layers(left, right):
        if [x.shape for x in left] != [y.shape for y in right]:
            left, right = mapped(numpy.mean)(left), mapped(numpy.mean)(right)
        return [numpy.asarray(operation(x, y), float) for x, y in zip(left, right)]
    return on_layers


def inputs():
    """Multiples of 1/64, which single precision holds too, in graph order; no weight is zero."""
    random = numpy.random.default_rng(23)

    def draw(shape, scale, mean):
        return numpy.round(64 * random.normal(mean, scale, shape)) / 64

    result = {"weight": [], "gradient": [], "activation": []}
    for shape, scale, mean in zip(WEIGHT_SHAPES, [0.5, 1.0, 0.75], [0.1, -0.2, 0.05]):
        weight = draw(shape, scale, mean)
        weight[weight == 0] = 1 / 64
        gradient = draw(shape, scale / 2, -mean)
        places = random.permutation(weight.size)
        gradient.ravel()[places[:weight.size // 5]] = 0
        same = places[weight.size // 5:weight.size // 3]
        gradient.ravel()[same] = weight.ravel()[same]
        result["weight"].append(weight)
        result["gradient"].append(gradient)
    for shape, scale, mean in zip(ACTIVATION_SHAPES, [0.5, 1.5, 1.0], [-0.3, 0.4, 0.6]):
        result["activation"].append(draw(shape, scale, mean))
    # The second eigenvalue is the mean of the second gradient, so that `equal` is 1 there and 0 elsewhere.
    gradient = result["gradient"][1].ravel()
    mean = numpy.round(64 * gradient.mean()) / 64
    gradient[numpy.argmax(gradient)] += gradient.size * mean - gradient.sum()
    assert gradient.mean() == mean != 0
    result["top_eigenvalue"] = [numpy.array(x) for x in (1.375, mean, -2.25)]
    return result


def main():
    tensors = inputs()
    names = {**tensors, **{name: mapped(f) for name, f in UNARY.items()}, **{n: joined(f) for n, f in BINARY.items()}}
    formulas = [form.format(name) for name in UNARY for form in UNARY_FORMULAS]
    formulas += [form.format(name) for name in BINARY for form in BINARY_FORMULAS] + OTHER_FORMULAS
    scores, constants = {}, []
    for formula in formulas:
        with numpy.errstate(all="ignore"):
            values = eval(formula, {"__builtins__": {}}, names)
            means = [float(value.mean()) for value in values]
        scores[formula] = None
        if numpy.isfinite(means).all():
            scores[formula] = [float(f"{mean:.13g}") for mean in means]
            spread, size = max(means) - min(means), max(numpy.abs(value).mean() for value in values)
            if spread <= 1e-12 * size:
                constants.append(formula)
            else:
                # Far from what any bound between rounding and differences would be.
                assert spread > 1e-3 * size, formula
    result = {
        "tensors": {
            name: [{"shape": list(x.shape), "values": x.ravel().tolist()} for x in layers]
            for name, layers in tensors.items()
        },
        "scores": scores,
        "constants": constants,
    }
    path = pathlib.Path(__file__).with_name("primitives.json")
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
