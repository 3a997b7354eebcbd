#!/usr/bin/env python3
"""Quantized files on ONNX Runtime's integer kernels: how many layers, how small, how fast, and how well simulated.

Each network is rounded to the nearest levels at uniform bits (outer layers, too) and at bits that alternate, with 8-bit
activations, and run in ONNX Runtime on one thread beside the float network and the static int8 file of
onnxruntime.quantization (QDQ, a scale a channel, the same calibration images where these are CIFAR-10's or
Fashion-MNIST's, else random ones), all in turn in one process.

Columns: layers on integer kernels; the file, and bytes a layer that it takes beyond 1.03 times its weights at their bits;
top-1 in ONNX Runtime; predictions that equal the simulated ones; predictions that ONNX Runtime itself changes where 1e-7 is
added to the images; times of a single image as ratios to the float file's and to onnxruntime.quantization's.

    Benchmarks/integer_kernels.py --network resnet20-cifar10

Needs `../shared` beside the repository, or Debian's dataset-fashion-mnist for the fashion networks.
"""

import pathlib
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import workbench

workbench.with_pytorch()

import numpy
import onnxruntime
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

import peer

calibration_images, noise = 256, 1e-7


class Reader(quantization.CalibrationDataReader):
    """Gives images one by one, under the name of the network's input."""

    def __init__(self, name, images):
        self.rest = iter([{name: image[None]} for image in images])

    def get_next(self):
        return next(self.rest, None)


def session(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def predictions(path, images):
    model = session(path)
    name = model.get_inputs()[0].name
    return numpy.concatenate([model.run(None, {name: batch})[0].argmax(1) for batch in
                              (images[first:first + 50] for first in range(0, len(images), 50))])


def preprocessed(name, split, count, seed=1):
    """Images as the network takes them and their labels; random images without labels of ImageNet."""
    network = workbench.networks[name]
    if name.startswith("efficientnet"):
        shape = session(workbench.root / network.model).get_inputs()[0].shape[1:]
        return numpy.random.default_rng(seed).standard_normal((min(count, 32), *shape)).astype(numpy.float32), None
    images, labels = peer.pixels(name, split)
    if split == "train":
        chosen = numpy.random.default_rng(seed).permutation(len(images))[:count]
    else:
        chosen = numpy.arange(len(images))[1600 if name.startswith("fashion") else 0:][:count]
    return peer.normalized(images[chosen], network.preset).numpy().astype(numpy.float32), labels[chosen]


def static_int8(name, folder):
    """The file of onnxruntime.quantization."""
    source, prepared, path = workbench.root / workbench.networks[name].model, folder / "prepared.onnx", folder / "ort.onnx"
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    images, _ = preprocessed(name, "train", calibration_images)
    quantization.quantize_static(
        str(prepared), str(path), Reader(session(source).get_inputs()[0].name, images), per_channel=True,
        quant_format=quantization.QuantFormat.QDQ, activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8)
    return path


def bits_file(program, name, folder):
    """Bits of 2, 3, 4 and 8 by turns."""
    import json
    layers = workbench.run_json(program, "inspect", workbench.networks[name].model)["layers"]
    path = folder / "mixed.json"
    path.write_text(json.dumps({"proxy": "by turns", "budget": "", "layers": [
        {"name": layer["name"], "weight_bits": (8, 4, 3, 2)[index % 4], "activation_bits": 8}
        for index, layer in enumerate(layers)]}))
    return path


def main():
    parser = workbench.options(__doc__, "fashion-resnet at 3 bits, 200 images")
    parser.add_argument("--network", choices=workbench.networks, default=workbench.smallest)
    parser.add_argument("--bits", default="8,4,3,2,mixed", help="joined by commas (default: 8,4,3,2,mixed)")
    parser.add_argument("--images", type=int, default=1000, help="images that predictions are compared on (default: 1000)")
    parser.add_argument("--seconds", type=int, default=20, help="for all times together (default: 20)")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.network, chosen.bits, chosen.images, chosen.seconds = workbench.smallest, "3", 200, 2
    name, network = chosen.network, workbench.networks[chosen.network]
    if not network.is_here:
        sys.exit(f"{name}: its model or images are not here")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        test, labels = preprocessed(name, "test" if name.startswith("fashion") else "test-jpeg", chosen.images)
        report = network.report
        if name.startswith("fashion"):
            report = f"{workbench.fashion}#test#1600:{1600 + chosen.images}"
        print(f"| {name}: bits | integer layers | file MiB | bytes a layer beyond 1.03 × | top-1 % | equal % | flipped % "
              "| × float | × int8 |", "|---|---|---|---|---|---|---|---|---|", sep="\n")
        rows, files = [], [network.model]
        for bits in chosen.bits.split(","):
            path = folder / f"{bits}.onnx"
            given = bits_file(chosen.emq, name, folder) if bits == "mixed" else bits
            outer = [] if bits == "mixed" else ["--outer-bits", bits]
            made = workbench.run_json(
                chosen.emq, "quantize", network.model, "--bits", given, *outer, "--calibration", network.train,
                "--calibration-images", min(calibration_images, 100 if "efficient" in name else calibration_images),
                "--data", report, "--preset", network.preset, "-o", path)
            kernels = made["execution"]["kernels"]
            beyond = (path.stat().st_size - 1.03 * made["size_mib"] * 2**20) / made["layers"]
            moved = test + noise * numpy.random.default_rng(2).standard_normal(test.shape).astype(numpy.float32)
            flipped = 100 * float((predictions(path, test) != predictions(path, moved)).mean())
            rows.append([bits, f"{kernels['integer_layers']}/{kernels['layers']}", f"{made['file_mib']:.4f}", f"{beyond:.0f}",
                         f"{100 * made['onnx_runtime_top1']:.2f}", f"{100 * made['equal_predictions']:.2f}", f"{flipped:.2f}"])
            files.append(path)
        static = static_int8(name, folder)
        times = workbench.run_json(
            chosen.emq, "latency", *files, static, "--threads", 1, "--seconds", chosen.seconds)["models"]
        for row, time in zip(rows, times[1:]):
            print("|", " | ".join(row + [f"{time['ratio']:.2f}", f"{time['median_ms'] / times[-1]['median_ms']:.2f}"]), "|")
        accuracy = "–" if labels is None else f"{100 * float((predictions(static, test) == labels).mean()):.2f}"
        print(f"| onnxruntime.quantization |  | {static.stat().st_size / 2**20:.4f} |  | {accuracy} |  |  "
              f"| {times[-1]['ratio']:.2f} | 1.00 |")
    if network.caveat:
        print(f"\n{name}: {network.caveat}.")


if __name__ == "__main__":
    main()
