#!/usr/bin/env python3
"""Quantized files in other runtimes: which load them, and whether they give what the current ONNX Runtime gives.

Networks are quantized at 3 bits in each packing, and the first test images of the workbench run through each runtime. A
runtime is a name and the Python that has it; the beginning of the name says what is done there:

- reference: onnx's reference evaluator. It knows DequantizeLinear from operator set 19 on, so the file is given set 21, its
  functions, too;
- checker: onnx.checker with full_check, which computes nothing;
- openvino: OpenVINO on the processor, in single precision (INFERENCE_PRECISION_HINT=f32);
- any other name: onnxruntime of that Python.

Columns: loads, or the first line of the reason why not; predictions that equal those of the ONNX Runtime of --python on the
file of packing `function`; the largest difference of an output from that, relative to the largest output.

    Benchmarks/runtimes.py --runtime ort1.17=envs/ort117/bin/python --runtime openvino=envs/openvino/bin/python

Needs NumPy and onnxruntime; `../shared` beside the repository, or Debian's dataset-fashion-mnist for the fashion networks.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import workbench

names = ["fashion-resnet", "fashion-senet", "resnet20-cifar10", "efficientnet-lite0-imagenet"]
packings = ["function", "inline", "int8"]
reference_opset = 21


# What follows runs in the Python of a runtime: it gives the runtime's version and a function from a path and images to outputs.

def onnx_runtime():
    import onnxruntime

    def run(path, images):
        settings = onnxruntime.SessionOptions()
        settings.log_severity_level = 4
        session = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
        return session.run(None, {session.get_inputs()[0].name: images})[0]

    return f"ONNX Runtime {onnxruntime.__version__}", run


def openvino():
    import openvino

    core = openvino.Core()

    def run(path, images):
        model = core.compile_model(core.read_model(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        return model(images)[model.outputs[0]]

    return f"OpenVINO {openvino.__version__.partition('-')[0]}", run


def reference():
    import onnx
    from onnx.reference import ReferenceEvaluator

    def run(path, images):
        model = onnx.load(path)
        for owner in [model, *model.functions]:
            for opset in owner.opset_import:
                if opset.domain == "":
                    opset.version = max(opset.version, reference_opset)
        evaluator = ReferenceEvaluator(model)
        return evaluator.run(None, {evaluator.input_names[0]: images})[0]

    return f"onnx {onnx.__version__}, reference evaluator", run


def checker():
    import onnx

    def run(path, images):
        onnx.checker.check_model(path, full_check=True)

    return f"onnx {onnx.__version__}, checker", run


kinds = {"openvino": openvino, "reference": reference, "checker": checker}


def work(name, images_path, output, *paths):
    """Runs files and writes what each gives, as JSON beside arrays."""
    import numpy

    make = next((made for kind, made in kinds.items() if name.startswith(kind)), onnx_runtime)
    version, run = make()
    images, results = numpy.load(images_path), []
    for index, path in enumerate(paths):
        try:
            values = run(path, images)
        except Exception as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            # OpenVINO first lists the lines of its own sources that threw.
            lines = [line for line in lines if "No conversion rule" in line] or lines
            results.append({"reason": lines[0] if lines else type(error).__name__})
            continue
        results.append({"reason": None, "computes": values is not None})
        if values is not None:
            numpy.save(f"{output}.{index}.npy", values)
    pathlib.Path(output).write_text(json.dumps({"version": version, "files": results}))


# What follows runs in this script's own Python.

def runs(name, python, folder, paths):
    """What a runtime makes of files: its version, and for each file why it does not load, or its outputs."""
    import numpy

    output = folder / f"{name}.json"
    done = subprocess.run(
        [python, __file__, "--work", name, folder / "images.npy", output, *paths], text=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"{name}: {python}: exit status {done.returncode}: {done.stderr.strip()}")
    found = json.loads(output.read_text())
    for index, result in enumerate(found["files"]):
        if result.get("computes"):
            result["outputs"] = numpy.load(f"{output}.{index}.npy")
    return found


def shortened(reason, folder, limit=110):
    reason = reason.replace(f"{folder}/", "").replace("|", "\\|")
    return reason if len(reason) <= limit else reason[:limit].rstrip() + " …"


def compared(chosen, name, runtimes):
    """A row for each packing and runtime."""
    import numpy

    import images

    network, rows = workbench.networks[name], []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        calibration = images.read(name, network.train)
        order = numpy.random.default_rng(1).permutation(len(calibration[0]))[:chosen.calibration_images]
        images.write(folder / "calibration.npz", *(values[order] for values in calibration))
        test, _ = images.read(name, network.report, chosen.images)
        numpy.save(folder / "images.npy", images.normalized(test, network.preset))
        paths = [folder / f"{packing}.onnx" for packing in packings]
        for packing, path in zip(packings, paths):
            workbench.run_json(
                chosen.emq, "quantize", workbench.root / network.model, "--bits", chosen.bits, "--packing", packing,
                "--calibration", folder / "calibration.npz", *images.options(network.preset), "-o", path)
        expected = runs("onnxruntime", sys.executable, folder, paths[:1])["files"][0]
        for runtime, python in runtimes:
            found = runs(runtime, python, folder, paths)
            for packing, result in zip(packings, found["files"]):
                row = {"network": name, "packing": packing, "runtime": found["version"], "loads": result["reason"] is None}
                if not row["loads"]:
                    row["reason"] = shortened(result["reason"], folder)
                elif "outputs" in result and "outputs" in expected:
                    ours, theirs = expected["outputs"], result["outputs"]
                    row["equal"] = 100 * float((ours.argmax(1) == theirs.argmax(1)).mean())
                    row["difference"] = float(numpy.abs(ours - theirs).max() / numpy.abs(ours).max())
                rows.append(row)
    return rows


def main():
    parser = workbench.options(__doc__, "fashion-resnet, 16 images, this Python's own onnxruntime")
    parser.add_argument("--runtime", action="append", default=[], metavar="NAME=PYTHON", help="several times for several")
    parser.add_argument("--network", choices=workbench.networks, action="append",
                        help=f"several times for several (default: {', '.join(names)})")
    parser.add_argument("--bits", type=int, default=3, help="of weights (default: 3)")
    parser.add_argument("--images", type=int, default=64, help="test images (default: 64)")
    parser.add_argument("--calibration-images", type=int, default=256, help="at most (default: 256)")
    parser.add_argument("--python", help="a Python with NumPy and onnxruntime (default: that of Scripts/bootstrap)")
    parser.add_argument("--format", choices=["table", "json"], default="table", help="default: table, of Markdown")
    chosen = parser.parse_args()
    workbench.go_over(chosen.python, "numpy", "onnxruntime")
    runtimes = [("onnxruntime", sys.executable)]
    for given in chosen.runtime:
        name, sign, python = given.partition("=")
        if not (name and sign and python) or "/" in name:
            sys.exit(f"--runtime {given}: NAME=PYTHON is needed")
        runtimes.append((name, python))
    if chosen.quick:
        chosen.network, chosen.images, runtimes = [workbench.smallest], 16, runtimes[:1]
    rows = []
    if chosen.format == "table":
        print("| network | packing | runtime | loads | equal % | largest difference |", "|---|---|---|---|---|---|", sep="\n")
    for name in chosen.network or names:
        if not workbench.networks[name].is_here:
            print(f"{name}: its model or images are not here", file=sys.stderr)
            continue
        rows += compared(chosen, name, runtimes)
        if chosen.format == "json":
            continue
        for row in (row for row in rows if row["network"] == name):
            equal = f"{row['equal']:.1f}" if "equal" in row else ""
            difference = f"{row['difference']:.1e}" if row.get("difference") else "0" if "difference" in row else ""
            loads = "yes" if row["loads"] else f"no: {row['reason']}"
            print(f"| {name} | {row['packing']} | {row['runtime']} | {loads} | {equal} | {difference} |", flush=True)
    if not rows:
        sys.exit("no network is here")
    if chosen.format == "json":
        print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(*sys.argv[2:])
    else:
        main()
