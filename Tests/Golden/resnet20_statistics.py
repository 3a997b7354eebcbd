"""Statistics of ResNet-20 on CIFAR-10, by PyTorch in float64.

For each quantizable layer, on the first 64 training images: gradients of the loss, Fisher information from
gradients of single images, the Gauss-Newton diagonal and the greatest eigenvalue from gradients of single
logits, the product of the Hessian with the gradient, SynFlow's virtual gradient, Gram matrices; what rounding
the weight to few bits does to the network with its batch norms folded; and the handcrafted proxies that
follow. Tensors are kept by norms, samples and a few Walsh-Hadamard coefficients.

The network is linear in each layer's weight between the kinks of the ReLUs, so a layer's block of the Hessian
is its Gauss-Newton block. Second derivatives of some weights, one derivative after the other, confirm that.
"""

import json
import math
import pathlib
from fractions import Fraction

import numpy
import onnx
import torch
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator
from torch.nn import functional

torch.set_default_dtype(torch.float64)
torch.set_num_threads(2)
folder = pathlib.Path(__file__).parent
shared = folder.parents[2] / "shared"

# The graph. Arithmetic of shapes alone is done beforehand, by ONNX's reference implementation.

model = onnx.load(shared / "models" / "resnet20-cifar10.onnx")
constants = {value.name: numpy_helper.to_array(value) for value in model.graph.initializer}
known, arithmetic, nodes = set(constants), [], []
for node in model.graph.node:
    if all(name in known or not name for name in node.input):
        known.update(node.output)
        arithmetic.append(node)
    else:
        nodes.append(node)
results = [onnx.ValueInfoProto(name=name) for node in arithmetic for name in node.output]
shapes = onnx.helper.make_model(onnx.helper.make_graph(arithmetic, "shapes", [], results),
                                opset_imports=model.opset_import, ir_version=model.ir_version)
constants.update(zip((result.name for result in results), ReferenceEvaluator(shapes).run(None, {})))


def attributes(node):
    return {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}


def parameter(name):
    return torch.from_numpy(constants[name].astype(numpy.float64))


layers = [node for node in nodes if node.op_type in ("Conv", "Gemm") and node.input[1] in constants]
count = len(layers)
assert count == 20
place = {node.name: index for index, node in enumerate(layers)}
norms = {node.input[0]: node for node in nodes if node.op_type == "BatchNormalization"}
weights = [parameter(node.input[1]) for node in layers]
biases = [parameter(node.input[2]) if len(node.input) > 2 else None for node in layers]


def linear(node, value, weight, bias=None):
    """A layer's own output."""
    given = attributes(node)
    if node.op_type == "Gemm":
        assert given == {"alpha": 1, "beta": 1, "transB": 1}
        return functional.linear(value, weight, bias)
    top, left, bottom, right = given["pads"]
    assert (top, left) == (bottom, right)
    return functional.conv2d(
        value, weight, bias, given["strides"], (top, left), given["dilations"], given["group"])


def forward(images, weights, biases, normalizes=True, inputs=None, outputs=None):
    """The logits. Where it does not normalize, batch norms pass on what they get."""
    values = {model.graph.input[0].name: images}
    for node in nodes:
        value, given, rest = values[node.input[0]], attributes(node), node.input[1:]
        if node.name in place:
            index = place[node.name]
            if inputs is not None:
                inputs.append(value)
            value = linear(node, value, weights[index], biases[index])
            if outputs is not None:
                outputs.append(value)
        elif node.op_type == "BatchNormalization":
            if normalizes:
                scale, shift, mean, variance = map(parameter, rest)
                value = functional.batch_norm(
                    value, mean, variance, scale, shift, training=False, eps=given["epsilon"])
        elif node.op_type == "Relu":
            value = functional.relu(value)
        elif node.op_type == "Add":
            value = value + values[rest[0]]
        elif node.op_type == "Slice":
            slices = [slice(None)] * value.dim()
            for start, end, axis, step in zip(*(constants[name].tolist() for name in rest)):
                slices[axis] = slice(start, end, step)
            value = value[tuple(slices)]
        elif node.op_type == "Pad":
            pads = constants[rest[0]].reshape(2, -1).T[::-1]  # A row for each dimension, the last one first.
            value = functional.pad(value, pads.flatten().tolist())
        elif node.op_type == "ReduceMean":
            value = value.mean(given["axes"], keepdim=bool(given["keepdims"]))
        else:
            raise ValueError(node.op_type)
        values[node.output[0]] = value
    return values[model.graph.output[0].name]


