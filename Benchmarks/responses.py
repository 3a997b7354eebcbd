#!/usr/bin/env python3
"""Fitnesses of formulas over responses on resnet20-cifar10: `emq score` against two programs in PyTorch.

All score the formulas of a search from the same responses, on the same configurations and the same 256 images, with two
threads. The plain peer predicts the outputs of one configuration after the other, by adding up what its layers and pairs of
layers do; the batched one has sums of all configurations from matrix products, as this program does. Both compute their
sums anew for each formula. Reading files and parsing are left out of all times. Prints how far the fitnesses are apart,
formulas a second of all, and the ratios.

    Benchmarks/responses.py --record
"""

import csv
import json
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

tolerance, images = 1e-3, 256

layer_operations = {
    "center": lambda x, c: x - x.mean(-1, keepdim=True),
    "signed_root": lambda x, c: x.sign() * x.abs().sqrt(),
    "clip": lambda x, c: x.clamp(-c, c),
    "scaled": lambda x, c: x * c,
}


def standardized(x):
    centered = x - x.mean(-1, keepdim=True)
    return centered / centered.square().mean(-1, keepdim=True).sqrt().clamp(min=1e-12)


output_operations = {
    "temper": lambda x, c: x / c,
    "standardize": lambda x, c: standardized(x),
    "probabilities": lambda x, c: x.softmax(-1),
}


def divergence(p, q):
    p, q = p.log_softmax(-1), q.log_softmax(-1)
    return (p.exp() * (p - q)).sum(-1)


def own(outputs, classes):
    return outputs.gather(-1, classes.expand(*outputs.shape[:-1], 1))[..., 0]


def margin(outputs, classes):
    others = outputs.scatter(-1, classes.expand(*outputs.shape[:-1], 1), -torch.inf)
    return own(outputs, classes) - others.max(-1).values


# Of predicted and reference outputs, and the reference's classes.
distances = {
    "output_divergence": lambda z, z0, k: divergence(z0, z),
    "reverse_divergence": lambda z, z0, k: divergence(z, z0.expand_as(z)),
    "output_squared_error": lambda z, z0, k: (z - z0).square().mean(-1),
    "disagreement": lambda z, z0, k: 1 - own(z.log_softmax(-1), k).exp(),
    "margin_lost": lambda z, z0, k: (margin(z0, k) - margin(z, k)).relu(),
    "cosine_distance": lambda z, z0, k: 1 - functional.cosine_similarity(
        z - z.mean(-1, keepdim=True), (z0 - z0.mean(-1, keepdim=True)).expand_as(z), -1),
}


def parsed(text):
    """The parts of a formula by name."""
    tokens = re.findall(r"[a-z_]+|[0-9.]+", text)
    result = {"power": 1.0, "shrinkage": 0.0, "weight": 0.0, "window": None, "layers": [], "outputs": []}
    inner = next(place for place, token in enumerate(tokens) if token.endswith("response"))
    names = tokens[:inner]
    result["uniform"] = tokens[inner] == "response"
    tail = text[text.index(tokens[inner]) + len(tokens[inner]):]
    groups = [[float(number) for number in re.findall(r"[0-9.]+", group)] for group in tail.split(")")]
    for name, numbers in zip(reversed(names), groups):
        constant = numbers[0] if numbers else 0.0
        if name in layer_operations:
            result["layers"].append((layer_operations[name], constant))
        elif name == "superposed":
            result["weight"] = constant
            result["window"] = int(numbers[1]) if len(numbers) > 1 else None
        elif name in output_operations:
            result["outputs"].append((output_operations[name], constant))
        elif name in distances:
            result["distance"], result["power"] = distances[name], constant or 1.0
        else:
            result["shrinkage"] = constant
    return result


def ranks(values):
    """From 1 up; equal values share the mean of their ranks."""
    _, places, counts = torch.unique(values, return_inverse=True, return_counts=True)
    return (counts.cumsum(0) - (counts - 1) / 2)[places]


