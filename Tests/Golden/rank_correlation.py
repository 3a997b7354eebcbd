"""Writes rank_correlation.json: agreement of lists with and without ties.

Correlations are SciPy's in float64; overlaps and regrets are numpy's. Needs both. What is not defined (too few values,
all equal, or one that is not finite) is null. Numbers that are not finite are the texts "nan", "inf" and "-inf".
"""

import json
import math
import os

import numpy
from scipy import stats

SHARES = (0.2, 0.5, 1.0)
STRATA = (1, 3, 10)


def is_ordered(values):
    return len(values) > 1 and bool(numpy.isfinite(values).all()) and len(set(values)) > 1


def defined(function, left, right):
    return float(function(left, right).statistic) if is_ordered(left) and is_ordered(right) else None


def highest(share, values):
    """Positions of the share with the highest values, equal ones taken by position."""
    count = math.floor(len(values) * share + 0.5)
    return numpy.argsort(-numpy.asarray(values, dtype=float), kind="stable")[:count]


def among(positions, predicted, truth):
    if not (numpy.isfinite(predicted).all() and numpy.isfinite(truth).all()):
        return None
    return defined(stats.spearmanr, [predicted[i] for i in positions], [truth[i] for i in positions])


def overlap(share, predicted, truth):
    best = highest(share, truth)
    if not (is_ordered(predicted) and is_ordered(truth)) or len(best) == 0:
        return None
    return len(numpy.intersect1d(highest(share, predicted), best)) / len(best)


def regret(strata, predicted, truth, sizes):
    """Mean and maximum over groups of equal size of the best truth less that of the first choice."""
    if not (is_ordered(predicted) and is_ordered(truth)) or len(truth) < 2 * strata:
        return None
    predicted, truth = numpy.asarray(predicted), numpy.asarray(truth)
    groups = [numpy.sort(group) for group in numpy.array_split(numpy.argsort(sizes, kind="stable"), strata)]
    losses = [truth[group].max() - truth[group[numpy.argmax(predicted[group])]] for group in groups]
    return {"mean": float(numpy.mean(losses)), "maximum": float(numpy.max(losses))}


def numbers(values):
    return [x if math.isfinite(x) else str(x) for x in values]


def case(name, left, right, sizes=None):
    left, right = [float(x) for x in left], [float(x) for x in right]
    sizes = list(range(len(left))) if sizes is None else [int(x) for x in sizes]
    by_share = lambda function: {str(round(100 * share)): function(share) for share in SHARES}
    return {
        "name": name,
        "left": numbers(left),
        "right": numbers(right),
        "sizes": sizes,
        "left_ranks": stats.rankdata(left).tolist() if numpy.isfinite(left).all() else None,
        "pearson": defined(stats.pearsonr, left, right),
        "spearman": defined(stats.spearmanr, left, right),
        "kendall": defined(stats.kendalltau, left, right),
        "at_top": by_share(lambda share: among(highest(share, left), left, right)),
        "at_true_top": by_share(lambda share: among(highest(share, right), left, right)),
        "top_overlap": by_share(lambda share: overlap(share, left, right)),
        "regret": {str(strata): regret(strata, left, right, sizes) for strata in STRATA},
    }


def main():
    random = numpy.random.default_rng(20240611)
    cases = [
        case("empty", [], []),
        case("one", [1], [2]),
        case("two", [1, 2], [5, 3]),
        case("two equal", [1, 1], [5, 5]),
        case("constant left", [1, 1, 1], [1, 2, 3]),
        case("constant right", [1, 2, 3], [4, 4, 4]),
        case("same order", range(10), [x**3 for x in range(10)]),
        case("reverse order", range(10), range(10, 0, -1)),
        case("two groups", [0] * 5 + [1] * 5, range(10)),
        case("zeros of both signs", [0.0, -0.0, 1, 2, -0.0], [1, 2, -0.0, 0.0, 3]),
    ]
    for name, value in [("not a number", math.nan), ("infinity", math.inf), ("minus infinity", -math.inf)]:
        plain = [float(x) for x in range(20)]
        cases.append(case(f"{name} left", plain[:7] + [value] + plain[8:], plain))
        cases.append(case(f"{name} right", plain, plain[:7] + [value] + plain[8:]))
    for count in [3, 5, 10, 20, 50, 101, 375]:
        truth = random.normal(size=count)
        noisy = truth + random.normal(size=count)
        cases.append(case(f"{count} without ties", noisy, truth))
        cases.append(case(f"{count} with ties", numpy.round(noisy * 2), numpy.round(truth * 3)))
        cases.append(case(f"{count} with ties on one side", noisy, numpy.round(truth)))
    for count in [2, 7, 32, 33, 128, 425]:
        for levels in [2, 3, 9]:
            truth = random.integers(0, levels, count)
            scores = numpy.where(random.random(count) < 0.5, truth, random.integers(0, levels, count))
            sizes = random.integers(0, max(2, count // 4), count)
            cases.append(case(f"{count} of {levels} levels", scores, truth / 7, sizes))
            cases.append(case(f"{count} of {levels} levels, fine truth", scores, truth + random.random(count), sizes))
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rank_correlation.json")
    with open(path, "w") as file:
        json.dump(cases, file, indent=0, allow_nan=False)
        file.write("\n")


if __name__ == "__main__":
    main()
