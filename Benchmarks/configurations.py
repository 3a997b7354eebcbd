#!/usr/bin/env python3
"""Configurations of resnet20-cifar10: `emq benchmark build` against eager PyTorch.

Both evaluate bit configurations of the same network with the same rounded weights, the same ranges of activations, the
same images and two threads. PyTorch runs in NCHW, batch norms folded, weights dequantized before the clock starts,
activations rounded in place (which is faster than torch.fake_quantize_per_tensor_affine). Rounding of weights is done
before either is timed. Prints images a second of both, their ratio, the memory of `emq`, and how far the accuracies
are apart.

    Benchmarks/configurations.py --record
"""

import json
import pathlib
import sqlite3
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import workbench

# Sums in another order flip single predictions near a decision, not more.
tolerance = 0.01
# Prints what a command prints, and the most memory that it took, in KiB. A process of its own, as the greatest memory of
# any child is all that the system remembers.
measured = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True)
print(json.dumps([done.stdout, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
sys.exit(done.returncode)
"""


def main():
    parser = workbench.options(
        __doc__, "4 configurations of fashion-resnet on 200 images, to the nearest level", record=True)
    chosen = parser.parse_args()
    name, configurations, peer_count, count, rounding = "resnet20-cifar10", 425, 20, 1000, "gptq"
    if chosen.quick:
        name, configurations, peer_count, count, rounding = workbench.smallest, 4, 2, 200, "nearest"
    network = workbench.networks[name]

    workbench.with_pytorch()
    import numpy
    import peer
    import torch

    torch.set_num_threads(1 if chosen.quick else 2)
    # The images of the benchmarks in MQBench/: this times and compares, and reports no accuracy.
    truth = f"{workbench.fashion}#test" if chosen.quick else f"{workbench.cifar}/test.npz"
    common = ["--calibration", network.train, "--preset", network.preset, "--rounding", rounding, "--threads", 2]
    if chosen.quick:
        common += ["--calibration-images", 128]
    forward = peer.Peer(workbench.root / network.model, folded=True)

    with tempfile.TemporaryDirectory() as folder:
        bench, quantized = f"{folder}/b.sqlite", f"{folder}/q.onnx"
        build = ["benchmark", "build", network.model, "--data", truth, "--images", count, *common, "--no-statistics",
                 "-o", bench]
        # Rounds the weights at 2, 3 and 4 bits and measures one configuration.
        workbench.run(chosen.emq, *build, "--configurations", 1)
        printed, memory = json.loads(workbench.run(
            sys.executable, "-c", measured, chosen.emq, *build, "--configurations", configurations, "--format", "json"))
        ours = json.loads(printed)

        # Folded biases and the grids of activations, from an exported file of the same calibration.
        workbench.run(
            chosen.emq, "quantize", network.model, "--bits", 3, *common, "--arithmetic", "float", "-o", quantized)
        biases, grids = peer.quantized_layers(quantized)

        database = sqlite3.connect(bench)
        rows = database.execute(
            "SELECT configuration, top1 FROM result WHERE role = 'drawn' ORDER BY configuration").fetchall()
        rows = rows[::max(1, len(rows) // peer_count)][:peer_count]

        def weight(layer, bits):
            levels, scales, zeros = database.execute(
                "SELECT levels, scales, zeros FROM weight WHERE layer = ? AND bits = ?", (layer, bits)).fetchone()
            shape = forward.weights[layer].shape
            levels = numpy.frombuffer(levels, numpy.int8 if bits > 4 else numpy.uint8).astype(numpy.float32)
            per_channel = (-1,) + (1,) * (len(shape) - 1)
            scales = numpy.frombuffer(scales, numpy.float32).reshape(per_channel)
            zeros = numpy.frombuffer(zeros, numpy.float32).reshape(per_channel)
            return torch.from_numpy((levels.reshape(shape) - zeros) * scales)

        prepared = [[weight(layer, int(bits)) for layer, bits in enumerate(text.split("/")[0].split(","))]
                    for text, _ in rows]

    def rounded(layer, x):
        scale, zero = grids[layer]
        return (x / scale).round_().clamp_(-zero, 255 - zero).mul_(scale)

    images, labels = peer.pixels(name, "test", count)
    images, labels = peer.normalized(images, network.preset), torch.from_numpy(labels)
    accuracies = []
    with torch.no_grad():
        forward(images[:125], prepared[0], biases, rounded)
        start = time.perf_counter()
        for weights in prepared:
            logits = torch.cat([forward(batch, weights, biases, rounded) for batch in images.split(125)])
            accuracies.append((logits.argmax(1) == labels).double().mean().item())
        theirs = len(prepared) * count / (time.perf_counter() - start)

    apart = max(abs(accuracy - top1) for accuracy, (_, top1) in zip(accuracies, rows))
    print(f"PyTorch, eager, NCHW: {theirs:.0f} images a second over {len(prepared)} configurations")
    print(f"emq benchmark build:  {ours['images_per_second']:.0f} images a second over {configurations} configurations, "
          f"{memory / 1024:.0f} MiB")
    print(f"top-1 of the same configurations at most {100 * apart:.2f} points apart")
    if apart > tolerance:
        sys.exit(f"the accuracies are more than {100 * tolerance:.0f} point apart")
    ratio = ours["images_per_second"] / theirs
    print(f"ratio: {ratio:.2f} times as fast as PyTorch")
    workbench.record(chosen, "configurations", ratio)


if __name__ == "__main__":
    main()