class Table:
    """Responses and interactions of a background, as PyTorch's tensors."""

    def __init__(self, plan, reference, outputs, configurations):
        self.reference = reference[:images]
        outputs = outputs[:, :images]
        self.base, self.responses, self.interactions = outputs[0], {}, {}
        pairs, run = [], 1
        alternatives = plan["alternatives"]
        for layer, choices in enumerate(alternatives):
            for position in range(len(choices)):
                self.responses[layer, position] = outputs[run] - self.base
                run += 1
                for partner in range(layer + 1, min(len(alternatives), layer + plan["window"] + 1)):
                    for place in range(len(alternatives[partner])):
                        pairs.append((layer, position, partner, place, run))
                        run += 1
        for layer, position, partner, place, run in pairs:
            self.interactions[layer, position, partner, place] = (
                outputs[run] - self.base - self.responses[layer, position] - self.responses[partner, place])
        # By configuration and layer, the position of its bits; -1 for the background's.
        self.positions = [
            [-1 if base and base["weightBits"] == bits else [choice["weightBits"] for choice in choices].index(bits)
             for bits, base, choices in zip(configuration, plan["base"], alternatives)]
            for configuration in configurations]
        self.keys, self.pair_keys = list(self.responses), list(self.interactions)
        self.indicators = torch.tensor(
            [[float(row[layer] == position) for layer, position in self.keys] for row in self.positions])
        self.stacked = torch.stack([self.responses[key] for key in self.keys])

    def changed(self, operations):
        stacked = self.stacked
        for operation, constant in operations:
            stacked = operation(stacked, constant)
        return stacked

    def one_by_one(self, formula):
        """Predicted outputs, a configuration at a time."""
        changed = dict(zip(self.keys, self.changed(formula["layers"])))
        window = formula["window"] or len(self.positions[0])
        predicted = []
        for row in self.positions:
            outputs = self.base
            moved = [(layer, position) for layer, position in enumerate(row) if position >= 0]
            for key in moved:
                outputs = outputs + changed[key]
            if formula["weight"]:
                for index, first in enumerate(moved):
                    for second in moved[index + 1:]:
                        key = (*first, *second)
                        if second[0] - first[0] <= window and key in self.interactions:
                            outputs = outputs + formula["weight"] * self.interactions[key]
            predicted.append(outputs)
        return torch.stack(predicted), torch.stack(list(changed.values()))

    def batched(self, formula):
        """Predicted outputs of all configurations together."""
        changed = self.changed(formula["layers"])
        predicted = self.base + (self.indicators @ changed.flatten(1)).view(-1, *self.base.shape)
        if formula["weight"] and self.pair_keys:
            window = formula["window"] or len(self.positions[0])
            chosen = [key for key in self.pair_keys if key[2] - key[0] <= window]
            column = {key: place for place, key in enumerate(self.keys)}
            both = (self.indicators[:, [column[key[:2]] for key in chosen]]
                    * self.indicators[:, [column[key[2:]] for key in chosen]])
            pairs = torch.stack([self.interactions[key] for key in chosen]).flatten(1)
            predicted = predicted + formula["weight"] * (both @ pairs).view_as(predicted)
        return predicted, changed


class Peer:
    """Responses and configurations in memory."""

    def __init__(self, benchmark, statistics):
        with open(benchmark, newline="") as file:
            file.readline()
            drawn = [row for row in csv.DictReader(file) if row["role"] == "drawn"]
        configurations = [[int(bits) for bits in row["weight_bits"].split("-")] for row in drawn]
        self.truth = torch.tensor([float(row["top1"]) for row in drawn], dtype=torch.float64)
        data = pathlib.Path(statistics).read_bytes()
        end = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:end])

        def tensor(name):
            entry = header[name]
            start, stop = entry["data_offsets"]
            values = numpy.frombuffer(data[end + start:end + stop], numpy.float32)
            return torch.from_numpy(values.reshape(entry["shape"]).copy())

        self.tables = {
            "uniform" in table["plan"]["background"]: Table(
                table["plan"], tensor(f"responses/{index}/reference"), tensor(f"responses/{index}/outputs"), configurations)
            for index, table in enumerate(json.loads(header["__metadata__"]["responses"]))}

    def fitness(self, formula, is_batched):
        """Spearman's ρ over all configurations."""
        table = self.tables[formula["uniform"]]
        predicted, changed = table.batched(formula) if is_batched else table.one_by_one(formula)

        def score(outputs):
            reference = table.reference
            for operation, constant in formula["outputs"]:
                outputs, reference = operation(outputs, constant), operation(reference, constant)
            classes = reference.argmax(-1, keepdim=True)
            found = formula["distance"](outputs, reference, classes)
            return -(found if formula["power"] == 1 else found.clamp(min=0) ** formula["power"]).mean(-1)

        scores = score(predicted)
        if formula["shrinkage"]:
            start = score(table.base[None])[0]
            alone = start + table.indicators @ (score(table.base + changed) - start)
            scores = (1 - formula["shrinkage"]) * scores + formula["shrinkage"] * alone
        if not scores.isfinite().all():
            return None
        return torch.corrcoef(torch.stack([ranks(scores.double()), ranks(self.truth)]))[0, 1].item()

    def timed(self, formulas, is_batched):
        """Fitnesses, and formulas a second."""
        with torch.inference_mode():
            start = time.perf_counter()
            fitnesses = [self.fitness(formula, is_batched) for formula in formulas]
            return fitnesses, len(formulas) / (time.perf_counter() - start)