def tracked(tensors):
    return [tensor.clone().requires_grad_() for tensor in tensors]


def derivatives(of, to, **options):
    return torch.autograd.grad(of, to, **options)


def close(value, other, tolerance=1e-8):
    assert (value - other).norm() <= tolerance * other.norm(), (value, other)


archive = numpy.load(shared / "data" / "cifar10" / "train.npz")
images = archive["images"][:64].transpose(0, 3, 1, 2).astype(numpy.float32)
means = numpy.array([0.485, 0.456, 0.406], numpy.float32).reshape(3, 1, 1)
deviations = numpy.array([0.229, 0.224, 0.225], numpy.float32).reshape(3, 1, 1)
images = torch.from_numpy(((images / numpy.float32(255) - means) / deviations).astype(numpy.float64))
labels = torch.from_numpy(archive["labels"][:64])
size = len(images)

# All images at once.

variables, outputs = tracked(weights), []
logits = forward(images, variables, biases, outputs=outputs)
loss = functional.cross_entropy(logits, labels)
# Of the mean loss, so each image's part has the factor 1/N.
output_gradients = derivatives(loss, outputs, retain_graph=True)
gradients = derivatives(loss, variables, create_graph=True)
activations = [output.detach() for output in outputs]
products = derivatives(
    gradients, variables, grad_outputs=[value.detach() for value in gradients], retain_graph=True)
flow = [value.abs().requires_grad_() for value in weights]
blank = torch.ones(1, *images.shape[1:])
virtual = derivatives(forward(blank, flow, [None] * count, normalizes=False).sum(), flow)

# One image and one logit at a time.

classes = logits.shape[1]
jacobians = [torch.empty(size, classes, value.numel()) for value in weights]
fisher = [torch.zeros_like(value) for value in weights]
for image in range(size):
    single = tracked(weights)
    scores = forward(images[image:image + 1], single, biases)
    part = derivatives(functional.cross_entropy(scores, labels[image:image + 1]), single, retain_graph=True)
    for total, value in zip(fisher, part):
        total += value.square() / size
    for number in range(classes):
        for rows, value in zip(jacobians, derivatives(scores[0, number], single, retain_graph=True)):
            rows[image, number] = value.flatten()

# diag p − p pᵀ is Σ_c p_c (e_c − p)(e_c − p)ᵀ, so the Gauss-Newton block is the sum of the outer products of
# rows √(p_c/N) · d log p_c / dW.
shares = logits.detach().softmax(1)
gauss_newton, eigenvalues = [], []
for layer, rows in enumerate(jacobians):
    close(torch.einsum("nc,ncw->w", shares - functional.one_hot(labels, classes), rows) / size,
          gradients[layer].detach().flatten())
    rows -= torch.einsum("nc,ncw->nw", shares, rows).unsqueeze(1)
    rows *= (shares / size).sqrt().unsqueeze(2)
    rows = rows.reshape(size * classes, -1)
    gauss_newton.append(rows.square().sum(0).reshape(weights[layer].shape))
    eigenvalues.append(torch.linalg.eigvalsh(rows @ rows.T)[-1].item())
del jacobians, rows

generator = torch.Generator().manual_seed(20)
for layer in (0, 5, 10, 14, 19):
    for index in torch.randint(0, weights[layer].numel(), (4,), generator=generator):
        row, = derivatives(gradients[layer].flatten()[index], variables[layer], retain_graph=True)
        close(row.flatten()[index], gauss_newton[layer].flatten()[index])
gradients = [value.detach() for value in gradients]
loss = loss.item()
del logits, outputs, variables

# The network with batch norms folded, its weights in float32 as a file keeps them.

folded, folded_biases = [], []
for node, weight, bias in zip(layers, weights, biases):
    if node.output[0] in norms:
        norm = norms[node.output[0]]
        scale, shift, mean, variance = map(parameter, norm.input[1:])
        factor = scale / (variance + attributes(norm)["epsilon"]).sqrt()
        bias = (((0 if bias is None else bias) - mean) * factor + shift).float().double()
        weight = (weight.float() * factor.float().reshape(-1, 1, 1, 1)).double()
    folded.append(weight)
    folded_biases.append(bias)


