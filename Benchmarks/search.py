#!/usr/bin/env python3
"""Fitnesses of formulas on resnet20-cifar10: `emq score` against a straightforward program in PyTorch.

Both score formulas that a search found, from the same statistics, on the same configurations and with two threads. The
peer is what research code does: a formula is parsed once and evaluated eagerly, layer by layer, in the precision of the
statistics, and nothing of one formula is kept for another. Reading files and parsing are left out of both times. Prints
how far the fitnesses are apart, formulas a second of both, and their ratio.

    Benchmarks/search.py --record
"""

import copy
import csv
import json
import math
import pathlib
import random
import re
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import workbench

workbench.with_pytorch()
import numpy
import torch
from torch.nn import functional

sample_count, patience, tolerance, needed = 200, 10, 0.02, 0.98


def rows(x):
    return x.reshape(x.shape[0] if x.dim() else 1, -1)


def centered(x):
    return x - x.mean()


def standardized(x):
    return centered(x) / x.std(correction=0)


def row_products(x):
    return rows(x) @ rows(x).T


def log_determinant(x):
    return torch.logdet(row_products(x) + torch.eye(rows(x).shape[0], dtype=x.dtype))


def matrix_product(x, y):
    kind = torch.promote_types(x.dtype, y.dtype)
    return rows(x).to(kind) @ rows(y).to(kind).T


def divergence(x, y):
    p, q = (functional.log_softmax(operand.flatten(), 0) for operand in (x, y))
    return (p.exp() * (p - q)).sum()


unary = {
    "no_op": lambda x: x,
    "abs": torch.abs,
    "log": torch.log,
    "abslog": lambda x: x.abs().log(),
    "log1p": lambda x: x.abs().log1p(),
    "exp": torch.exp,
    "square": torch.square,
    "cube": lambda x: x**3,
    "sqrt": torch.sqrt,
    "cbrt": lambda x: x.sign() * x.abs().pow(1 / 3),
    "relu": torch.relu,
    "leaky_relu": functional.leaky_relu,
    "swish": functional.silu,
    "mish": functional.mish,
    "softplus": functional.softplus,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "saturate": lambda x: x / (1 + x.abs()),
    "sign": torch.sign,
    "heaviside": lambda x: (x > 0).to(x.dtype),
    "invert": torch.reciprocal,
    "negate": torch.neg,
    "normalize": lambda x: centered(x) / x.std(),
    "min_max": lambda x: (x - x.min()) / (x.max() - x.min()),
    "center": centered,
    "l1_normalize": lambda x: x / x.abs().sum(),
    "l2_normalize": lambda x: x / x.norm(),
    "softmax": lambda x: x.softmax(0),
    "log_softmax": lambda x: x.log_softmax(0),
    "row_means": lambda x: rows(x).mean(1),
    "row_norms": lambda x: rows(x).norm(dim=1),
    "row_products": row_products,
    "pairwise_distance": lambda x: torch.cdist(rows(x), rows(x)),
    "frobenius_norm": torch.norm,
    "l1_norm": lambda x: x.abs().sum(),
    "max_norm": lambda x: x.abs().max(),
    "to_rms": lambda x: x.square().mean().sqrt(),
    "normalized_sum": torch.mean,
    "to_sum": torch.sum,
    "to_mean": torch.mean,
    "to_geometric_mean": lambda x: x.abs().log().mean().exp(),
    "to_std": torch.std,
    "to_var": torch.var,
    "to_skewness": lambda x: (standardized(x) ** 3).mean(),
    "to_kurtosis": lambda x: (standardized(x) ** 4).mean() - 3,
    "to_min": torch.min,
    "to_max": torch.max,
    "to_entropy": lambda x: torch.special.entr(x.abs() / x.abs().sum()).sum(),
    "log_determinant": log_determinant,
}