def main():
    parser = workbench.options(__doc__, "20 formulas of fashion-resnet, once", record=True)
    chosen = parser.parse_args()
    name, generations, sample, few, rounds = "resnet20-cifar10", 1000, 500, 20, 3
    if chosen.quick:
        name, generations, sample, few, rounds = workbench.smallest, 30, 20, 2, 1
    network = workbench.networks[name]
    benchmark = workbench.root / f"MQBench/{name}-nearest.csv"
    torch.set_num_threads(1 if chosen.quick else 2)

    def emq(*arguments):
        return workbench.run(chosen.emq, *arguments, "--threads", 2)

    with tempfile.TemporaryDirectory() as folder:
        statistics, listed, run = f"{folder}/s.safetensors", f"{folder}/formulas.txt", f"{folder}/run"
        emq("statistics", network.model, "--data", network.train, "--preset", network.preset, "--images",
            16 if chosen.quick else images, "--bits", "2,3,4", "--for", "interaction_divergence", "--for",
            "superposed_divergence_float", "-o", statistics)
        given = [benchmark, "--statistics", statistics, "--truth", "top1"]
        emq("search", *given, "-o", run, "--generations", generations, "--hall-of-fame", 1000, "--tune", 0)
        with open(f"{run}/hall_of_fame.csv", newline="") as file:
            texts = [row["formula"] for row in csv.DictReader(file)][:sample]
        random.Random(1).shuffle(texts)
        pathlib.Path(listed).write_text("".join(f"{text}\n" for text in texts))
        peer, formulas = Peer(benchmark, statistics), [parsed(text) for text in texts]
        plain, batched, ours = [], [], []
        # In turns, and the fastest round of each counts.
        for _ in range(rounds):
            plain.append(peer.timed(formulas[:few], False)[1])
            fitnesses, rate = peer.timed(formulas, True)
            batched.append(rate)
            result = json.loads(emq("score", *given, "--formulas", listed, "--fitness", "spearman@100", "--format", "json"))
            ours.append(result["formulas_per_second"])
    apart = [abs(x - row["fitness"]) if x is not None and row["fitness"] is not None else 0 if x is row["fitness"] else 2
             for x, row in zip(fitnesses, result["rows"])]
    print(f"fitnesses of {sum(value <= tolerance for value in apart)} of {len(apart)} formulas are within {tolerance} of each "
          f"other; largest difference: {max(apart):.4f}")
    print(f"PyTorch, one configuration after the other: {max(plain):.1f} formulas a second")
    print(f"PyTorch, all together:                      {max(batched):.1f} formulas a second")
    print(f"emq score:                                  {max(ours):.1f} formulas a second")
    if sum(value <= tolerance for value in apart) < 0.98 * len(apart):
        sys.exit("fewer than 98% of the fitnesses agree")
    print(f"ratio: {max(ours) / max(batched):.1f} times as fast as PyTorch's all together, {max(ours) / max(plain):.0f} times "
          "as fast as one after the other")
    workbench.record(chosen, "formulas over responses", max(ours) / max(batched))


if __name__ == "__main__":
    main()
