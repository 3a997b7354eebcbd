#!/usr/bin/env python3
"""Kills the building of a benchmark at random moments, lets it finish, and compares its export with an undisturbed one's.

Then two processes build one file at once, and the export is compared again. Ends with status 1 where one differs.

    Benchmarks/interrupted.py --kills 10 --seed 1
"""

import pathlib
import random
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import workbench


def main():
    parser = workbench.options(__doc__, "one kill, few configurations to the nearest level, 200 images")
    parser.add_argument("--kills", type=int, default=10, help="how often the process is killed (default: 10)")
    parser.add_argument("--seed", type=int, default=1, help="draws the moments (default: 1)")
    chosen = parser.parse_args()
    kills, images, configurations, rounding = chosen.kills, 1500, 150, "gptq"
    if chosen.quick:
        kills, images, configurations, rounding = 1, 200, 12, "nearest"
    network = workbench.networks[workbench.smallest]
    draw = random.Random(chosen.seed)

    with tempfile.TemporaryDirectory() as folder:
        def build(name, threads=2):
            arguments = [
                "benchmark", "build", network.model, "--data", f"{workbench.fashion}#test", "--images", images,
                "--no-statistics", "--calibration", network.train, "--preset", network.preset, "--configurations",
                configurations, "--rounding", rounding, "--threads", threads, "-o", f"{folder}/{name}.sqlite"]
            if chosen.quick:
                arguments += ["--calibration-images", 128]
            return subprocess.Popen(
                workbench.command(chosen.emq, *arguments), cwd=workbench.root, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True)

        def finished(process):
            _, errors = process.communicate()
            if process.returncode:
                sys.exit(f"building failed: {errors.strip()}")

        def exported(name):
            workbench.run(chosen.emq, "benchmark", "export", f"{folder}/{name}.sqlite", "-o", f"{folder}/{name}.csv")
            return pathlib.Path(f"{folder}/{name}.csv").read_bytes()

        def compare(name, title):
            if exported(name) != expected:
                sys.exit(f"{title}: the export DIFFERS")
            print(f"{title}: the export is byte-identical")

        start = time.monotonic()
        finished(build("undisturbed"))
        seconds = time.monotonic() - start
        expected = exported("undisturbed")

        for kill in range(1, kills + 1):
            process = build("killed")
            # Anywhere from loading on; what is left becomes less from kill to kill.
            time.sleep(seconds * draw.uniform(0.05, 0.95 if kills == 1 else 0.2))
            process.kill()
            process.communicate()
            rows = 0
            if pathlib.Path(f"{folder}/killed.sqlite").exists():
                partial = subprocess.run(
                    workbench.command(chosen.emq, "benchmark", "export", f"{folder}/killed.sqlite", "-o",
                                      f"{folder}/part.csv"), cwd=workbench.root, capture_output=True)
                if partial.returncode == 0:
                    # A comment and the columns' names come first.
                    rows = len(pathlib.Path(f"{folder}/part.csv").read_text().splitlines()) - 2
            print(f"kill {kill}: {rows} rows so far")
        finished(build("killed"))
        compare("killed", f"after {kills} kill{'s' if kills > 1 else ''}")

        both = [build("shared", 1), build("shared", 1)]
        for process in both:
            finished(process)
        compare("shared", "by two processes at once")


if __name__ == "__main__":
    main()
