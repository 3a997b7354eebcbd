"""Writes intervals.json: half widths of 95 % intervals of means, of independent values and of resplits.

Student's t is SciPy's in float64. The variance of the mean of J resplits is s² (1 / J + n_test / n_training), after Nadeau
and Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003.
"""

import json
import math
import os

import numpy
from scipy import stats


def main():
    random = numpy.random.default_rng(7)
    cases = []
    for count, test, training in [(2, 188, 237), (3, 16, 48), (5, 188, 237), (10, 50, 50), (21, 1, 9), (22, 8, 8), (40, 162, 213)]:
        values = random.normal(0.7, 0.05, count)
        quantile, deviation = stats.t.ppf(0.975, count - 1), values.std(ddof=1)
        cases.append(
            {
                "values": values.tolist(),
                "test": test,
                "training": training,
                "mean": float(values.mean()),
                "independent": float(quantile * deviation / math.sqrt(count)),
                "resplits": float(quantile * deviation * math.sqrt(1 / count + test / training)),
            }
        )
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "intervals.json")
    with open(path, "w") as file:
        json.dump(cases, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
