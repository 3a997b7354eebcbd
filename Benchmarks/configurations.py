"""Configurations of resnet20-cifar10: `emq benchmark build` against eager PyTorch.

Both evaluate bit configurations of the same network with the same rounded weights, the same ranges of activations, the
same 1,000 images and two threads. PyTorch runs in NCHW, batch norms folded, weights dequantized before the clock
starts, activations rounded in place (which is faster than torch.fake_quantize_per_tensor_affine). Rounding of weights
is done before either is timed. Prints images a second of both, their ratio, the memory of `emq`, and how far the
accuracies are apart.
"""

import json
import pathlib
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time

import numpy
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional

program, root = sys.argv[1], pathlib.Path(sys.argv[2])
model = root / "../shared/models/resnet20-cifar10.onnx"
data = root / "../shared/data/cifar10"
peer_count = 20
torch.set_num_threads(2)
common = ["--calibration", f"{data}/train.npz", "--preset", "cifar10", "--rounding", "gptq", "--threads", "2"]


def emq(*arguments):
    return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def forward(x, weights, biases, grids):
    layer = 0

    def rounded(x):
        scale, zero = grids[layer]
        return (x * (1 / scale)).round_().clamp_(-zero, 255 - zero).mul_(scale)

    def convolution(x, stride=1):
        nonlocal layer
        y = functional.conv2d(rounded(x), weights[layer], biases[layer], stride=stride, padding=1)
        layer += 1
        return y

    x = convolution(x).relu()
    for stage in range(3):
        for block in range(3):
            stride = 2 if stage > 0 and block == 0 else 1
            y = convolution(convolution(x, stride).relu())
            if stride == 2:
                channels = x.shape[1] // 2
                x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, channels, channels))
            x = (x + y).relu()
    return functional.linear(rounded(x.mean((2, 3))), weights[layer], biases[layer])


with tempfile.TemporaryDirectory() as folder:
    bench, quantized = f"{folder}/b.sqlite", f"{folder}/q.onnx"
    build = ["benchmark", "build", model, "--data", f"{data}/test.npz", *common, "-o", bench, "--format", "json"]
    # Rounds the weights at 2, 3 and 4 bits and measures one configuration.
    emq(*build, "--configurations", 1)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    # The greatest memory of any child is kept, so the one that is asked about runs in a process of its own.
    script = ("import json,resource,subprocess,sys;r=subprocess.run(sys.argv[1:],check=True,capture_output=True,"
              "text=True);print(json.dumps([json.loads(r.stdout),"
              "resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))")
    result = subprocess.run([sys.executable, "-c", script, program, *map(str, build), "--configurations", "425"],
                            check=True, capture_output=True, text=True)
    own, memory = json.loads(result.stdout)

    # Folded biases and the grids of activations, from an exported file of the same calibration.
    emq("quantize", model, "--bits", 3, *common, "-o", quantized)
    graph = onnx.load(quantized).graph
    values = {item.name: torch.from_numpy(numpy_helper.to_array(item).copy()) for item in graph.initializer
              if item.data_type != onnx.TensorProto.UINT4}
    producers = {node.output[0]: node for node in graph.node}
    layers = [node for node in graph.node if node.op_type in ("Conv", "Gemm")]
    biases = [values[node.input[2]] for node in layers]
    grids = []
    for node in layers:
        quantizer = producers[producers[node.input[0]].input[0]]
        grids.append((values[quantizer.input[1]].item(), values[quantizer.input[2]].item()))

    database = sqlite3.connect(bench)
    rows = database.execute("SELECT configuration, top1 FROM result WHERE role = 'drawn' ORDER BY configuration")
    chosen = rows.fetchall()[:: 425 // peer_count][:peer_count]
    shapes = [None] * len(layers)
    float_graph = onnx.load(model).graph
    float_values = {item.name: item.dims for item in float_graph.initializer}
    shapes = [tuple(float_values[node.input[1]]) for node in float_graph.node if node.op_type in ("Conv", "Gemm")]

    def weight(layer, bits):
        levels, scales, zeros = database.execute(
            "SELECT levels, scales, zeros FROM weight WHERE layer = ? AND bits = ?", (layer, bits)).fetchone()
        levels = numpy.frombuffer(levels, numpy.int8 if bits > 4 else numpy.uint8).astype(numpy.float32)
        per_channel = (-1,) + (1,) * (len(shapes[layer]) - 1)
        scales = numpy.frombuffer(scales, numpy.float32).reshape(per_channel)
        zeros = numpy.frombuffer(zeros, numpy.float32).reshape(per_channel)
        return torch.from_numpy((levels.reshape(shapes[layer]) - zeros) * scales)

    archive = numpy.load(data / "test.npz")
    mean, deviation = numpy.array([0.485, 0.456, 0.406]), numpy.array([0.229, 0.224, 0.225])
    images = torch.from_numpy(((archive["images"] / 255 - mean) / deviation).transpose(0, 3, 1, 2).astype(numpy.float32))
    images = images.contiguous()
    labels = torch.from_numpy(archive["labels"])
    prepared = [[weight(layer, int(bits)) for layer, bits in enumerate(text.split("/")[0].split(","))]
                for text, _ in chosen]
    accuracies = []
    with torch.no_grad():
        forward(images[:125], prepared[0], biases, grids)
        start = time.perf_counter()
        for weights in prepared:
            logits = torch.cat([forward(images[i:i + 125], weights, biases, grids) for i in range(0, 1000, 125)])
            accuracies.append((logits.argmax(1) == labels).double().mean().item())
        peer = peer_count * 1000 / (time.perf_counter() - start)

apart = max(abs(accuracy - top1) for accuracy, (_, top1) in zip(accuracies, chosen))
print(f"PyTorch, eager, NCHW: {peer:.0f} images a second over {peer_count} configurations")
print(f"emq benchmark build:  {own['images_per_second']:.0f} images a second over 425 configurations, "
      f"{memory / 1024:.0f} MiB")
print(f"top-1 of the same configurations at most {100 * apart:.2f} points apart")
print(f"ratio: {own['images_per_second'] / peer:.2f} times as fast as PyTorch")
