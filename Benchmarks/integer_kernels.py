#!/usr/bin/env python3
"""Quantized files on ONNX Runtime's integer kernels: how many layers, how small, how accurate, how fast, how well simulated.

Each network is quantized at uniform bits (of the outer layers, too) and at 8, 4, 3 and 2 bits by turns, with 8-bit
activations; at 8 bits also with `--arithmetic float`. The peer is onnxruntime.quantization's own static int8: QDQ, a scale a
channel, uint8 activations, int8 weights, ranges from least to greatest. Both take the same training images, normalized alike,
and are measured on the workbench's test images.

Columns: layers on integer kernels; MiB of the file and of its weights at their bits; bytes a layer that the file takes beyond
1.03 times the latter; top-1 simulated and in ONNX Runtime; predictions that are equal in both; predictions that ONNX Runtime
itself changes when it computes the same file in floats (ORT_ENABLE_BASIC), and when 1e-7 times normal noise is added to the
images; the median time of one image on one thread, as a ratio to the float file and to the peer's, all files of a network by
turns in one process. Images of bytes lie in the middle of the input's levels, so such noise reaches no layer and that column
is 0 unless something is wrong.

    Benchmarks/integer_kernels.py --network resnet20-cifar10 --bits 2,3

Needs NumPy and onnxruntime, for the peer onnx, and Pillow for folders of images; `../shared` beside the repository, or Debian's
dataset-fashion-mnist for the fashion networks.
"""

import importlib.util
import json
import pathlib
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import workbench

names = ["resnet20-cifar10", "resnet32-cifar10", "fashion-resnet", "fashion-mobilenet", "efficientnet-lite0-imagenet"]
calibration_images, noise, by_turns, batch = 256, 1e-7, (8, 4, 3, 2), 50
columns = {
    "bits": "bits", "integer_layers": "integer layers", "file_mib": "file MiB", "nominal_mib": "nominal MiB",
    "bytes_beyond": "bytes a layer beyond 1.03 ×", "top1": "top-1 % simulated", "onnx_runtime_top1": "ONNX Runtime",
    "equal": "equal %",
    "floats": "changed in floats %", "flipped": "by noise %", "to_float": "time × float", "to_peer": "× int8 of onnxruntime",
}
formats = {
    "file_mib": ".4f", "nominal_mib": ".4f", "bytes_beyond": ".0f", "top1": ".2f", "onnx_runtime_top1": ".2f", "equal": ".2f",
    "floats": ".2f", "flipped": ".2f", "to_float": ".2f", "to_peer": ".2f"}


def predictions(path, inputs, in_floats=False):
    """The classes that ONNX Runtime gives, by integer kernels where it has them, unless `in_floats`."""
    import numpy
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 4
    if in_floats:
        settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    session = onnxruntime.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return numpy.concatenate([session.run(None, {name: inputs[first:first + batch]})[0].argmax(1)
                              for first in range(0, len(inputs), batch)])


def static_int8(model, inputs, folder):
    """The file of onnxruntime.quantization."""
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(quantization.CalibrationDataReader):
        """Gives images one by one."""

        def __init__(self, name):
            self.rest = iter([{name: image[None]} for image in inputs])

        def get_next(self):
            return next(self.rest, None)

    import onnx

    prepared, path = folder / "prepared.onnx", folder / "peer.onnx"
    quant_pre_process(str(model), str(prepared), skip_symbolic_shape=True)
    quantization.quantize_static(
        str(prepared), str(path), Reader(onnx.load(prepared).graph.input[0].name), per_channel=True,
        quant_format=quantization.QuantFormat.QDQ, activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8)
    return path


