"""Responses of ResNet-20 on CIFAR-10 to changes of bits, and proxies made of them, by PyTorch in float64.

With the logits z [images, classes] of the first 32 training images and a background β of bits, the response of a
layer is R_l(b) = z(β; l→b) − z(β), the interaction of two I_lm(b, c) = z(β; l→b, m→c) − z(β) − R_l(b) − R_m(c).
Weights, batch norms folded into them, are rounded to the best grid of each output channel; inputs of layers are not
rounded. The first and the last layer have 8 bits, the others 2, 3 or 4. One background has 3 bits everywhere else,
the other one is the float network. Some of the tensors are kept, and scores of random configurations by proxies,
which are made of all of them.

The network is written out below, not read from the graph; ONNX's reference implementation confirms that it is the
one of the file. `make golden` runs this script with the others; by itself, it takes two minutes:

    .deps/venv/bin/python Tests/Golden/resnet20_responses.py
"""

import json
import pathlib
from fractions import Fraction
from typing import NamedTuple

import numpy
import onnx
import torch
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator
from torch.nn import functional

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
torch.set_grad_enabled(False)
folder = pathlib.Path(__file__).parent
shared = folder.parents[2] / "shared"

archive = numpy.load(shared / "data" / "cifar10" / "train.npz")
images = archive["images"][:32].transpose(0, 3, 1, 2).astype(numpy.float32)
means = numpy.array([0.485, 0.456, 0.406], numpy.float32).reshape(3, 1, 1)
deviations = numpy.array([0.229, 0.224, 0.225], numpy.float32).reshape(3, 1, 1)
images = torch.from_numpy(((images / numpy.float32(255) - means) / deviations).astype(numpy.float64))

# Batch norms folded, weights in float32 as a file keeps them.

model = onnx.load(shared / "models" / "resnet20-cifar10.onnx")
constants = {value.name: numpy_helper.to_array(value) for value in model.graph.initializer}
layers = [node for node in model.graph.node if node.op_type in ("Conv", "Gemm")]
norms = {node.input[0]: node for node in model.graph.node if node.op_type == "BatchNormalization"}
last = len(layers) - 1
assert last == 19 and [node.op_type for node in layers] == ["Conv"] * last + ["Gemm"]


def parameters(names):
    return [torch.from_numpy(constants[name].astype(numpy.float64)) for name in names]


weights, biases = [], []
for node in layers:
    weight, *bias = parameters(node.input[1:])
    if node.output[0] in norms:
        norm = norms[node.output[0]]
        scale, shift, mean, variance = parameters(norm.input[1:])
        epsilon, = (attribute.f for attribute in norm.attribute if attribute.name == "epsilon")
        factor = scale / (variance + epsilon).sqrt()
        bias = [(shift - mean * factor).float().double()]
        weight = (weight.float() * factor.float().reshape(-1, 1, 1, 1)).double()
    weights.append(weight)
    biases += bias
assert len(biases) == len(weights)


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


candidates = [[8] if layer in (0, last) else [2, 3, 4] for layer in range(last + 1)]
forms = [{bits: nearest(weight, bits) for bits in own} | {None: weight}
         for weight, own in zip(weights, candidates)]


def advance(state, layer, bits):
    """What a layer, and what comes before the next one, make of a block's input and the layer's own input.

    Layer 0 begins the network; layers 1 and 2, 3 and 4, … are blocks of two; the last one follows the mean over
    space.
    """
    carried, value = state
    if layer == last:
        return None, functional.linear(value.mean((2, 3)), forms[layer][bits], biases[layer])
    stride = 2 if layer in (7, 13) else 1
    value = functional.conv2d(value, forms[layer][bits], biases[layer], stride, padding=1)
    if layer % 2 == 1:
        return carried, value.relu()
    if layer > 0:
        if carried.shape != value.shape:
            margin = (value.shape[1] - carried.shape[1]) // 2
            carried = functional.pad(carried[:, :, ::2, ::2], (0, 0, 0, 0, margin, margin))
        value = value + carried
    value = value.relu()
    return value, value


def finish(state, bits, start=0):
    """The logits, from what the layer `start` is given."""
    for layer in range(start, last + 1):
        state = advance(state, layer, bits[layer])
    return state[1]


beginning = None, images
reference = finish(beginning, [None] * (last + 1))
expected, = ReferenceEvaluator(model).run(None, {model.graph.input[0].name: images[:2].float().numpy()})
assert numpy.abs(reference[:2].numpy() - expected).max() < 1e-3, "the network of the file is another one"


class Responses(NamedTuple):
    """What changes of one layer, (l, b), and of two, (l, b, m, c), do to the logits of a background."""

    base: torch.Tensor
    singles: dict
    pairs: dict


