#!/usr/bin/env python3
"""Accuracies of networks whose weights are rounded to 4, 3 and 2 bits in each way, and the seconds of rounding.

The first and last layer and activations have 8 bits; ranges are calibrated on 1,024 training images. Accuracies are
those on images that nothing was chosen by. Prints a Markdown table; seconds are the median over the three widths.

    Benchmarks/roundings.py --network fashion-resnet --network fashion-mobilenet
"""

import pathlib
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import workbench

roundings = {
    "nearest": ["--rounding", "nearest"],
    "gptq, `--weight-range weight` (as published)": ["--rounding", "gptq", "--weight-range", "weight"],
    "gptq": ["--rounding", "gptq"],
    "gptq, `--sequential`": ["--rounding", "gptq", "--sequential"],
    "adaround": ["--rounding", "adaround"],
    "brecq": ["--rounding", "brecq"],
}


def main():
    parser = workbench.options(__doc__, "fashion-resnet at 3 bits, the fast roundings, 200 images")
    parser.add_argument(
        "--network", action="append", choices=workbench.networks, metavar="NAME",
        help=f"several times for several of {', '.join(workbench.networks)} (default: resnet20-cifar10)")
    parser.add_argument("--without", action="append", default=[], choices=roundings, metavar="ROUNDING",
                        help="leaves a rounding out; several times for several")
    chosen = parser.parse_args()
    names, widths, chosen_roundings = chosen.network or ["resnet20-cifar10"], (4, 3, 2), dict(roundings)
    if chosen.quick:
        names, widths = [workbench.smallest], (3,)
        chosen_roundings = {"nearest": roundings["nearest"], "gptq": roundings["gptq"]}
    for name in chosen.without:
        chosen_roundings.pop(name, None)

    print(f"| network (float) | rounding | {' | '.join(f'{bits} bits' for bits in widths)} | seconds |")
    print("|" + "---|" * (3 + len(widths)))
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            network = workbench.networks[name]
            title = None
            for rounding, arguments in chosen_roundings.items():
                accuracies, seconds = [], []
                for bits in widths:
                    report = f"{workbench.fashion}#test#1600:1800" if chosen.quick else network.report
                    result = workbench.run_json(
                        chosen.emq, "quantize", network.model, "--bits", bits, "--calibration", network.train, "--data",
                        report, "--preset", network.preset, "--arithmetic", "float", "-o", f"{folder}/q.onnx",
                        *arguments,
                        *(["--calibration-images", 128] if chosen.quick else []))
                    accuracies.append(f"{100 * result['top1']:.1f}")
                    seconds.append(result["rounding_seconds"])
                if title is None:
                    title = f"{name} ({100 * result['float_top1']:.1f})"
                print(f"| {title} | {rounding} | {' | '.join(accuracies)} | {sorted(seconds)[len(seconds) // 2]:.1f} |")
                title = ""
    for caveat in {workbench.networks[name].caveat for name in names} - {""}:
        print(f"\nefficientnet-lite0-imagenet: {caveat}.")


if __name__ == "__main__":
    main()
