#!/usr/bin/env python3
"""How the time of `emq` grows with the work: layers, weights, images, configurations, candidates.

Each kind of work is doubled again and again, everything else staying as it is. The exponent is the slope of a line through the
logarithms of seconds, less those of a run of almost no work: 1 where twice the work takes twice the time. Networks are chains of
3 x 3 convolutions of random weights for images of 28 x 28, made by PyTorch; the benchmark is of fashion-resnet.

    Benchmarks/growth.py
    Benchmarks/growth.py --only layers,weights
"""

import math
import pathlib
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import exports
import workbench

network = workbench.networks[workbench.smallest]
data = ["--preset", network.preset, "--threads", 2, "--quiet"]
train, test = f"{workbench.fashion}#train", f"{workbench.fashion}#test"


def chain(path, layers, width):
    """Writes a network of so many convolutions."""
    import torch
    from torch import nn

    torch.manual_seed(1)
    parts, before = [], 1
    for _ in range(layers):
        parts += [nn.Conv2d(before, width, 3, 1, 1), nn.ReLU()]
        nn.init.kaiming_normal_(parts[-2].weight)
        before = width
    module = nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10)).eval()
    exports.export(module, {"images": torch.randn(2, 1, 28, 28)}, ["logits"],
                   {"images": {0: "batch"}, "logits": {0: "batch"}}, path, dynamo=False)
    return path


def quantize(model, images, rounding, place):
    return ["quantize", model, "--bits", 3, "--rounding", rounding, "--calibration", train, "--calibration-images", images,
            *data, "-o", place / "q.onnx"]


def layers(count, place):
    model = place / f"{count}-layers.onnx"
    model = model if model.exists() else chain(model, count, 16)
    return ["compress", model, "--data", f"{train}#0:512", "--budget", "3bits", "--images", 32, "--refine", 8, *data, "-o",
            place / "small.onnx"]


def weights(count, place):
    """Of the network's nine layers of equal size, so many thousand."""
    width = round(math.sqrt(count * 1000 / 9))
    model = place / f"{width}-wide.onnx"
    return quantize(model if model.exists() else chain(model, 10, width), 64, "gptq", place)


def images(count, place):
    return quantize(network.model, count, "gptq", place)


def configurations(count, place):
    return ["benchmark", "build", network.model, "--data", f"{test}#0:400", "--calibration", f"{train}#0:128",
            "--configurations", count, "--no-statistics", *data, "-o", place / f"{time.monotonic_ns()}.sqlite"]


def candidates(count, place):
    statistics = place / "statistics.safetensors"
    if not statistics.exists():
        workbench.run(workbench.chosen.emq, "statistics", network.model, "--data", f"{train}#0:64", "--no-responses", "--probes", 8, *data,
                      "-o", statistics)
    return ["search", "MQBench/fashion-resnet-nearest.csv", "--statistics", statistics, "--like", "paper", "--no-osp",
            "--population", 20, "--generations", count, "--threads", 2, "--quiet", "-o", place / f"{time.monotonic_ns()}"]


# What grows: the command, the amounts, and what counts as almost none.
kinds = {
    "layers": (layers, (8, 16, 32), 2), "weights, thousands": (weights, (200, 800, 3200), 1),
    "calibration images": (images, (4096, 8192, 16384), 16), "configurations": (configurations, (100, 200, 400), 2),
    "candidates": (candidates, (4000, 8000, 16000), 20)}
trials = {"weights, thousands": (5, 10), "candidates": (20, 40)}


def main():
    parser = workbench.options(__doc__, "few weights and candidates, once each")
    parser.add_argument("--only", help="what the names of kinds begin with, joined by commas")
    parser.add_argument("--repeat", type=int, default=2, help="runs of each, of which the shortest counts (default: 2)")
    workbench.chosen = chosen = parser.parse_args()
    workbench.with_pytorch()
    wanted = [name for name in (trials if chosen.quick else kinds) if not chosen.only or name.startswith(tuple(chosen.only.split(",")))]
    if not wanted:
        sys.exit(f"there is none of these; there are {', '.join(kinds)}")
    print(f"{'what grows':20}  {'amounts':>22}  {'seconds':>22}  exponent")
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted:
            command, amounts, least = kinds[name]
            amounts = trials[name] if chosen.quick else amounts

            def seconds(amount):
                found = []
                for _ in range(1 if chosen.quick else chosen.repeat):
                    arguments = command(amount, pathlib.Path(folder))
                    start = time.perf_counter()
                    workbench.run(chosen.emq, *arguments)
                    found.append(time.perf_counter() - start)
                return min(found)

            start = 0 if chosen.quick else seconds(least)
            taken = [seconds(amount) for amount in amounts]
            # A slope of least squares.
            points = [(math.log(amount), math.log(max(1e-3, value - start))) for amount, value in zip(amounts, taken)]
            middle = [sum(axis) / len(points) for axis in zip(*points)]
            slope = (sum((x - middle[0]) * (y - middle[1]) for x, y in points)
                     / sum((x - middle[0]) ** 2 for x, _ in points))
            print(f"{name:20}  {' '.join(map(str, amounts)):>22}  {' '.join(f'{value:.1f}' for value in taken):>22}"
                  f"  {slope:8.2f}", flush=True)
    if chosen.quick:
        print("this was a trial: its figures mean nothing")


if __name__ == "__main__":
    main()
