"""Writes oracle_regression.json: out-of-fold predictions of ridge regressions on ranks, by numpy in float64.

Features are written out, their products too, and normal equations solved in the space of features; leave-one-out
errors come from fitting again without each example. So nothing is shared with the tested code, which works with
kernels, eigenvectors and a closed form.
"""

import itertools
import json
import pathlib

import numpy
from scipy import stats

PENALTIES = 10.0 ** (numpy.arange(-8, 7) / 2)
PAIR_WEIGHTS = [0.1, 0.3, 1, 3, 10]


def features(form, bits):
    """A list of feature matrices, one for each candidate weight of pairs."""
    columns = [column for column in bits.T if len(set(column)) > 1]
    if form == "linear":
        matrix = numpy.stack(columns, 1).astype(float)
        return [(matrix - matrix.mean(0)) / matrix.std(0) / numpy.sqrt(len(columns))]
    one_hot = [[(column == value).astype(float) for value in sorted(set(column))] for column in columns]
    single = numpy.stack([x for layer in one_hot for x in layer], 1) / numpy.sqrt(len(columns))
    if form == "additive":
        return [single]
    pairs = [x * y for one, other in itertools.combinations(one_hot, 2) for x in one for y in other]
    pairs = numpy.stack(pairs, 1) / numpy.sqrt(len(columns) * (len(columns) - 1) / 2)
    return [numpy.concatenate([single, numpy.sqrt(weight) * pairs], 1) for weight in PAIR_WEIGHTS]


def fit(x, y, penalty):
    centred = x - x.mean(0)
    weights = numpy.linalg.solve(centred.T @ centred + penalty * numpy.eye(x.shape[1]), centred.T @ (y - y.mean()))
    return lambda other: y.mean() + (other - x.mean(0)) @ weights


def left_out_error(x, y, penalty):
    errors = []
    for index in range(len(y)):
        others = numpy.arange(len(y)) != index
        errors.append(y[index] - fit(x[others], y[others], penalty)(x[index]))
    return float(numpy.mean(numpy.square(errors)))


def predictions(form, bits, response, folds):
    result = numpy.zeros(len(response))
    errors = []
    for fold in sorted(set(folds)):
        held = folds == fold
        y = response[~held]
        candidates = []
        for matrix in features(form, bits):
            x = matrix[~held]
            scale = numpy.square(x - x.mean(0)).sum() / len(y)
            for penalty in PENALTIES * scale:
                candidates.append((left_out_error(x, y, penalty), matrix, penalty))
        errors.append([error for error, _, _ in candidates])
        _, matrix, penalty = min(candidates, key=lambda candidate: candidate[0])
        result[held] = fit(matrix[~held], y, penalty)(matrix[held])
    return result.tolist(), errors


def main():
    random = numpy.random.default_rng(7)
    count, layers = 36, 4
    weight_bits = random.integers(2, 5, (count, layers))
    weight_bits[:, 0] = 8
    activation_bits = numpy.full((count, layers), 8)
    activation_bits[:, 3] = random.choice([4, 6, 8], count)
    bits = numpy.concatenate([weight_bits, activation_bits], 1)
    scores = random.normal(size=(2 * layers, 9))
    truth = sum(scores[layer, bits[:, layer]] for layer in range(2 * layers))
    truth = truth + 2 * (bits[:, 1] == 2) * (bits[:, 2] == 2) + 0.3 * random.normal(size=count)
    truth = numpy.round(truth, 1)
    folds = numpy.arange(count) * 7 % 4
    result = {
        "weight_bits": weight_bits.tolist(),
        "activation_bits": activation_bits.tolist(),
        "truth": truth.tolist(),
        "folds": folds.tolist(),
        "predictions": {},
    }
    for form in ["linear", "additive", "pairwise"]:
        result["predictions"][form], errors = predictions(form, bits, stats.rankdata(truth), folds)
        if form == "linear":
            # The first fold's, so that the closed form is compared by itself.
            result["left_out_errors"] = errors[0]
            x = features(form, bits)[0][folds != 0]
            result["kernel"] = (x @ x.T).tolist()
            result["response"] = stats.rankdata(truth)[folds != 0].tolist()
            result["penalties"] = (PENALTIES * numpy.square(x - x.mean(0)).sum() / len(x)).tolist()
    path = pathlib.Path(__file__).with_name("oracle_regression.json")
    path.write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
