"""Bits chosen in different ways at the same size, on the same network and images, each measured on the same test images.

Rows: uniform and random bits, handcrafted proxies, the two evolved ones that are shipped (paper inputs and extended
inputs), `emq compress` (the extended one, bettered by measurements), and Sony's model_compression_toolkit with its own
quantization and its own solver, for the first seed, where `--mct` names a Python that runs
Benchmarks/model_compression_toolkit.py. Means and
standard deviations over seeds, which draw calibration images, statistics and random configurations.

    python3 Benchmarks/side_by_side.py .build/release/emq . --network resnet20-cifar10 --budget 3bits --rounding nearest

Needs `../shared` beside the repository, or Debian's dataset-fashion-mnist for the fashion networks.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

fashion = "/usr/share/datasets/fashion-mnist"
cifar = "../shared/data/cifar10"
imagenet = "../shared/data/imagenet-sample"
networks = {
    "resnet20-cifar10": ("../shared/models/resnet20-cifar10.onnx", f"{cifar}/train.npz", f"{cifar}/test.npz", "cifar10"),
    "resnet32-cifar10": ("../shared/models/resnet32-cifar10.onnx", f"{cifar}/train.npz", f"{cifar}/test.npz", "cifar10"),
    "fashion-resnet": ("Models/fashion-resnet.onnx", f"{fashion}#train#0:4000", f"{fashion}#test#0:1000", "fashion-mnist"),
    "fashion-mobilenet": (
        "Models/fashion-mobilenet.onnx", f"{fashion}#train#0:4000", f"{fashion}#test#0:1000", "fashion-mnist"),
    "efficientnet-lite0-imagenet": (
        "../shared/models/efficientnet-lite0-imagenet.onnx", f"{imagenet}#0:100", f"{imagenet}#100:500",
        "efficientnet-lite"),
}
proxies = "Models/proxies/extended.json;Models/proxies/paper.json;hawq_v2;ompq;size"

parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
parser.add_argument("emq", type=pathlib.Path)
parser.add_argument("root", type=pathlib.Path, help="the repository")
parser.add_argument("--network", choices=networks, required=True)
parser.add_argument("--budget", default="3bits")
parser.add_argument("--rounding", default="nearest")
parser.add_argument("--seeds", type=int, default=3)
parser.add_argument("--proxies", default=proxies, help="joined by semicolons; 'all' for every handcrafted one")
parser.add_argument("--mct", help="a Python with model_compression_toolkit")
options = parser.parse_args()
emq, root = options.emq.resolve(), options.root.resolve()
model, data, test, preset = networks[options.network]


def run(arguments):
    start = time.monotonic()
    done = subprocess.run(
        [str(part) for part in arguments], cwd=root, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{arguments[0]} {arguments[1]}: {done.stderr.strip()}")
    return json.loads(done.stdout), time.monotonic() - start


rows = {}


def add(name, top1, size, seconds=None):
    row = rows.setdefault(name, {"top1": [], "size": [], "seconds": []})
    row["top1"].append(100 * top1 if top1 <= 1 else top1)
    row["size"].append(size)
    if seconds is not None:
        row["seconds"].append(seconds)


common = ["--data", data, "--test", test, "--preset", preset, "--budget", options.budget, "--rounding", options.rounding]
with tempfile.TemporaryDirectory() as folder:
    for seed in range(1, options.seeds + 1):
        chosen = [] if options.proxies == "all" else ["--proxies", options.proxies]
        compared, _ = run([emq, "compare", model, *common, *chosen, "--seed", seed, "--format", "json"])
        for row in compared["rows"]:
            add(row["name"], row["top1"], row["size_mib"])
        compressed, seconds = run(
            [emq, "compress", model, *common, "--seed", seed, "--format", "json", "-o", f"{folder}/{seed}.onnx"])
        add("emq compress", compressed["top1"], compressed["size_mib"], seconds)
        if options.mct and seed == 1:
            size = compressed["size_mib"]
            uniform = [row for row in compared["rows"] if row["name"].startswith("uniform")]
            if options.budget.endswith("bits") and uniform:
                size = max(size, uniform[0]["size_mib"])
            script = root / "Benchmarks/model_compression_toolkit.py"
            peer, _ = run(
                [options.mct, script, root, "--network", options.network, "--size-mib", size, "--seed", seed,
                 "--format", "json"])
            add("model_compression_toolkit", peer["top1"], peer["size_mib"], peer["seconds"])

print(f"{options.network}, {options.budget}, {options.rounding}, {options.seeds} seeds")
print(f"{'bits by':28}  {'MiB':>7}  {'top-1 %':>7}  {'± sd':>5}  {'seconds':>7}")
for name, row in rows.items():
    deviation = statistics.stdev(row["top1"]) if len(row["top1"]) > 1 else 0
    seconds = f"{statistics.mean(row['seconds']):7.0f}" if row["seconds"] else ""
    print(
        f"{name:28}  {statistics.mean(row['size']):7.4f}  {statistics.mean(row['top1']):7.2f}  {deviation:5.2f}  {seconds}")
