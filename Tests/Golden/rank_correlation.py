"""Writes rank_correlation.json: agreement of lists with and without ties.

Correlations are SciPy's in float64; overlaps and regrets are numpy's. Needs both. What is not defined (too few values,
all equal, or one that is not finite) is null. Numbers that are not finite are the texts "nan", "inf" and "-inf".

Of equal values at the boundary of a share each is as likely to be within: expectations over the choice, which are also
enumerated where there are few choices, are asserted to be the mean of SciPy's values.
"""

import itertools
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
    """How likely each position is among the share with the highest values, and how many these are."""
    values = numpy.asarray(values, dtype=float)
    count = math.floor(len(values) * share + 0.5)
    if count == 0:
        return numpy.zeros(len(values)), 0
    boundary = numpy.sort(values)[::-1][count - 1]
    above, equal = values > boundary, values == boundary
    return above + equal * (count - above.sum()) / max(1, equal.sum()), count


def choices(share, values):
    """All equally likely sets of positions with the highest values; None where they are many."""
    likely, count = highest(share, values)
    certain, tied = numpy.flatnonzero(likely == 1), numpy.flatnonzero((likely > 0) & (likely < 1))
    if math.comb(len(tied), count - len(certain)) > 5000:
        return None
    return [[*certain, *drawn] for drawn in itertools.combinations(tied, count - len(certain))]


def among(share, values, others):
    """Spearman's rho among the highest values: the expectation of its numerator over the root of those of its squares."""
    if len(values) == 0 or not (numpy.isfinite(values).all() and numpy.isfinite(others).all()):
        return None
    values, others = numpy.asarray(values, dtype=float), numpy.asarray(others, dtype=float)
    likely, count = highest(share, values)
    certain, tied = numpy.flatnonzero(likely == 1), numpy.flatnonzero((likely > 0) & (likely < 1))
    if len(tied) == 0:
        return defined(stats.spearmanr, values[certain].tolist(), others[certain].tolist())
    drawn = count - len(certain)
    # The ranks of what is chosen do not depend on the choice.
    ranks = stats.rankdata([*values[certain], *[values[tied[0]]] * drawn]) - (count + 1) / 2
    x = numpy.zeros(len(values))
    x[certain], x[tied] = ranks[: len(certain)], ranks[-1]
    # Pairs are chosen together with these probabilities.
    pairs = numpy.outer(likely, likely)
    pairs[numpy.ix_(tied, tied)] = drawn * (drawn - 1) / (len(tied) * (len(tied) - 1))
    numpy.fill_diagonal(pairs, 0)
    precedes = (others[None, :] < others[:, None]) + 0.5 * (others[None, :] == others[:, None])
    product = (x[:, None] * precedes * pairs).sum() + (x * likely * (1 - (count + 1) / 2)).sum()
    square = (ranks**2).sum()
    other_square = count**3 - count
    for value in numpy.unique(others[likely > 0]):
        known, equal = (others[certain] == value).sum(), int((others[tied] == value).sum())
        hits = numpy.arange(0, min(equal, drawn) + 1)
        shares = stats.hypergeom.pmf(hits, len(tied), equal, drawn)
        other_square -= (shares * ((known + hits) ** 3 - (known + hits))).sum()
    other_square /= 12
    if square <= 0 or other_square <= 1e-9:
        return None
    result = float(product / math.sqrt(square * other_square))
    possible = choices(share, values)
    if possible is not None and len(set(others[likely > 0])) == (likely > 0).sum():
        mean = numpy.mean([stats.spearmanr(values[choice], others[choice]).statistic for choice in possible])
        assert abs(mean - result) < 1e-10, (mean, result)
    return result


def overlap(share, predicted, truth):
    """The expected share of what is chosen whose truths are no less than the k-th best."""
    best, count = highest(share, truth)
    if not (is_ordered(predicted) and is_ordered(truth)) or count == 0:
        return None
    return float(highest(share, predicted)[0] @ (best > 0) / count)


def regret(strata, predicted, truth, sizes):
    """Mean and maximum over groups of the best truth less the mean truth of those with the highest score.

    Groups are of equal size but that equal sizes stay together, in the group of the middle one of them.
    """
    if not (is_ordered(predicted) and is_ordered(truth)) or len(truth) < 2 * strata:
        return None
    predicted, truth, sizes = numpy.asarray(predicted), numpy.asarray(truth), numpy.asarray(sizes)
    places = numpy.concatenate([[i] * len(part) for i, part in enumerate(numpy.array_split(truth, strata))])
    lowest, highest = stats.rankdata(sizes, "min") - 1, stats.rankdata(sizes, "max") - 1
    stratum = places[((lowest + highest) // 2).astype(int)]
    losses = []
    for index in numpy.unique(stratum):
        group = numpy.flatnonzero(stratum == index)
        chosen = group[predicted[group] == predicted[group].max()]
        losses.append(truth[group].max() - truth[chosen].mean())
    return {"mean": float(numpy.mean(losses)), "maximum": float(numpy.max(losses))}


def numbers(values):
    return [x if math.isfinite(x) else str(x) for x in values]


def case(name, left, right, sizes=None, noise=None):
    """A case; with noise, what is written differs from what is computed with by less than sums are uncertain by."""
    left, right = [float(x) for x in left], [float(x) for x in right]
    sizes = list(range(len(left))) if sizes is None else [int(x) for x in sizes]
    by_share = lambda function: {str(round(100 * share)): function(share) for share in SHARES}
    seen = left if noise is None else (numpy.asarray(left) * (1 + noise)).tolist()
    return {
        "name": name,
        "left": numbers(seen),
        "right": numbers(right),
        "sizes": sizes,
        "left_ranks": stats.rankdata(left).tolist() if numpy.isfinite(left).all() else None,
        "pearson": defined(stats.pearsonr, left, right),
        "spearman": defined(stats.spearmanr, left, right),
        "kendall": defined(stats.kendalltau, left, right),
        "at_top": by_share(lambda share: among(share, left, right)),
        "at_true_top": by_share(lambda share: among(share, right, left)),
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
    for count in [9, 12, 15, 100, 375]:
        truth = random.normal(size=count)
        scores = 0.1 * numpy.round(3 * truth + random.normal(size=count))
        noise = 4e-15 * random.uniform(-1, 1, count)
        cases.append(case(f"{count} sums in another order", scores, truth, noise=noise))
        cases.append(case(f"{count} sums in another order, truths with ties", scores, numpy.round(truth), noise=noise))
        wide = 10.0 ** -numpy.arange(12)[random.integers(0, 12, count)]
        cases.append(case(f"{count} sums of many magnitudes", wide, truth, noise=noise))
    cases.append(case("one value but for noise", [0.3] * 20, range(20), noise=4e-15 * random.uniform(-1, 1, 20)))
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rank_correlation.json")
    with open(path, "w") as file:
        json.dump(cases, file, indent=0, allow_nan=False)
        file.write("\n")


if __name__ == "__main__":
    main()