binary = {
    "add": torch.add,
    "sub": torch.sub,
    "mul": torch.mul,
    "matmul": matrix_product,
    "div": torch.div,
    "max": torch.maximum,
    "min": torch.minimum,
    "lesser": lambda x, y: (x < y).to(x.dtype),
    "greater": lambda x, y: (x > y).to(x.dtype),
    "equal": lambda x, y: (x == y).to(x.dtype),
    "hamming_distance": lambda x, y: (x.sign() != y.sign()).to(x.dtype).mean(),
    "kl_divergence": divergence,
    "cosine_similarity": lambda x, y: (x * y).sum() / (x.norm() * y.norm()),
    "euclidean_distance": lambda x, y: (x - y).norm(),
    "l1_distance": lambda x, y: (x - y).abs().mean(),
    "mse": lambda x, y: (x - y).square().mean(),
}


def parsed(text):
    """A statistic's name, or an operation and its operands."""
    tokens = re.findall(r"\w+|[(),]", text)

    def take(token):
        if tokens.pop(0) != token:
            raise ValueError(f"{text}: '{token}' is missing")

    def expression():
        name = tokens.pop(0)
        if name not in unary and name not in binary:
            return name
        take("(")
        operands = [expression()]
        if name in binary:
            take(",")
            operands.append(expression())
        take(")")
        return (unary.get(name) or binary[name], *operands)

    result = expression()
    if tokens:
        raise ValueError(f"{text}: goes on with '{tokens[0]}'")
    return result


def ranks(values):
    """From 1 up; equal values share the mean of their ranks."""
    _, places, counts = torch.unique(values, return_inverse=True, return_counts=True)
    return (counts.cumsum(0) - (counts - 1) / 2)[places]


class Peer:
    """Statistics and configurations in memory, as PyTorch's tensors."""

    def __init__(self, benchmark, statistics):
        with open(benchmark, newline="") as file:
            file.readline()
            drawn = [row for row in csv.DictReader(file) if row["role"] == "drawn"]
        kind = torch.float64
        self.bits = torch.tensor([[int(bits) for bits in row["weight_bits"].split("-")] for row in drawn], dtype=kind)
        self.truth = torch.tensor([float(row["top1"]) for row in drawn], dtype=kind)
        self.counts = [math.floor(len(drawn) * share + 0.5) for share in (0.2, 0.5, 1)]

        data = pathlib.Path(statistics).read_bytes()
        end = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:end])
        layers = [layer["name"] for layer in json.loads(header.pop("__metadata__")["layers"])["layers"]]
        kinds = {"F32": numpy.float32, "F64": numpy.float64}

        def tensor(entry):
            start, stop = entry["data_offsets"]
            return torch.from_numpy(
                numpy.frombuffer(data[end + start:end + stop], kinds[entry["dtype"]]).reshape(entry["shape"]).copy())

        self.statistics = {
            name: [tensor(header[f"{name}/{layer}"]) for layer in layers]
            for name in {key.split("/", 1)[0] for key in header}
            if all(f"{name}/{layer}" in header for layer in layers)}

    def doubled(self):
        """The same in double precision."""
        result = copy.copy(self)
        result.statistics = {name: [x.double() for x in tensors] for name, tensors in self.statistics.items()}
        return result

    def value(self, expression):
        """A tensor for each layer."""
        if isinstance(expression, str):
            return self.statistics[expression]
        function, *operands = expression
        if len(operands) == 1:
            return [function(x) for x in self.value(operands[0])]
        left, right = (self.value(operand) for operand in operands)
        if any(x.shape != y.shape for x, y in zip(left, right)):
            left, right = ([x.mean() for x in operand] for operand in (left, right))
        return [function(x, y) for x, y in zip(left, right)]

    def fitness(self, expression):
        """The mean of Spearman's ρ among the highest scores; None where it is not defined."""
        scores = self.bits @ torch.stack([x.mean() for x in self.value(expression)]).double()
        if not scores.isfinite().all():
            return None
        order = scores.argsort(descending=True, stable=True)
        total = 0
        for count in self.counts:
            top = order[:count]
            total += torch.corrcoef(torch.stack([ranks(scores[top]), ranks(self.truth[top])]))[0, 1].item()
        return None if math.isnan(total) else total / len(self.counts)

    def timed(self, expressions):
        """Fitnesses, and seconds."""
        with torch.inference_mode():
            start = time.perf_counter()
            fitnesses = [self.fitness(expression) for expression in expressions]
            return fitnesses, time.perf_counter() - start