def nearest(weight, bits):
    """A weight rounded to the best grid of each output channel, in float32."""
    rows = weight.float().reshape(len(weight), -1)
    least, greatest = rows.amin(1).clamp(max=0), rows.amax(1).clamp(min=0)
    highest = 2**bits - 1 if bits <= 4 else 2**(bits - 1) - 1
    lowest = 0 if bits <= 4 else -2**(bits - 1)
    best = None
    for step in range(80):
        share = float(1 - step * Fraction(0.01))  # Rounded once.
        if bits <= 4:
            scales = ((greatest - least) * (share / highest)).clamp(min=1e-12)
            zeros = (least * -share / scales).round().clamp(lowest, highest)
        else:
            scales = (torch.maximum(least.abs(), greatest) * (share / highest)).clamp(min=1e-12)
            zeros = torch.zeros_like(scales)
        scales, zeros = scales.unsqueeze(1), zeros.unsqueeze(1)
        values = (((rows / scales).round() + zeros).clamp(lowest, highest) - zeros) * scales
        errors = (values - rows).square().sum(1, keepdim=True)
        if best is None:
            best = errors, values
        else:
            better = errors < best[0]
            best = torch.where(better, errors, best[0]), torch.where(better, values, best[1])
    return best[1].reshape(weight.shape).double()


variables, inputs = tracked(folded), []
logits = forward(images, variables, folded_biases, normalizes=False, inputs=inputs)
folded_loss = functional.cross_entropy(logits, labels)
assert abs(folded_loss.item() - loss) < 1e-5 * loss
folded_gradients = derivatives(folded_loss, variables, create_graph=True)
inputs = [value.detach() for value in inputs]
reference = logits.detach().log_softmax(1)

folded_fisher = [torch.zeros_like(value) for value in folded]
for image in range(size):
    single = tracked(folded)
    scores = forward(images[image:image + 1], single, folded_biases, normalizes=False)
    part = derivatives(functional.cross_entropy(scores, labels[image:image + 1]), single)
    for total, value in zip(folded_fisher, part):
        total += value.square() / size


def perturbation(layer, bits):
    rounded = nearest(folded[layer], bits)
    change = rounded - folded[layer]
    with torch.no_grad():
        replaced = folded[:layer] + [rounded] + folded[layer + 1:]
        other = forward(images, replaced, folded_biases, normalizes=False)
        error = linear(layers[layer], inputs[layer], change).square().sum() / size
    product, = derivatives(folded_gradients[layer], variables[layer], grad_outputs=change, retain_graph=True)
    divergence = (reference.exp() * (reference - other.log_softmax(1))).sum(1).mean()
    return {
        "weight_error": change.square().sum().item(),
        "output_error": error.item(),
        "gradient_product": (folded_gradients[layer].detach() * change).sum().item(),
        "hessian_product": (change * product).sum().item(),
        "fisher_product": (folded_fisher[layer] * change.square()).sum().item(),
        "loss_increase": (functional.cross_entropy(other, labels) - folded_loss).item(),
        "divergence": divergence.item(),
    }


def activation_error(value, bits):
    low, high = min(value.min().item(), 0), max(value.max().item(), 0)
    highest = 2**bits - 1
    scale = float(numpy.float32((high - low) / highest))
    zero = min(max(round(-low / scale), 0), highest)
    rounded = (((value / scale).round() + zero).clamp(0, highest) - zero) * scale
    return ((rounded - value).square().sum() / size).item()


# What is kept.

masks = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2047, 85, 170, 819, 1365]