def responses(base):
    """All responses and interactions, seen from bits of each layer."""
    outputs, singles, pairs = {}, {}, {}
    background, state = finish(beginning, base), beginning
    for layer in range(last + 1):
        for bits in candidates[layer]:
            if bits != base[layer]:
                outputs[layer, bits] = finish(state, base[:layer] + [bits] + base[layer + 1:], layer)
                changed = advance(state, layer, bits)
                for other in range(layer + 1, last + 1):
                    for others in candidates[other]:
                        if others != base[other]:
                            both = base[:other] + [others] + base[other + 1:]
                            outputs[layer, bits, other, others] = finish(changed, both, other)
                    changed = advance(changed, other, base[other])
        state = advance(state, layer, base[layer])
    for change, value in outputs.items():
        if len(change) == 2:
            singles[change] = value - background
    for change, value in outputs.items():
        if len(change) == 4:
            pairs[change] = value - background - singles[change[:2]] - singles[change[2:]]
    return Responses(background, singles, pairs)


response = responses([own[len(own) // 2] for own in candidates])
float_response = responses([None] * (last + 1))
assert len(response.singles) == 36 and len(response.pairs) == 153 * 4
assert len(float_response.singles) == 56 and len(float_response.pairs) == 153 * 9 + 2 * 54 + 1
assert torch.equal(float_response.base, reference)

draws = numpy.random.default_rng(21)
configurations = [(8, *draws.choice([2, 3, 4], last - 1).tolist(), 8) for _ in range(6)]


def effects(responses, configuration, window=None):
    """The responses of a configuration, and its interactions of layers at most so far apart."""
    changes = [change for change in enumerate(configuration) if change in responses.singles]
    pairs = [responses.pairs[first + second] for first in changes for second in changes
             if first < second and (window is None or second[0] - first[0] <= window)]
    return [responses.singles[change] for change in changes], pairs


# Formulas: their texts are Python, too. What is predicted passes through the operations on outputs, and so does what
# the float network gives.


def superposed(responses, weight=0, window=None):
    """Predicted outputs of the background, (), of single changes, (l, b), and of configurations."""
    predicted = {(): responses.base}
    predicted |= {change: responses.base + single for change, single in responses.singles.items()}
    for configuration in configurations:
        singles, pairs = effects(responses, configuration, window)
        predicted[configuration] = responses.base + sum(singles) + weight * sum(pairs)
    return predicted, reference


def response_operation(operation):
    """An operation on responses of single layers; interactions stay what they are."""
    def apply(responses, *constants):
        singles = {change: operation(value, *constants) for change, value in responses.singles.items()}
        return responses._replace(singles=singles)
    return apply


center = response_operation(lambda values: values - values.mean(1, keepdim=True))
signed_root = response_operation(lambda values: values.sign() * values.abs().sqrt())
clip = response_operation(lambda values, limit: values.clamp(-limit, limit))
scaled = response_operation(lambda values, factor: factor * values)


def output_operation(operation):
    def apply(outputs, *constants):
        predicted, reference = outputs
        predicted = {key: operation(values, *constants) for key, values in predicted.items()}
        return predicted, operation(reference, *constants)
    return apply


def standard(values):
    return (values - values.mean(1, keepdim=True)) / values.std(1, keepdim=True, unbiased=False)


temper = output_operation(lambda values, temperature: values / temperature)
standardize = output_operation(standard)
probabilities = output_operation(lambda values: values.softmax(1))


def distance(measure):
    """Scores −mean dᵖ over images of a measure of each, by the keys of what is predicted."""
    def score(outputs, power=1):
        predicted, reference = outputs
        distances = {key: measure(values, reference).clamp(min=0) for key, values in predicted.items()}
        return {key: -(values**power).mean() for key, values in distances.items()}
    return score


def divergence(values, others):
    return (values.softmax(1) * (values.log_softmax(1) - others.log_softmax(1))).sum(1)


def chosen(values, reference):
    """Each image's value at the class that the float network chooses."""
    return values[range(len(values)), reference.argmax(1)]


def margin(values, reference):
    """How far the class that the float network chooses is above the best other one."""
    others = values.clone()
    others[range(len(values)), reference.argmax(1)] = -torch.inf
    return chosen(values, reference) - others.amax(1)


output_divergence = distance(lambda values, reference: divergence(reference, values))
reverse_divergence = distance(lambda values, reference: divergence(values, reference))
output_squared_error = distance(lambda values, reference: (values - reference).square().mean(1))
disagreement = distance(lambda values, reference: 1 - chosen(values.softmax(1), reference))
margin_lost = distance(lambda values, reference: margin(reference, reference) - margin(values, reference))
cosine_distance = distance(lambda values, reference: 1 - functional.cosine_similarity(
    values - values.mean(1, keepdim=True), reference - reference.mean(1, keepdim=True)))


def shrunk(scores, weight):
    """Scores mixed with the sum of what single changes do to them."""
    mixed = {}
    for configuration in configurations:
        changes = [change for change in enumerate(configuration) if change in scores]
        alone = scores[()] + sum(scores[change] - scores[()] for change in changes)
        mixed[configuration] = (1 - weight) * scores[configuration] + weight * alone
    return mixed


formulas = [
    "output_divergence(superposed(response, 0.5), 0.5)",
    "output_divergence(superposed(response, 0.5, 3))",
    "output_divergence(superposed(float_response, -0.25, 2), 0.7)",
    "reverse_divergence(superposed(response, 0.5))",
    "output_squared_error(superposed(response, 1))",
    "disagreement(superposed(response))",
    "disagreement(superposed(response, 0.5), 2)",
    "margin_lost(superposed(response, 0.5))",
    "cosine_distance(superposed(response))",
    "cosine_distance(superposed(float_response), 0.5)",
    "output_divergence(temper(superposed(response, 0.5), 2))",
    "output_divergence(standardize(superposed(response)))",
    "output_squared_error(probabilities(superposed(response, 0.5)))",
    "output_squared_error(superposed(center(response)))",
    "output_divergence(superposed(signed_root(response)))",
    "output_divergence(superposed(clip(response, 0.3), 0.5))",
    "output_divergence(superposed(scaled(response, 0.5)))",
    "margin_lost(superposed(clip(scaled(response, 0.5), 0.3)))",
    "output_squared_error(temper(probabilities(superposed(response)), 2))",
    "cosine_distance(probabilities(temper(superposed(signed_root(center(response)), 0.5, 4), 2)))",
    "shrunk(output_divergence(superposed(response, 0.5), 0.5), 0.25)",
    "shrunk(margin_lost(temper(superposed(clip(float_response, 0.3)), 2)), 0.75)",
]


def coherent(responses):
    """−√(‖Σ mean R_l‖² + Σ Var R_l), means and variances over images."""
    scores = {}
    for configuration in configurations:
        singles, _ = effects(responses, configuration)
        mean = sum((single.mean(0) for single in singles), (responses.base - reference).mean(0))
        spread = sum(single.var(0, unbiased=False).sum() for single in singles)
        scores[configuration] = -(mean.square().sum() + spread).sqrt()
    return scores


def pairwise(responses):
    """−D(β) − Σ Ω_l − Σ Ω_lm with D the divergence from the float network."""
    def measure(outputs):
        return -divergence(reference, outputs).mean()
    base, singles, pairs = responses
    own = measure(base)
    alone = {change: measure(base + single) - own for change, single in singles.items()}
    joint = {}
    for change, pair in pairs.items():
        first, second = change[:2], change[2:]
        together = measure(base + singles[first] + singles[second] + pair)
        joint[change] = together - own - alone[first] - alone[second]
    numbers = Responses(own, alone, joint)
    return {configuration: own + sum(sum(part) for part in effects(numbers, configuration))
            for configuration in configurations}


scores = {
    "superposed_divergence_float": output_divergence(superposed(float_response)),
    "superposed_divergence": output_divergence(superposed(response)),
    "interaction_divergence": output_divergence(superposed(response, 0.5)),
    "coherent_response": coherent(float_response),
    "pairwise_divergence": pairwise(response),
    "clado": pairwise(float_response),
} | {text: eval(text) for text in formulas}
scores = {name: [values[configuration].item() for configuration in configurations]
          for name, values in scores.items()}

# What is kept.

shown = [0, 9, 18, 31]


def golden(tensor):
    values = [[float(f"{value:.9g}") for value in row] for row in tensor[shown].tolist()]
    return {"norm": tensor.norm().item(), "values": values}


def background(text, responses, singles, pairs):
    effects = [{"layers": [layer], "bits": [bits], **golden(value)}
               for (layer, bits), value in responses.singles.items() if layer in singles]
    effects += [{"layers": [first, second], "bits": [bits, others], **golden(value)}
                for (first, bits, second, others), value in responses.pairs.items()
                if (first, second) in pairs]
    return {"background": text, "base": golden(responses.base), "effects": effects}


pairs = (1, 2), (2, 18), (3, 14), (5, 6), (8, 11), (17, 18)
result = {
    "images": len(images),
    "shown": shown,
    "reference": golden(reference),
    "backgrounds": [
        background("uniform:3", response, (1, 2, 9, 17, 18), pairs),
        background("float", float_response, (0, 7, 18), ((1, 12), (7, 8))),
    ],
    "configurations": configurations,
    "scores": scores,
}
(folder / "resnet20_responses.json").write_text(json.dumps(result, allow_nan=False) + "\n")
