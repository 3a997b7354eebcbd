"""Writes rank_correlation.json: rank correlations of lists with and without ties, computed by SciPy in float64.

Needs numpy and scipy. A correlation that is not defined (fewer than two values, all equal) is null.
"""

import json
import math
import os

import numpy
from scipy import stats


def defined(function, left, right):
    if len(left) < 2 or len(set(left)) < 2 or len(set(right)) < 2:
        return None
    return float(function(left, right).statistic)


def at_top(share, predicted, truth):
    """Spearman among the share with the highest predicted scores, equal ones taken by position."""
    count = math.floor(len(predicted) * share + 0.5)
    order = numpy.argsort(-numpy.asarray(predicted, dtype=float), kind="stable")[:count]
    return defined(stats.spearmanr, [predicted[i] for i in order], [truth[i] for i in order])


def case(name, left, right):
    left, right = [float(x) for x in left], [float(x) for x in right]
    return {
        "name": name,
        "left": left,
        "right": right,
        "left_ranks": stats.rankdata(left).tolist(),
        "pearson": defined(stats.pearsonr, left, right),
        "spearman": defined(stats.spearmanr, left, right),
        "kendall": defined(stats.kendalltau, left, right),
        "at_top": {str(round(100 * share)): at_top(share, left, right) for share in (0.2, 0.5, 1.0)},
    }


def main():
    random = numpy.random.default_rng(20240611)
    cases = [
        case("empty", [], []),
        case("one", [1], [2]),
        case("two", [1, 2], [5, 3]),
        case("constant left", [1, 1, 1], [1, 2, 3]),
        case("constant right", [1, 2, 3], [4, 4, 4]),
        case("same order", range(10), [x**3 for x in range(10)]),
        case("reverse order", range(10), range(10, 0, -1)),
        case("two groups", [0] * 5 + [1] * 5, range(10)),
    ]
    for index, count in enumerate([3, 5, 10, 20, 50, 101, 375]):
        truth = random.normal(size=count)
        noisy = truth + random.normal(size=count)
        cases.append(case(f"{count} without ties", noisy, truth))
        cases.append(case(f"{count} with ties", numpy.round(noisy * 2), numpy.round(truth * 3)))
        cases.append(case(f"{count} with ties on one side", noisy, numpy.round(truth)))
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rank_correlation.json")
    with open(path, "w") as file:
        json.dump(cases, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