def measured(chosen, name, folder, peer):
    """The rows of a network, and the float network's top-1 in percent."""
    import numpy

    import images

    network = workbench.networks[name]
    training, training_labels = images.read(name, network.train)
    order = numpy.random.default_rng(chosen.seed).permutation(len(training))[:chosen.calibration_images]
    training, training_labels = training[order], training_labels[order]
    test, labels = images.read(name, network.report, chosen.images)
    images.write(folder / "calibration.npz", training, training_labels)
    images.write(folder / "test.npz", test, labels)
    inputs = images.normalized(test, network.preset)
    draws = numpy.random.default_rng(chosen.seed).standard_normal(inputs.shape, numpy.float32)
    moved = inputs + numpy.float32(noise) * draws
    model = workbench.root / network.model

    def share(equal):
        return 100 * float(equal.mean())

    layers = workbench.run_json(chosen.emq, "inspect", model)["layers"]
    mixed = folder / "bits.json"
    mixed.write_text(json.dumps({"proxy": "by turns", "budget": "", "layers": [
        {"name": layer["name"], "weight_bits": by_turns[index % len(by_turns)], "activation_bits": 8}
        for index, layer in enumerate(layers)]}))
    rows, files = [], [model]
    wanted = [(bits, []) for bits in chosen.bits.split(",")]
    if not chosen.quick:
        wanted.insert(1, ("8", ["--arithmetic", "float"]))
    for bits, options in wanted:
        path = folder / f"{len(files)}.onnx"
        given = ["--bits", mixed] if bits == "mixed" else ["--bits", bits, "--outer-bits", bits]
        made = workbench.run_json(
            chosen.emq, "quantize", model, *given, *options, "--rounding", chosen.rounding, "--calibration",
            folder / "calibration.npz", "--data", folder / "test.npz", *images.options(network.preset), "--seed", chosen.seed,
            "-o", path)
        kernels = workbench.run_json(chosen.emq, "inspect", path)["kernels"]
        found = predictions(path, inputs)
        label = ", ".join(map(str, by_turns)) + " by turns" if bits == "mixed" else bits
        rows.append({
            "bits": label + (", `--arithmetic float`" if options else ""),
            "integer_layers": f"{kernels['integer_layers']} of {kernels['layers']}",
            "file_mib": path.stat().st_size / 2**20, "nominal_mib": made["size_mib"],
            "bytes_beyond": (path.stat().st_size - 1.03 * made["size_mib"] * 2**20) / made["layers"],
            "top1": 100 * made["top1"], "onnx_runtime_top1": share(found == labels),
            "equal": 100 * made["equal_predictions"], "floats": share(found != predictions(path, inputs, in_floats=True)),
            "flipped": share(found != predictions(path, moved))})
        files.append(path)
    if peer:
        path = static_int8(model, images.normalized(training, network.preset), folder)
        found = predictions(path, inputs)
        rows.append({
            "bits": "onnxruntime.quantization, 8", "file_mib": path.stat().st_size / 2**20,
            "onnx_runtime_top1": share(found == labels),
            "floats": share(found != predictions(path, inputs, in_floats=True)),
            "flipped": share(found != predictions(path, moved))})
        files.append(path)
    times = workbench.run_json(
        chosen.emq, "latency", *files, "--threads", 1, "--seconds", chosen.seconds)["models"]
    for row, time in zip(rows, times[1:]):
        row["to_float"] = time["ratio"]
        if peer:
            row["to_peer"] = time["median_ms"] / times[-1]["median_ms"]
    return rows, share(predictions(model, inputs) == labels), len(test)


def main():
    parser = workbench.options(__doc__, "fashion-resnet at 3 bits, 200 images")
    parser.add_argument("--network", choices=workbench.networks, action="append",
                        help=f"several times for several (default: {', '.join(names)})")
    parser.add_argument("--bits", default="8,4,3,2,mixed", help="joined by commas (default: 8,4,3,2,mixed)")
    parser.add_argument("--rounding", default="gptq", help="as in emq quantize (default: gptq)")
    parser.add_argument("--images", type=int, help="test images (default: all of the workbench's)")
    parser.add_argument("--calibration-images", type=int, default=calibration_images,
                        help=f"training images (default: {calibration_images}, or as many as there are)")
    parser.add_argument("--seconds", type=int, default=30, help="for the times of a network (default: 30)")
    parser.add_argument("--seed", type=int, default=1, help="of training images and noise (default: 1)")
    parser.add_argument("--python", help="a Python with NumPy, onnxruntime and onnx (default: that of Scripts/bootstrap)")
    parser.add_argument("--format", choices=["table", "json"], default="table", help="default: table, of Markdown")
    chosen = parser.parse_args()
    workbench.go_over(chosen.python, "numpy", "onnxruntime")
    if chosen.quick:
        chosen.network, chosen.bits, chosen.images, chosen.seconds = [workbench.smallest], "3", 200, 2
        chosen.rounding = "nearest"
    peer = importlib.util.find_spec("onnx") is not None
    if not peer:
        print(f"{sys.executable} has no onnx: onnxruntime.quantization is left out", file=sys.stderr)
    everything = {}
    for name in chosen.network or names:
        network = workbench.networks[name]
        if not network.is_here:
            print(f"{name}: its model or images are not here", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory() as folder:
            rows, top1, count = measured(chosen, name, pathlib.Path(folder), peer)
        everything[name] = {"float_top1": top1, "images": count, "rows": rows}
        if chosen.format == "json":
            continue
        if len(everything) > 1:
            print()
        print(f"{name}, {chosen.rounding}, {count} test images, {top1:.2f} % in float.")
        if network.caveat:
            print(f"Note: {network.caveat}.")
        shown = [key for key in columns if peer or key != "to_peer"]
        print("", "| " + " | ".join(columns[key] for key in shown) + " |", "|" + "---|" * len(shown), sep="\n")
        for row in rows:
            cells = [format(row[key], formats.get(key, "")) if key in row else "" for key in shown]
            print("| " + " | ".join(cells) + " |", flush=True)
    if not everything:
        sys.exit("no network is here")
    if chosen.format == "json":
        print(json.dumps(everything, indent=2))


if __name__ == "__main__":
    main()
