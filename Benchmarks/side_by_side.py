#!/usr/bin/env python3
"""Bits chosen in different ways at the same size, on the same network and images, each measured on the same test images.

Rows: uniform and random bits, the proxies that are shipped, handcrafted ones, `emq compress` (the shipped proxy of responses,
refined by measurements), and Sony's model_compression_toolkit with its own
quantization and its own solver, for the first seed, where --mct names a Python that runs
Benchmarks/model_compression_toolkit.py. Means and standard deviations over seeds, which draw calibration images,
statistics and random configurations. Nothing is chosen by the test images, nor were the shipped proxies evolved on them.

    Benchmarks/side_by_side.py --network resnet20-cifar10 --budget 3bits --rounding nearest

Needs `../shared` beside the repository, or Debian's dataset-fashion-mnist for the fashion networks.
"""

import pathlib
import statistics
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import workbench

proxies = "default;interaction_divergence;superposed_divergence;Sources/Proxies/Shipped/extended.json;divergence;hawq_v2;size"


def main():
    parser = workbench.options(__doc__, "fashion-resnet, one proxy, one seed, 200 test images")
    parser.add_argument("--network", choices=workbench.networks, default=workbench.smallest)
    parser.add_argument("--budget", default="3bits", help="as in emq compress (default: 3bits)")
    parser.add_argument("--rounding", default="nearest", help="as in emq compress (default: nearest)")
    parser.add_argument("--seeds", type=int, default=3, help="how many (default: 3)")
    parser.add_argument("--proxies", default=proxies, help="joined by semicolons; 'all' for every handcrafted one")
    parser.add_argument("--mct", metavar="PYTHON", help="a Python that runs Benchmarks/model_compression_toolkit.py")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.network, chosen.seeds, chosen.proxies, chosen.mct = workbench.smallest, 1, "size", None
    network = workbench.networks[chosen.network]
    if not network.is_here:
        sys.exit(f"{chosen.network}: its model or images are not here")

    rows = {}

    def add(name, top1, agreement, size, seconds=None):
        """Accuracies in percent; no agreement where that is not known."""
        row = rows.setdefault(name, {"top1": [], "agreement": [], "size": [], "seconds": []})
        row["top1"].append(top1)
        row["size"].append(size)
        if agreement is not None:
            row["agreement"].append(agreement)
        if seconds is not None:
            row["seconds"].append(seconds)

    # A few thousand images are enough to draw those that choices are made by from.
    data = network.train if "#" not in network.train or network.train.count("#") > 1 else f"{network.train}#0:4000"
    common = ["--data", data, "--test", network.report, "--preset", network.preset, "--budget", chosen.budget,
              "--rounding", chosen.rounding]
    comparing, compressing = [], []
    if chosen.quick:
        common[3] = f"{workbench.fashion}#test#1600:1800"
        common += ["--images", 32, "--calibration-images", 128]
        comparing, compressing = ["--random", 2], ["--refine", 4]
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, chosen.seeds + 1):
            wanted = [] if chosen.proxies == "all" else ["--proxies", chosen.proxies]
            compared = workbench.run_json(
                chosen.emq, "compare", network.model, *common, *comparing, *wanted, "--seed", seed)
            for row in compared["rows"]:
                add(row["name"], row["top1"], row["agreement"], row["size_mib"])
            start = time.monotonic()
            compressed = workbench.run_json(
                chosen.emq, "compress", network.model, *common, *compressing, "--seed", seed, "-o", f"{folder}/{seed}.onnx")
            # The report of `compress` has shares.
            add("emq compress", 100 * compressed["top1"], 100 * compressed["agreement"], compressed["size_mib"],
                time.monotonic() - start)
            if chosen.mct and seed == 1:
                size = compressed["size_mib"]
                uniform = [row for row in compared["rows"] if row["name"].startswith("uniform")]
                if chosen.budget.endswith("bits") and uniform:
                    size = max(size, uniform[0]["size_mib"])
                other = workbench.run_json(
                    chosen.mct, workbench.root / "Benchmarks/model_compression_toolkit.py", "--network", chosen.network,
                    "--size-mib", size, "--seed", seed)
                add("model_compression_toolkit", 100 * other["top1"], None, other["size_mib"], other["seconds"])

    count = f"{chosen.seeds} seed{'s' if chosen.seeds > 1 else ''}, {compared['images']} test images"
    print(f"{chosen.network}, {chosen.budget}, {chosen.rounding}, {count}")
    if network.caveat:
        print(network.caveat)
    print(f"{'bits by':28}  {'MiB':>7}  {'top-1 %':>7}  {'± sd':>5}  {'as float, %':>11}  {'± sd':>5}  {'seconds':>7}")

    def figure(values, width):
        if not values:
            return " " * (width + 7)
        return f"{statistics.mean(values):{width}.2f}  {statistics.stdev(values) if len(values) > 1 else 0:5.2f}"

    for name, row in rows.items():
        seconds = f"{statistics.mean(row['seconds']):7.0f}" if row["seconds"] else ""
        line = (f"{name:28}  {statistics.mean(row['size']):7.4f}  {figure(row['top1'], 7)}  "
                f"{figure(row['agreement'], 11)}  {seconds}")
        print(line.rstrip())


if __name__ == "__main__":
    main()
