"""Statistics of a small network, by PyTorch in float64.

The network has what matters: batch norms kept apart, a residual sum, a depthwise convolution, a Gemm. For each
quantizable layer: weight; gradient of the mean cross-entropy; the layer's own output averaged over the images;
SynFlow's virtual gradient, the derivative of the summed output with respect to absolute weights on an input of
ones, without biases and batch norms. For two layers the exact diagonal of the Hessian, one second derivative
after the other.
"""

import json
import pathlib

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch.nn import functional

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(3)
folder = pathlib.Path(__file__).parent


def normal(*shape, scale=1.0):
    # Rounded to float32, in which the ONNX file keeps them.
    return (torch.randn(*shape, generator=generator) * scale).float().double()


layers = ["conv1", "depthwise", "pointwise", "shortcut", "classifier"]
weights = {
    "conv1": normal(4, 2, 3, 3, scale=0.4),
    "depthwise": normal(4, 1, 3, 3, scale=0.5),
    "pointwise": normal(6, 4, 1, 1, scale=0.6),
    "shortcut": normal(6, 4, 1, 1, scale=0.5),
    "classifier": normal(5, 6, scale=0.7),
}
bias = normal(5, scale=0.1)
norms = {
    name: (normal(size).abs() + 0.5, normal(size, scale=0.2), normal(size, scale=0.2), normal(size).abs() + 0.5)
    for name, size in [("conv1", 4), ("depthwise", 4), ("pointwise", 6)]
}
images = normal(16, 2, 6, 6)
labels = torch.randint(0, 5, (16,), generator=generator)


def forward(weights, images, virtual=False, outputs=None):
    def seen(name, value):
        if outputs is not None:
            outputs[name] = value
        return value

    def norm(name, value):
        if virtual:
            return value
        scale, shift, mean, variance = norms[name]
        return functional.batch_norm(value, mean, variance, scale, shift, False, 0.0, 1e-5)

    stem = functional.relu(norm("conv1", seen("conv1", functional.conv2d(images, weights["conv1"], padding=1))))
    branch = seen("depthwise", functional.conv2d(stem, weights["depthwise"], stride=2, padding=1, groups=4))
    branch = functional.relu(norm("depthwise", branch))
    branch = norm("pointwise", seen("pointwise", functional.conv2d(branch, weights["pointwise"])))
    short = seen("shortcut", functional.conv2d(stem, weights["shortcut"], stride=2))
    pooled = functional.relu(branch + short).mean((2, 3))
    return seen("classifier", functional.linear(pooled, weights["classifier"], None if virtual else bias))


tracked = {name: value.clone().requires_grad_() for name, value in weights.items()}
outputs = {}
loss = functional.cross_entropy(forward(tracked, images, outputs=outputs), labels)
gradients = torch.autograd.grad(loss, [tracked[name] for name in layers], create_graph=True)

absolute = {name: value.abs().requires_grad_() for name, value in weights.items()}
total = forward(absolute, torch.ones(1, 2, 6, 6), virtual=True).sum()
virtual = torch.autograd.grad(total, [absolute[name] for name in layers])

result = {"images": images.flatten().tolist(), "imageShape": list(images.shape), "labels": labels.tolist(),
          "loss": loss.item(), "layers": []}
for name, gradient, flow in zip(layers, gradients, virtual):
    entry = {
        "name": name,
        "weight": weights[name].flatten().tolist(),
        "gradient": gradient.detach().flatten().tolist(),
        "activation": outputs[name].detach().mean(0).flatten().tolist(),
        "synflow": flow.flatten().tolist(),
    }
    if name in ("conv1", "classifier"):
        diagonal = []
        for index, value in enumerate(gradient.flatten()):
            row = torch.autograd.grad(value, tracked[name], retain_graph=True)[0]
            diagonal.append(row.flatten()[index].item())
        entry["hessian"] = diagonal
        entry["trace"] = sum(diagonal)
    result["layers"].append(entry)
(folder / "statistics.json").write_text(json.dumps(result) + "\n")

initializers, nodes = [], []


def constant(name, value):
    initializers.append(numpy_helper.from_array(value.numpy().astype(numpy.float32), name))
    return name


def node(operator, name, inputs, **attributes):
    nodes.append(helper.make_node(operator, inputs, [name + "_out"], name=name, **attributes))
    return name + "_out"


def norm(name, value):
    scale, shift, mean, variance = norms[name]
    return node("BatchNormalization", name + "_norm",
                [value, constant(name + "_scale", scale), constant(name + "_shift", shift),
                 constant(name + "_mean", mean), constant(name + "_variance", variance)])


def convolution(name, value, stride=1, pad=0, group=1):
    kernel = list(weights[name].shape[2:])
    return node("Conv", name, [value, constant(name + "_weight", weights[name])], kernel_shape=kernel,
                strides=[stride, stride], pads=[pad] * 4, group=group)


stem = node("Relu", "relu1", [norm("conv1", convolution("conv1", "images", pad=1))])
branch = node("Relu", "relu2", [norm("depthwise", convolution("depthwise", stem, stride=2, pad=1, group=4))])
branch = norm("pointwise", convolution("pointwise", branch))
joined = node("Relu", "relu3", [node("Add", "sum", [branch, convolution("shortcut", stem, stride=2)])])
flat = node("Flatten", "flatten", [node("GlobalAveragePool", "pool", [joined])])
logits = node("Gemm", "classifier",
              [flat, constant("classifier_weight", weights["classifier"]), constant("classifier_bias", bias)], transB=1)
graph = helper.make_graph(
    nodes, "small", [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 2, 6, 6])],
    [helper.make_tensor_value_info(logits, TensorProto.FLOAT, ["batch", 5])], initializers)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(model)
onnx.save(model, folder / "small-network.onnx")
