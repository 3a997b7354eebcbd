#!/usr/bin/env python3
"""How many times as fast as eager PyTorch this program is, as a range over the machines that Benchmarks/results.csv names.

Prints a Markdown table. `Benchmarks/run.py --record` adds this machine's.

    Benchmarks/ratios.py
"""

import csv
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import workbench


def main():
    workbench.options(__doc__, "the same, as it takes no time").parse_args()
    with open(workbench.results, newline="") as file:
        rows = list(csv.DictReader(file))
    print("| benchmark | times as fast as eager PyTorch | seen on |\n|---|---|---|")
    for benchmark in dict.fromkeys(row["benchmark"] for row in rows):
        chosen = [row for row in rows if row["benchmark"] == benchmark]
        ratios = sorted(float(row["ratio"]) for row in chosen)
        machines = {}
        for row in chosen:
            machines.setdefault(row["processor"], []).append(row["ratio"])
        seen = "; ".join(f"{processor}: {', '.join(values)}" for processor, values in machines.items())
        span = f"{ratios[0]:.2f} – {ratios[-1]:.2f}" if len(ratios) > 1 else f"{ratios[0]:.2f}"
        print(f"| {benchmark} | {span} | {seen} |")


if __name__ == "__main__":
    main()