def golden(tensor):
    values = tensor.detach().flatten().numpy()
    length = len(values)
    parities = [numpy.bitwise_count(numpy.arange(length) & mask) % 2 for mask in masks]
    return {
        "l2": float(numpy.sqrt((values**2).sum())),
        "l1": float(numpy.abs(values).sum()),
        "mean": float(values.mean()),
        "samples": [float(values[k * length // 24]) for k in range(24)],
        "walsh": [float((values * (1.0 - 2 * parity)).sum() / math.sqrt(length)) for parity in parities],
    }


flat = [value.reshape(size, -1) for value in activations]
grams = [value @ value.T for value in flat]
entries = []
for layer, node in enumerate(layers):
    # Summed over space; a Gemm's output has none.
    parts = (activations[layer] * output_gradients[layer] * size).reshape(size, len(weights[layer]), -1)
    parts = parts.sum(2)
    bit_widths = (2, 3, 4, 8) if layer in (0, count - 1) else (2, 3, 4)
    with torch.no_grad():
        square = linear(node, inputs[layer], folded[layer]).square().sum() / size
    entries.append({
        "name": node.name,
        "parameters": weights[layer].numel(),
        "tensors": {
            "weight": golden(weights[layer]),
            "gradient": golden(gradients[layer]),
            "activation": golden(activations[layer].mean(0)),
            "activation_gradient": golden(output_gradients[layer].sum(0)),
            "fisher": golden(fisher[layer]),
            "gauss_newton": golden(gauss_newton[layer]),
            "hessian_gradient": golden(products[layer]),
            "synflow": golden(virtual[layer]),
            "gram": golden(grams[layer]),
        },
        "scalars": {
            "trace": gauss_newton[layer].sum().item(),
            "top_eigenvalue": eigenvalues[layer],
            "activation_fisher": 0.5 * parts.square().sum().item() / size,
            "weight_square": folded[layer].square().sum().item(),
            "output_square": square.item(),
            "fisher_trace": folded_fisher[layer].sum().item(),
        },
        "perturbations": {str(bits): perturbation(layer, bits) for bits in bit_widths},
        "activation_error": {str(bits): activation_error(inputs[layer], bits) for bits in (8, 4)},
    })


def orthogonality(matrices):
    """e^−Σ of a layer's similarities with the others."""
    units = torch.stack([(matrix / matrix.norm()).flatten() for matrix in matrices])
    similarities = units @ units.T
    return (similarities.diagonal() - similarities.sum(1)).exp().tolist()


def entropy_score(bits):
    """The logarithm of the standard deviation of a standard normal number rounded to signed integers."""
    levels = range(-2**(bits - 1), 2**(bits - 1))
    edges = [0.5 * (1 + math.erf((level - 0.5) / math.sqrt(2))) for level in levels[1:]]
    chances = [above - below for below, above in zip([0.0] + edges, edges + [1.0])]
    average = sum(chance * level for chance, level in zip(chances, levels))
    return 0.5 * math.log(sum(chance * (level - average)**2 for chance, level in zip(chances, levels)))


def coefficient(function, *statistics):
    return [function(*tensors).item() for tensors in zip(*statistics)]


def scalars(name, power=0):
    return [entry["scalars"][name] / entry["parameters"]**power for entry in entries]


def table(function):
    return {bits: [function(entry, entry["perturbations"][bits]) for entry in entries] for bits in "234"}


def scaled(name, factor):
    return table(lambda entry, change: factor * change[name])


center = torch.eye(size) - 1 / size
coefficients = {
    "weight_norm": coefficient(torch.linalg.vector_norm, weights),
    "snip": coefficient(lambda w, g: (w * g).abs().sum(), weights, gradients),
    "plain": coefficient(lambda w, g: (w * g).sum(), weights, gradients),
    "grad_norm": coefficient(torch.linalg.vector_norm, gradients),
    "synflow": coefficient(lambda w, v: (w.abs() * v).sum(), weights, virtual),
    "grasp": coefficient(lambda w, hg: -(w * hg).sum(), weights, products),
    "fisher": scalars("activation_fisher"),
    "hawq": scalars("top_eigenvalue"),
    "hawq_per_parameter": scalars("top_eigenvalue", 1),
    "hawq_v2": scalars("trace", 1),
    "hawq_v2_trace": scalars("trace"),
    "ompq": orthogonality([center @ gram @ center for gram in grams]),
    "ompq_uncentered": orthogonality(grams),
    "emq": coefficient(
        lambda w, v: (v.abs().log().abs().sum() * w.relu().log_softmax(0)).mean(), weights, virtual),
}
scores = {
    "hawq_v2_perturbation": table(lambda entry, change:
                                  -entry["scalars"]["trace"] / entry["parameters"] * change["weight_error"]),
    "fit": table(lambda entry, change:
                 -entry["scalars"]["fisher_trace"] / entry["parameters"] * change["weight_error"]),
    "weight_error": scaled("weight_error", -1),
    "relative_weight_error": table(lambda entry, change:
                                   -change["weight_error"] / entry["scalars"]["weight_square"]),
    "output_error": scaled("output_error", -1),
    "relative_output_error": table(lambda entry, change:
                                   -change["output_error"] / entry["scalars"]["output_square"]),
    "loss_increase": scaled("loss_increase", -1),
    "divergence": scaled("divergence", -1),
    "hessian_product": scaled("hessian_product", -0.5),
    "fisher_product": scaled("fisher_product", -0.5),
    "taylor": table(lambda entry, change: -(change["gradient_product"] + 0.5 * change["hessian_product"])),
    "qe_score": {str(bits): [entropy_score(bits)] * count for bits in (2, 3, 4)},
}
result = {"images": size, "loss": loss, "layers": entries, "coefficients": coefficients, "scores": scores}
(folder / "resnet20_statistics.json").write_text(json.dumps(result, allow_nan=False) + "\n")
