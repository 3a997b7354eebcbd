"""What the scripts of Benchmarks/ and Experiments/ share: the program, networks with their images, options, records.

Needs nothing but Python's own library.
"""

import argparse
import csv
import dataclasses
import datetime
import importlib.util
import json
import os
import pathlib
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent
# Paths that reports and cards print are relative to the repository, where every command runs.
fashion = "/usr/share/datasets/fashion-mnist"
cifar = "../shared/data/cifar10"
imagenet = "../shared/data/imagenet-sample"
results = root / "Benchmarks/results.csv"


@dataclasses.dataclass
class Network:
    """A network and its images: `train` to calibrate on and to choose by, `report` for accuracies that nothing chose."""

    model: str
    train: str
    report: str
    preset: str
    # Said wherever its accuracy is printed.
    caveat: str = ""

    @property
    def is_here(self):
        paths = [self.model, self.train.partition("#")[0], self.report.partition("#")[0]]
        return all((root / path).exists() for path in paths)


# Benchmarks measure on CIFAR-10's test.npz and on the first 1,600 of Fashion-MNIST's test images: what is chosen by them is
# reported on other images.
fashion_networks = [
    "fashion-resnet", "fashion-mobilenet", "fashion-plain", "fashion-densenet", "fashion-senet", "fashion-transformer",
    "fashion-lstm"]
networks = {
    **{name: Network(f"Models/{name}.onnx", f"{fashion}#train", f"{fashion}#test#1600:10000", "fashion-mnist")
       for name in fashion_networks},
    "resnet20-cifar10": Network(
        "../shared/models/resnet20-cifar10.onnx", f"{cifar}/train.npz", f"{cifar}/test-jpeg.npz", "cifar10"),
    "resnet32-cifar10": Network(
        "../shared/models/resnet32-cifar10.onnx", f"{cifar}/train.npz", f"{cifar}/test-jpeg.npz", "cifar10"),
    "efficientnet-lite0-imagenet": Network(
        "../shared/models/efficientnet-lite0-imagenet.onnx", f"{imagenet}#0:100", f"{imagenet}#100:500",
        "efficientnet-lite",
        "the images are of the network's training set: a drop of accuracy means something, the accuracy itself does not"),
}
smallest = "fashion-resnet"


def options(text, quick, *, record=False):
    """A parser of what all scripts take; `text` is the script's own description, `quick` what --quick does."""
    parser = argparse.ArgumentParser(
        description=text.partition("\n")[0], epilog=text.partition("\n")[2].strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    parser.add_argument(
        "--emq", type=pathlib.Path, default=root / ".build/release/emq", help="the program (default: that of make build)")
    parser.add_argument("--quick", action="store_true", help=f"a trial of some seconds: {quick}")
    if record:
        parser.add_argument("--record", action="store_true", help="append the ratio to Benchmarks/results.csv")
    return parser


def processor():
    """The processor's name and its number of cores."""
    name = "an unknown processor"
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                name = value.strip()
                break
    except OSError:
        pass
    return f"{name}, {os.cpu_count()} cores"


def record(chosen, benchmark, ratio):
    """Keeps a ratio of this machine where it was asked for; a trial's means nothing."""
    if chosen.quick:
        print("this was a trial: its figures mean nothing")
        return
    if not chosen.record:
        return
    with open(results, "a", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(
            [datetime.date.today().isoformat(), processor(), benchmark, f"{ratio:.2f}"])


def command(program, *arguments):
    return [str(program), *map(str, arguments)]


def run(program, *arguments, show=False, folder=root):
    """What a command prints; its failure ends the script with its own words. `show` passes its standard error on."""
    try:
        done = subprocess.run(
            command(program, *arguments), cwd=folder, text=True, stdout=subprocess.PIPE,
            stderr=None if show else subprocess.PIPE)
    except OSError as error:
        sys.exit(f"{program}: {error.strerror}; `make build` makes it")
    if done.returncode:
        detail = "" if show else f": {done.stderr.strip()}"
        sys.exit(f"{pathlib.Path(str(program)).name} {' '.join(map(str, arguments))}: exit status {done.returncode}{detail}")
    return done.stdout


def run_json(program, *arguments):
    return json.loads(run(program, *arguments, "--format", "json"))


def go_over(python, *needed):
    """Goes over to another Python, by default that of Scripts/bootstrap, and sees to the modules that it must have."""
    ours = root / ".deps/venv/bin/python"
    python = str(python or (ours if ours.exists() else sys.executable))
    # The mark tells the Python that was gone over to that it has arrived.
    if os.environ.pop("EMQ_WENT_OVER", None) != python and python != sys.executable:
        try:
            os.execve(python, [python, *sys.argv], dict(os.environ, EMQ_WENT_OVER=python))
        except OSError as error:
            sys.exit(f"{python}: {error.strerror}")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(f"{python} has no {' and no '.join(missing)}; --python names another one")


def with_pytorch():
    """Goes over to the Python of Scripts/bootstrap where this one lacks PyTorch or ONNX, and sees to both."""
    if all(importlib.util.find_spec(name) for name in ("torch", "onnx", "numpy")):
        return
    folder = root / ".deps/venv"
    python = folder / "bin/python"
    if pathlib.Path(sys.prefix).resolve() != folder.resolve():
        if not python.exists():
            sys.exit(f"{python} is missing; Scripts/bootstrap makes it")
        os.execv(python, [str(python), *sys.argv])
    if importlib.util.find_spec("torch") is None:
        sys.exit(f"{folder} has no PyTorch, as LIBTORCH was set when it was made")
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "onnx")


class NotInstalled(Exception):
    """What could not be installed, and why."""


def go_into(folder, requirements, alone=(), base=None):
    """Goes over to the Python of an environment, made where it is missing or was made for other packages.

    `alone`: packages that are installed without what they require. `base`: an environment whose packages are seen there,
    too, and not installed again. `NotInstalled` where one of them cannot be had.
    """
    python = folder / "bin/python"
    if pathlib.Path(sys.prefix).resolve() == folder.resolve():
        return
    # A stamp, written last, tells a complete environment from one that was interrupted.
    stamp = folder / ".complete"
    under = (base / ".complete").read_text() if base else sys.version.split()[0]
    wanted = f"{' '.join([*requirements, *alone])}, on {under}"
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"setting up Python packages in .deps/{folder.name}: {', '.join([*requirements, *alone])}", file=sys.stderr)
        install(base / "bin/python" if base else sys.executable, "-m", "venv", "--clear", folder)
        if base:
            place = "import sysconfig; print(sysconfig.get_path('purelib'))"
            theirs, ours = (run(each, "-c", place).strip() for each in (base / "bin/python", python))
            (pathlib.Path(ours) / "bootstrap.pth").write_text(theirs + "\n")
        for packages in (requirements, ["--no-deps", *alone]):
            install(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", *packages)
        stamp.write_text(wanted)
    os.execv(python, [str(python), *sys.argv])


def install(*arguments):
    """Runs what installs something; `NotInstalled` with its first error where it fails."""
    line = list(map(str, arguments))
    try:
        done = subprocess.run(
            line, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600,
            env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"))
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(f"{' '.join(line)}: {error}") from error
    if done.returncode:
        errors = [text for text in done.stdout.splitlines() if text.lower().startswith(("e:", "error"))]
        raise NotInstalled(f"{' '.join(line)}: {(errors or ['it failed'])[0]}")