def main():
    parser = workbench.options(__doc__, "40 formulas of fashion-resnet, once", record=True)
    chosen = parser.parse_args()
    name, size, probes, generations, sample, rounds = "resnet20-cifar10", 64, 8, 1000, 1000, 5
    if chosen.quick:
        name, size, probes, generations, sample, rounds = workbench.smallest, 8, 2, 20, 40, 1
    network = workbench.networks[name]
    benchmark = workbench.root / f"MQBench/{name}-nearest.csv"
    torch.set_num_threads(1 if chosen.quick else 2)

    def emq(*arguments):
        return workbench.run(chosen.emq, *arguments, "--threads", 2)

    with tempfile.TemporaryDirectory() as folder:
        statistics, listed, run = f"{folder}/s.safetensors", f"{folder}/formulas.txt", f"{folder}/run"
        emq("statistics", network.model, "--data", network.train, "--preset", network.preset, "--images", size,
            "--no-perturbations", "--probes", probes, "-o", statistics)
        given = [benchmark, "--statistics", statistics, "--truth", "top1"]
        emq("search", *given, "-o", run, "--like", "paper", "--seed", 1, "--generations", generations)
        with open(f"{run}/hall_of_fame.csv", newline="") as file:
            formulas = [row["formula"] for row in csv.DictReader(file)][:sample]
        pathlib.Path(listed).write_text("".join(f"{formula}\n" for formula in formulas))

        peer = Peer(benchmark, statistics)
        positions = random.Random(1).sample(range(len(formulas)), len(formulas))
        expressions = [parsed(formulas[position]) for position in positions]
        # The first ones warm up; the next show how long all would take.
        peer.timed(expressions[:20])
        _, seconds = peer.timed(expressions[20:60] or expressions)
        if seconds / 40 * len(expressions) > patience:
            positions, expressions = positions[:sample_count], expressions[:sample_count]

        # In turns, and the fastest round of each counts: small operations on two threads are slowed several times by
        # anything else that runs, which is no merit of the other side.
        theirs, ours = [], []
        for _ in range(rounds):
            fitnesses, seconds = peer.timed(expressions)
            theirs.append(len(expressions) / seconds)
            result = json.loads(emq("score", *given, "--formulas", listed, "--format", "json"))
            ours.append(result["formulas_per_second"])
    peer_rate, rate = max(theirs), max(ours)

    # Sums of squares of large statistics exceed single precision; those formulas are compared in double, not timed.
    lost = [index for index, fitness in enumerate(fitnesses) if fitness is None]
    again, _ = peer.doubled().timed([expressions[index] for index in lost])
    for index, fitness in zip(lost, again):
        fitnesses[index] = fitness
    pairs = [(fitness, result["rows"][position]["fitness"]) for fitness, position in zip(fitnesses, positions)]
    apart = [abs(x - y) if x is not None and y is not None else 0 if x is y else math.inf for x, y in pairs]
    agreeing = sum(difference <= tolerance for difference in apart)
    largest = max((difference for difference in apart if difference < math.inf), default=0)
    alone = sum(difference == math.inf for difference in apart)
    print(f"fitnesses of {agreeing} of {len(apart)} formulas are within {tolerance} of each other; defined on one side "
          f"only: {alone}; largest difference: {largest:.4f}; beyond PyTorch's single precision: {len(lost)}")
    print(f"PyTorch, eager: {peer_rate:.0f} formulas a second, over {len(expressions)}")
    print(f"emq score:      {rate:.0f} formulas a second, over {len(formulas)}")
    if agreeing < needed * len(apart):
        sys.exit(f"fewer than {needed:.0%} of the fitnesses agree")
    print(f"ratio: {rate / peer_rate:.1f} times as fast as PyTorch")
    workbench.record(chosen, "formulas", rate / peer_rate)


if __name__ == "__main__":
    main()
