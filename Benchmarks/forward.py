"""Forward passes of Models/fashion-resnet.onnx: this program against eager PyTorch, NCHW, batch norms folded.

Prints one line a side and their ratio; both run the 10,000 test images of Fashion-MNIST on two threads.
"""

import gzip
import json
import subprocess
import sys
import time

import numpy
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional

program, path = sys.argv[1:3]
data = "/usr/share/datasets/fashion-mnist"
rounds = 3
torch.set_num_threads(2)


def read(name, offset):
    with gzip.open(f"{data}/{name}") as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=offset)


images = torch.from_numpy(read("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28).astype(numpy.float32))
images = (images / 255 - 0.2860) / 0.3530
labels = torch.from_numpy(read("t10k-labels-idx1-ubyte.gz", 8).astype(numpy.int64))

graph = onnx.load(path).graph
values = {item.name: torch.from_numpy(numpy_helper.to_array(item).copy()) for item in graph.initializer}
norms = {node.input[0]: node for node in graph.node if node.op_type == "BatchNormalization"}
steps = []
for node in graph.node:
    attributes = {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute}
    if node.op_type == "Conv":
        norm = norms[node.output[0]]
        scale, shift, mean, variance = (values[name] for name in norm.input[1:])
        factor = scale / (variance + 1e-5).sqrt()
        weight = values[node.input[1]] * factor[:, None, None, None]
        steps.append(("conv", node.input[0], norm.output[0], weight, shift - mean * factor, attributes))
    elif node.op_type != "BatchNormalization":
        steps.append((node.op_type, list(node.input), node.output[0], None, None, attributes))


def forward(batch):
    env = {graph.input[0].name: batch}
    for kind, source, target, weight, bias, attributes in steps:
        if kind == "conv":
            env[target] = functional.conv2d(
                env[source], weight, bias, attributes["strides"], attributes["pads"][:2], groups=attributes["group"])
        elif kind == "Relu":
            env[target] = env[source[0]].relu()
        elif kind == "Add":
            env[target] = env[source[0]] + env[source[1]]
        elif kind == "GlobalAveragePool":
            env[target] = env[source[0]].mean((2, 3), keepdim=True)
        elif kind == "Flatten":
            env[target] = env[source[0]].flatten(1)
        elif kind == "Gemm":
            env[target] = functional.linear(env[source[0]], values[source[1]], values[source[2]])
    return env[target]


peer, own = [], []
with torch.no_grad():
    for _ in range(rounds):
        start = time.perf_counter()
        logits = torch.cat([forward(images[i:i + 125]) for i in range(0, len(images), 125)])
        peer.append(time.perf_counter() - start)
        result = subprocess.run(
            [program, "evaluate", path, "--data", f"{data}#test", "--preset", "fashion-mnist", "--threads", "2",
             "--format", "json"], check=True, capture_output=True, text=True)
        own.append(json.loads(result.stdout))
accuracy = (logits.argmax(1) == labels).double().mean().item()
peer_seconds = sorted(peer)[rounds // 2]
own_seconds = sorted(item["seconds"] for item in own)[rounds // 2]
print(f"PyTorch, eager, NCHW: {peer_seconds:.2f} s, top-1 {100 * accuracy:.2f} %")
print(f"emq evaluate:         {own_seconds:.2f} s, top-1 {100 * own[0]['top1']:.2f} %")
print(f"ratio: {peer_seconds / own_seconds:.2f} times as fast as PyTorch")
