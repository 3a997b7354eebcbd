"""One Hutchinson probe of ResNet-20 for all layers together: this program against PyTorch's own double backward.

Both take the same network, 64 images and two threads. PyTorch's way is eager, its graph built once; the faster of the two
memory layouts counts. The way of published code, a product for each layer by itself, is timed beside it.
"""

import json
import pathlib
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
model = root.parent / "shared/models/resnet20-cifar10.onnx"
data = root.parent / "shared/data/cifar10/train.npz"
few, many, rounds, size = 16, 48, 3, 64
torch.set_num_threads(2)

with numpy.load(data) as file:
    images = torch.from_numpy(file["images"][:size].astype(numpy.float32) / 255)
    labels = torch.from_numpy(file["labels"][:size])
mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
images = ((images - mean) / deviation).permute(0, 3, 1, 2).contiguous()

graph = onnx.load(model).graph
constants = {item.name: torch.from_numpy(numpy_helper.to_array(item).copy()) for item in graph.initializer}
weight_names = [node.input[1] for node in graph.node if node.op_type in ("Conv", "Gemm")]
bias = next(constants[node.input[2]] for node in graph.node if node.op_type == "Gemm")
norms = [[constants[name] for name in node.input[1:]] for node in graph.node if node.op_type == "BatchNormalization"]


def forward(weights, x):
    layer = 0

    def convolution(x, stride=1):
        nonlocal layer
        scale, shift, mean, variance = norms[layer]
        y = functional.conv2d(x, weights[layer], None, stride=stride, padding=1)
        layer += 1
        return functional.batch_norm(y, mean, variance, scale, shift, False, 0.0, 1e-5)

    x = convolution(x).relu()
    for stage in range(3):
        for block in range(3):
            stride = 2 if stage > 0 and block == 0 else 1
            y = convolution(convolution(x, stride).relu())
            if stride == 2:
                channels = x.shape[1] // 2
                x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, channels, channels))
            x = (x + y).relu()
    return functional.linear(x.mean((2, 3)), weights[layer], bias)


def peer(layout, layerwise):
    """Seconds of one probe, the median over several."""
    batch = images.to(memory_format=layout)
    leaves = [
        constants[name].clone(memory_format=layout if constants[name].dim() == 4 else torch.preserve_format)
        .requires_grad_() for name in weight_names]
    loss = functional.cross_entropy(forward(leaves, batch), labels)
    gradients = torch.autograd.grad(loss, leaves, create_graph=True)
    seconds = []
    for _ in range(5 if layerwise else 12):
        signs = [torch.randint_like(leaf, 2) * 2 - 1 for leaf in leaves]
        start = time.perf_counter()
        if layerwise:
            for gradient, leaf, sign in zip(gradients, leaves, signs):
                torch.autograd.grad(gradient, leaf, sign, retain_graph=True)
        else:
            torch.autograd.grad(gradients, leaves, signs, retain_graph=True)
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)[len(seconds) // 2]


def own(probes):
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            [program, "statistics", str(model), "--data", f"{data}#0:{size}", "--images", str(size), "--preset",
             "cifar10", "--statistics", "hessian", "--no-perturbations", "--probes", str(probes), "--threads", "2",
             "--format", "json", "-o", f"{folder}/s.safetensors"], check=True, capture_output=True, text=True)
    return next(item["seconds"] for item in json.loads(result.stdout)["stages"] if item["name"] == "hutchinson")


# What both sides do is taken in turns, so that a slower moment of the machine meets both.
together, apart, probe = [], [], []
for _ in range(rounds):
    layouts = (torch.contiguous_format, torch.channels_last)
    together.append(min(peer(layout, False) for layout in layouts))
    apart.append(min(peer(layout, True) for layout in layouts))
    probe.append((own(many) - own(few)) / (many - few))
together, apart, probe = (sorted(values)[rounds // 2] for values in (together, apart, probe))
print(f"PyTorch, all layers together: {1000 * together:.0f} ms a probe")
print(f"PyTorch, layer by layer:      {1000 * apart:.0f} ms a probe")
print(f"emq statistics:               {1000 * probe:.0f} ms a probe")
print(f"ratio: {probe / together:.2f} times PyTorch's all together, {apart / probe:.1f} times as fast as layer by layer")
