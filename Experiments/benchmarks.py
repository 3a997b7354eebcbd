"""The benchmarks of MQBench/ and the statistics of their networks, for the scripts beside this file."""

import math
import pathlib
import statistics as sample_statistics
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import workbench

# Of Student's t with 1 to 14 degrees of freedom, the two-sided 95 % quantile.
quantiles = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14]
kept = workbench.root / ".mqbench/statistics"
large = "efficientnet-lite0-imagenet"
# What responses are computed for: those from both backgrounds, and what rounding single layers does to predictions.
proxies_of_responses = [
    "default", "superposed_divergence_float", "superposed_divergence", "interaction_divergence", "coherent_response",
    "root_divergence", "divergence"]
benchmarks = [f"{name}-{rounding}" for name in workbench.networks if name != large for rounding in ("nearest", "gptq")]
benchmarks.append(f"{large}-gptq")


def arguments(benchmark):
    """The arguments that a benchmark is built with, beside --rounding and -o."""
    name, _, rounding = benchmark.rpartition("-")
    network = workbench.networks[name]
    common = ["--calibration", network.train, "--preset", network.preset]
    if name.startswith("fashion"):
        # With second-order rounding, configurations differ so little that 1,000 images are too few.
        images = 1600 if rounding == "gptq" else 1000
        return [network.model, "--data", f"{workbench.fashion}#test", "--images", images, *common]
    if name.endswith("cifar10"):
        # There are only 1,000 test images, so more views of each take the place of more images.
        views = 4 if rounding == "gptq" else 1
        return [network.model, "--data", f"{workbench.cifar}/test.npz", "--views", views, *common]
    return [network.model, "--data", f"{workbench.imagenet}#128:500", "--calibration", f"{workbench.imagenet}#0:128",
            "--preset", network.preset, "--configurations", 100, "--bits", "3,4,5"]


def of_network(chosen, name):
    """Its benchmarks' files; the first one for a trial."""
    files = [f"MQBench/{benchmark}.csv" for benchmark in benchmarks if benchmark.rpartition("-")[0] == name]
    return files[:1] if chosen.quick else files


def add_statistics_options(parser):
    """Which statistics are computed."""
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5], metavar="SEED",
                        help="which batches of images (default: 1 2 3 4 5)")
    parser.add_argument("--large-seeds", type=int, nargs="+", default=[1, 2, 3], metavar="SEED",
                        help=f"those of {large}, which take some eight minutes each (default: 1 2 3)")
    parser.add_argument("--images", type=int, default=64,
                        help=f"images in a batch (default: 64, and always for {large})")
    parser.add_argument("--probes", type=int, default=100, help="Hutchinson probes (default: 100)")


def quick(chosen):
    """Sets what a trial computes."""
    chosen.seeds, chosen.images, chosen.probes = [1], 8, 2


def statistics(chosen, name, folder=kept):
    """The files of a network's statistics under the roundings of its benchmarks; what is there is not computed again."""
    network = workbench.networks[name]
    folder.mkdir(parents=True, exist_ok=True)
    if name == large:
        # A double-backward pass of 64 such images takes several seconds, so there are fewer of them.
        seeds, images = chosen.large_seeds, 64
        given = ["--data", f"{workbench.imagenet}#0:128", "--bits", "3,4,5", "--probes", 4]
    else:
        seeds, images = chosen.seeds, chosen.images
        given = ["--data", network.train, "--images", images, "--probes", chosen.probes]
    files = []
    for seed in seeds:
        file = folder / f"{name}{'' if images == 64 else f'-{images}'}-{seed}.safetensors"
        for benchmark in of_network(chosen, name):
            workbench.run(
                chosen.emq, "statistics", network.model, *given, "--preset", network.preset, "--rounding",
                benchmark.removesuffix(".csv").rpartition("-")[2], "--seed", seed, "-o", file, show=not chosen.quick)
        files.append(file)
    return files


def responses(chosen, benchmark, folder):
    """The file of the responses of a benchmark's network under its rounding; what is there is not computed again."""
    name, _, rounding = benchmark.rpartition("-")
    network, file = workbench.networks[name], folder / f"{benchmark}.safetensors"
    data, bits = network.train, "2,3,4"
    if name == large:
        data, bits = f"{workbench.imagenet}#0:128", "3,4,5"
    folder.mkdir(parents=True, exist_ok=True)
    further = ["--images", 16] if chosen.quick else []
    workbench.run(
        chosen.emq, "statistics", network.model, "--data", data, "--preset", network.preset, "--bits", bits, "--rounding",
        rounding, *each("--for", proxies_of_responses), *further, "-o",
        file, show=not chosen.quick)
    return file


def each(option, values):
    """`option value` for each value."""
    return [part for value in values for part in (option, value)]


def interval(values):
    """Their mean and the half width of its 95 % interval, as text."""
    width = quantiles[len(values) - 2] * sample_statistics.stdev(values) / math.sqrt(len(values))
    return f"{sample_statistics.mean(values):+.4f} ± {width:.4f}"
