"""Ranges of least Kullback-Leibler divergence, by numpy in float64 from the values, not from loops over bins.

For each share of the full range: the reference is the histogram with what lies outside counted in the outermost bins
inside; the candidate spreads the mass of each level evenly over the bins that are rounded to it and hold anything.
"""

import json
import pathlib

import numpy

generator = numpy.random.default_rng(31)
folder = pathlib.Path(__file__).parent
BINS = 2048


def grid(low, high, bits):
    low, high = min(low, 0.0), max(high, 0.0)
    scale = float(numpy.float32((high - low) / (2 ** bits - 1)))
    return scale, int(numpy.clip(numpy.round(-low / scale), 0, 2 ** bits - 1))


def divergence(counts, low, high, share, bits):
    width = (high - low) / BINS
    centers = low + (numpy.arange(BINS) + 0.5) * width
    scale, zero = grid(share * low, share * high, bits)
    levels = numpy.clip(numpy.round(centers / scale) + zero, 0, 2 ** bits - 1).astype(int)
    first = int(numpy.clip(numpy.floor((min(share * low, 0) - low) / width), 0, BINS - 1))
    last = int(numpy.clip(numpy.ceil((max(share * high, 0) - low) / width) - 1, first, BINS - 1))
    inside = slice(first, last + 1)
    reference = counts[inside].copy()
    reference[0] += counts[:first].sum()
    reference[-1] += counts[last + 1:].sum()
    used = counts[inside] > 0
    mass = numpy.bincount(levels[inside], counts[inside], 2 ** bits)
    size = numpy.bincount(levels[inside], used, 2 ** bits)
    candidate = numpy.where(used, mass[levels[inside]] / numpy.maximum(size[levels[inside]], 1), 0) / mass.sum()
    p = reference / reference.sum()
    held = p > 0
    return float((p[held] * numpy.log(p[held] / numpy.maximum(candidate[held], 1e-12))).sum())


cases = []
for name, values in [
    ("half normal", numpy.abs(generator.normal(size=20000))),
    ("normal", generator.normal(0.3, 1, size=20000)),
    ("sparse", numpy.maximum(generator.normal(-1, 1, size=20000), 0)),
    ("heavy tails", generator.standard_t(3, size=20000)),
]:
    low, high = float(values.min()), float(values.max())
    counts = numpy.histogram(values, BINS, (low, high))[0].astype(float)
    chosen = []
    for bits in (3, 4, 6, 8):
        shares = [1 - 0.01 * index for index in range(80)]
        divergences = [divergence(counts, low, high, share, bits) for share in shares]
        ordered = sorted(divergences)
        # The choice has to be clear of rounding errors.
        assert ordered[1] - ordered[0] > 1e-9 * ordered[0]
        best = shares[int(numpy.argmin(divergences))]
        chosen.append({"bits": bits, "lowest": best * low, "highest": best * high})
    cases.append({"name": name, "lowest": low, "highest": high, "counts": counts.astype(int).tolist(), "chosen": chosen})
assert len({case["highest"] / item["highest"] for item in cases for case in item["chosen"]}) > 4
(folder / "entropy_calibration.json").write_text(json.dumps(cases) + "\n")
