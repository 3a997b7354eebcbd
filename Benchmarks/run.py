#!/usr/bin/env python3
"""Times this program against eager PyTorch on the same networks, images and threads, and rebuilds a benchmark.

A forward pass and, where the CIFAR-10 networks lie beside the checkout, the configurations of a benchmark, a probe of
the Hessian and the fitnesses of formulas, over statistics and over responses. Then one of the benchmarks in MQBench/ is
rebuilt and compared with the file there. A measurement that fails does not keep the others from running; the status is 1
then.

    Benchmarks/run.py --record
"""

import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.append(str(here.parent / "Scripts"))
import workbench


def main():
    parser = workbench.options(__doc__, "each measurement's own trial", record=True)
    chosen = parser.parse_args()
    timed = ["forward.py", "configurations.py", "hessian.py", "search.py", "responses.py"]
    if not chosen.quick and not workbench.networks["resnet20-cifar10"].is_here:
        print("the CIFAR-10 networks are not in ../shared: only the forward pass is timed", file=sys.stderr)
        timed = timed[:1]
    common = ["--emq", str(chosen.emq.resolve())] + (["--quick"] if chosen.quick else [])
    commands = [[here / name, *common, *(["--record"] if chosen.record else [])] for name in timed]
    check = ["--check"] + ([] if chosen.quick else ["--benchmark", "fashion-resnet-nearest"])
    commands.append([workbench.root / "Experiments/mqbench", *common, *check])
    print(f"On {workbench.processor()}:", flush=True)
    failed = [str(command[0].relative_to(workbench.root)) for command in commands
              if subprocess.run([str(part) for part in command], cwd=workbench.root).returncode]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
