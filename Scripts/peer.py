"""Networks of ONNX files in eager PyTorch: what benchmarks compare this program with."""

import numpy
import onnx
import torch
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator
from torch.nn import functional

from images import pixels, scales

layer_kinds = ("Conv", "Gemm")


def constants(model, names):
    """The values of tensors that depend on no input: initializers and the shape arithmetic that exporters leave in."""
    producers = {output: node for node in model.graph.node for output in node.output}
    needed, open_names = set(), list(names)
    while open_names:
        name = open_names.pop()
        if name in producers and name not in needed:
            open_names += producers[name].input
        needed.add(name)
    graph = onnx.helper.make_graph(
        [node for node in model.graph.node if needed & set(node.output)], "constants", [],
        [onnx.helper.make_empty_tensor_value_info(name) for name in names],
        [tensor for tensor in model.graph.initializer if tensor.name in needed])
    evaluator = ReferenceEvaluator(onnx.helper.make_model(graph, opset_imports=model.opset_import))
    return dict(zip(names, evaluator.run(None, {})))


def operands(model):
    """The constant operands of the nodes that have any, by name, as arrays."""
    kinds = (*layer_kinds, "BatchNormalization", "Clip", "Pad", "Slice")
    names = [name for node in model.graph.node if node.op_type in kinds for name in node.input[1:] if name]
    return constants(model, list(dict.fromkeys(names)))


def attributes(node):
    return {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute}


def sliced(starts, ends, axes, steps):
    cut = [slice(None)] * 4
    for start, end, axis, step in zip(starts, ends, axes, steps):
        cut[axis] = slice(start, end if end < 1 << 31 else None, step)
    return tuple(cut)


def padded(pads):
    """ONNX lists what is added before each axis and then after; PyTorch both sides of each, the last axis first."""
    before, after = numpy.asarray(pads).reshape(2, -1).tolist()
    return [side for pair in reversed(list(zip(before, after))) for side in pair]


class Peer:
    """A float network, its layers' weights and biases in graph order. `folded`: batch norms are part of the layers."""

    def __init__(self, path, folded):
        model = onnx.load(path)
        values = {name: torch.from_numpy(numpy.array(value)) for name, value in operands(model).items()}
        nodes = model.graph.node
        norms = {node.input[0]: node for node in nodes if node.op_type == "BatchNormalization"} if folded else {}
        self.input, self.output = model.graph.input[0].name, model.graph.output[0].name
        self.weights, self.biases, self.steps = [], [], []
        known = {self.input}
        skipped = set()
        for node in nodes:
            if not node.input or node.input[0] not in known or node.output[0] in skipped:
                continue
            target = node.output[0]
            given = [values.get(name) for name in node.input[1:]]
            if node.op_type in layer_kinds and target in norms:
                norm = norms[target]
                target = norm.output[0]
                skipped.add(target)
                given = self.fold(given, norm, values)
            self.steps.append((target, self.step(node, given, path)))
            known.add(target)

    @staticmethod
    def fold(given, norm, values):
        scale, shift, mean, variance = (values[name] for name in norm.input[1:])
        factor = scale / (variance + attributes(norm).get("epsilon", 1e-5)).sqrt()
        weight, bias = given[0], given[1] if len(given) > 1 else 0
        return [weight * factor.reshape(-1, *[1] * (weight.dim() - 1)), shift + (bias - mean) * factor]

    def step(self, node, given, path):
        """A function of all values so far, of weights and biases, and of what is done to a layer's input."""
        source, facts = node.input[0], attributes(node)
        match node.op_type:
            case "Conv" | "Gemm":
                layer = len(self.weights)
                self.weights.append(given[0])
                self.biases.append(given[1] if len(given) > 1 else None)
                if node.op_type == "Gemm":
                    assert facts["transB"] == 1
                    return lambda v, w, b, prepare: functional.linear(prepare(layer, v[source]), w[layer], b[layer])
                pads, strides, group = facts["pads"], facts["strides"], facts["group"]
                assert pads[:2] == pads[2:]
                return lambda v, w, b, prepare: functional.conv2d(
                    prepare(layer, v[source]), w[layer], b[layer], strides, pads[:2], groups=group)
            case "BatchNormalization":
                scale, shift, mean, variance = given
                epsilon = facts.get("epsilon", 1e-5)
                return lambda v, *_: functional.batch_norm(v[source], mean, variance, scale, shift, False, 0.0, epsilon)
            case "Relu":
                return lambda v, *_: v[source].relu()
            case "Clip":
                low, high = (bound.item() for bound in given)
                return lambda v, *_: v[source].clamp(low, high)
            case "Add":
                other = node.input[1]
                return lambda v, *_: v[source] + v[other]
            case "Slice":
                cut = sliced(*(operand.tolist() for operand in given))
                return lambda v, *_: v[source][cut]
            case "Pad":
                sides = padded(given[0])
                return lambda v, *_: functional.pad(v[source], sides)
            case "GlobalAveragePool" | "ReduceMean":
                return lambda v, *_: v[source].mean((2, 3))
            case "Reshape" | "Flatten":
                return lambda v, *_: v[source].flatten(1)
            case "Shape":
                return lambda v, *_: None
        raise SystemExit(f"{path}: {node.op_type} is not known here")

    def __call__(self, images, weights=None, biases=None, prepare=lambda layer, x: x):
        """Outputs, with other weights and biases where they are given; `prepare` sees what enters each layer."""
        weights = self.weights if weights is None else weights
        biases = self.biases if biases is None else biases
        values = {self.input: images}
        for target, step in self.steps:
            values[target] = step(values, weights, biases, prepare)
        return values[self.output]


def normalized(images, preset):
    """Images of 0 to 255 in NHWC as a network's input."""
    mean, deviation = (torch.tensor(values) for values in scales[preset])
    return ((torch.from_numpy(images.copy()) / 255 - mean) / deviation).permute(0, 3, 1, 2).contiguous()


def quantized_layers(path):
    """Biases, and scale and zero point of the input, of each layer of an exported network.

    A layer of few bits has its bias added by a node of its own, which keeps the bias in float.
    """
    graph = onnx.load(path).graph
    types = onnx.TensorProto
    readable = (types.FLOAT, types.UINT8, types.INT8, types.INT32)
    values = {item.name: torch.from_numpy(numpy_helper.to_array(item).copy()) for item in graph.initializer
              if item.data_type in readable}
    producers = {output: node for node in graph.node for output in node.output}
    readers = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)

    def bias(layer):
        if len(layer.input) > 2 and layer.input[2]:
            return values[layer.input[2]]
        following = readers.get(layer.output[0], [])
        if len(following) == 1 and following[0].op_type == "Add":
            for name in following[0].input:
                if name in values:
                    return values[name].flatten()
        return None

    def grid(layer):
        quantizer = producers[producers[layer.input[0]].input[0]]
        return values[quantizer.input[1]].item(), values[quantizer.input[2]].item()

    layers = [node for node in graph.node if node.op_type in layer_kinds]
    return [bias(layer) for layer in layers], [grid(layer) for layer in layers]
