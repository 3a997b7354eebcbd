"""Small networks with random weights as PyTorch's exporters write them, and what ONNX Runtime makes of them.

Each is exported by both exporters: NAME.onnx by the one that traces, NAME-dynamo.onnx by the newer one; those by hand
are NAME.onnx. NAME.npz has three samples as arrays `input.X` and what comes of them as `output.X`; NAME-short.npz has
two samples of another length, height or width where these are open. Runs in `.deps/exports`, which Scripts/exports.py
makes.
"""

import math
import multiprocessing
import os
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "Scripts"))
import exports

exports.go_over()

os.environ["HF_HUB_OFFLINE"] = "1"
import numpy
import onnx
import onnxruntime
import torch
import transformers
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional

folder = pathlib.Path(__file__).parent / "networks"
# Above so many bytes of a file, what is only for readers of it is left out.
limit = 25_000
torch.set_num_threads(1)
transformers.logging.set_verbosity_error()


class Named(nn.Module):
    """A network of transformers, called with its inputs by their names."""

    def __init__(self, network, *names, output="logits"):
        super().__init__()
        self.network, self.names, self.output = network, names, output

    def forward(self, first, second=None, third=None):
        return self.network(**dict(zip(self.names, (first, second, third))))[self.output]


class Pooled(Named):
    """The mean of the tokens' vectors over the mask, as of networks for sentences."""

    def forward(self, ids, mask):
        state = super().forward(ids, mask)
        mask = mask.unsqueeze(2).to(state.dtype)
        return (state * mask).sum(1) / mask.sum(1).clamp(min=1e-9)


class Recurrent(nn.Module):
    """Recurrent layers and what is made of the last step."""

    def __init__(self, layers, classes):
        super().__init__()
        self.layers = layers
        self.head = nn.Linear(layers.hidden_size * (2 if layers.bidirectional else 1), classes)

    def forward(self, steps):
        return self.head(self.layers(steps)[0][:, -1])


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(30, 8)
        self.layers = nn.LSTM(8, 12, batch_first=True)
        self.head = nn.Linear(12, 30)

    def forward(self, ids):
        return self.head(self.layers(self.embedding(ids))[0])


class ChannelsLast(nn.Module):
    """Takes images [batch, height, width, channels]."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 12, 3, stride=2, padding=1),
            nn.ReLU())
        self.head = nn.Linear(12, 5)

    def forward(self, images):
        return self.head(self.layers(images.permute(0, 3, 1, 2)).mean((2, 3)))


class SpeechState(nn.Module):
    """Whether a window has speech: the state of an LSTM cell, [2, batch, 8], comes in and goes out."""

    def __init__(self):
        super().__init__()
        self.filters = nn.Conv1d(1, 8, 16, stride=8)
        self.encoder = nn.Conv1d(8, 8, 3, stride=2, padding=1)
        self.cell = nn.LSTMCell(8, 8)
        self.head = nn.Conv1d(8, 1, 1)

    def forward(self, window, state):
        features = functional.relu(self.encoder(self.filters(window.unsqueeze(1)).abs())).mean(2)
        hidden, memory = self.cell(features, (state[0], state[1]))
        score = torch.sigmoid(self.head(functional.relu(hidden).unsqueeze(2))).squeeze(2)
        return score, torch.stack([hidden, memory])


class SpeechSteps(nn.Module):
    """The same with two layers of a GRU over the steps of a window and a state [batch, 2, 8]."""

    def __init__(self):
        super().__init__()
        self.filters = nn.Conv1d(1, 8, 16, stride=8)
        self.layers = nn.GRU(8, 8, 2, batch_first=True)
        self.head = nn.Linear(8, 1)

    def forward(self, window, state):
        features = functional.relu(self.filters(window.unsqueeze(1)))
        hidden, state = self.layers(features.transpose(1, 2), state.transpose(0, 1).contiguous())
        return torch.sigmoid(self.head(hidden).mean(1)), state.transpose(0, 1)


class Convolution(nn.Sequential):
    def __init__(self, inputs, outputs, size=1, stride=1):
        super().__init__(
            nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False), nn.BatchNorm2d(outputs), nn.SiLU())


class Split(nn.Module):
    """YOLO's C2f: half of the channels go through a bottleneck, and all are joined."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.first = Convolution(inputs, outputs)
        half = outputs // 2
        self.bottleneck = nn.Sequential(Convolution(half, half, 3), Convolution(half, half, 3))
        self.last = Convolution(outputs + half, outputs)

    def forward(self, value):
        left, right = self.first(value).chunk(2, 1)
        return self.last(torch.cat([left, right, right + self.bottleneck(right)], 1))


class Detector(nn.Module):
    """YOLO in small: [batch, 4 + classes, cells], boxes by distributions over distances to anchors, and sigmoid scores.

    The anchors are a constant for images of one size, or are computed from the features' height and width.
    """

    classes, bins, strides = 3, 4, (4, 8)

    def __init__(self, size=None):
        super().__init__()
        self.stem = Convolution(3, 8, 3, 2)
        self.fine = nn.Sequential(Convolution(8, 8, 3, 2), Split(8, 8))
        self.coarse = nn.Sequential(Convolution(8, 12, 3, 2), nn.MaxPool2d(5, 1, 2))
        self.neck = Split(20, 8)
        self.boxes = nn.ModuleList([nn.Conv2d(width, 4 * self.bins, 1) for width in (8, 12)])
        self.scores = nn.ModuleList([nn.Conv2d(width, self.classes, 1) for width in (8, 12)])
        self.register_buffer("distances", torch.arange(self.bins, dtype=torch.float))
        self.size = size
        if size is not None:
            parts = [self.grid(size // stride, size // stride, stride) for stride in self.strides]
            self.register_buffer("anchors", torch.cat([part[0] for part in parts], 1))
            self.register_buffer("steps", torch.cat([part[1] for part in parts], 1))

    def grid(self, height, width, stride):
        rows, columns = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
        centres = torch.stack([columns, rows]).reshape(2, -1)
        return centres, torch.full_like(centres[:1], stride)

    def forward(self, images):
        fine = self.fine(self.stem(images))
        coarse = self.coarse(fine)
        fine = self.neck(torch.cat([functional.interpolate(coarse, scale_factor=2.0, mode="nearest"), fine], 1))
        levels = [fine, coarse]
        heads = [torch.cat([box(level), score(level)], 1) for box, score, level in zip(self.boxes, self.scores, levels)]
        joined = torch.cat([head.flatten(2) for head in heads], 2)
        boxes, scores = joined.split([4 * self.bins, self.classes], 1)
        boxes = boxes.unflatten(1, (4, self.bins)).transpose(1, 2).softmax(1)
        near, far = torch.einsum("nbkc,b->nkc", boxes, self.distances).chunk(2, 1)
        if self.size is None:
            parts = [self.grid(level.shape[2], level.shape[3], stride) for level, stride in zip(levels, self.strides)]
            anchors, steps = (torch.cat([part[index] for part in parts], 1) for index in (0, 1))
        else:
            anchors, steps = self.anchors, self.steps
        corners = anchors - near, anchors + far
        boxes = torch.cat([(corners[0] + corners[1]) / 2, corners[1] - corners[0]], 1) * steps
        return torch.cat([boxes, scores.sigmoid()], 1)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList([self.stage(1, 4), self.stage(4, 6)])
        self.bottom = self.stage(6, 8)
        self.up = nn.ModuleList([nn.ConvTranspose2d(6, 4, 2, 2), nn.ConvTranspose2d(8, 6, 4, 2, 1)])
        self.join = nn.ModuleList([self.stage(8, 4), self.stage(12, 6)])
        self.head = nn.Conv2d(4, 3, 1)

    def stage(self, inputs, outputs):
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, padding=1), nn.InstanceNorm2d(outputs, affine=True), nn.LeakyReLU(0.1))

    def forward(self, images):
        first = self.down[0](images)
        second = self.down[1](functional.max_pool2d(first, 2))
        value = self.bottom(functional.avg_pool2d(second, 2))
        value = self.join[1](torch.cat([self.up[1](value), second], 1))
        return self.head(self.join[0](torch.cat([self.up[0](value), first], 1)))


class TwoOutputs(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 6, 3, stride=2, padding=1), nn.Hardswish(), nn.Conv2d(6, 6, 3, padding=1, groups=6),
            nn.PReLU(6), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 8))
        self.head = nn.Linear(8, 4)

    def forward(self, images):
        embedding = functional.normalize(self.layers(images))
        return self.head(embedding), embedding


def random(module):
    """The module with random weights that keep values in scale, so that no part of it is idle."""
    with torch.no_grad():
        for value in module.parameters():
            if value.dim() > 1:
                value.normal_(0, 1.2 / math.sqrt(value[0].numel()))
            else:
                value.add_(torch.randn_like(value) * 0.2)
        for name, value in module.named_buffers():
            if name.endswith("running_mean"):
                value.normal_(0, 0.3)
            elif name.endswith("running_var"):
                value.uniform_(0.5, 1.5)
    return module.eval()


def tokens(count, length, vocabulary):
    """Token ids, and a mask of sentences of which only the first fills the whole length."""
    ids = torch.randint(1, vocabulary, (count, length))
    ends = torch.tensor([length, length - 2, length // 2])[:count, None]
    mask = (torch.arange(length) < ends).long()
    return ids * mask, mask


def shared(**arguments):
    return dict(
        {"vocab_size": 40, "max_position_embeddings": 16, "hidden_size": 16, "num_hidden_layers": 2,
         "num_attention_heads": 2, "intermediate_size": 24}, **arguments)


def sentences(count, length):
    ids, mask = tokens(count, length, 40)
    types = (torch.arange(length) >= length // 2).long() * mask
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}


def masked(count, length):
    ids, mask = tokens(count, length, 40)
    return {"input_ids": ids, "attention_mask": mask}


def images(name, channels, wider=0, last=False):
    """Images of the height asked for, so much wider; `last`: [batch, height, width, channels]."""
    def made(count, height):
        value = torch.randn(count, channels, height, height + wider)
        return {name: value.permute(0, 2, 3, 1).contiguous() if last else value}
    return made


def series(features):
    return lambda count, length: {"steps": torch.randn(count, length, features)}


def speech(first):
    def made(count, _):
        shape = (2, count, 8) if first else (count, 2, 8)
        return {"window": torch.randn(count, 64), "state": torch.randn(shape) * 0.5}
    return made


batch, sequence = {0: "batch"}, {0: "batch", 1: "sequence"}
of_sentences = dict.fromkeys(("input_ids", "attention_mask", "token_type_ids"), sequence)
open_image = {0: "batch", 2: "height", 3: "width"}


def vision(configuration, layers):
    of_text = ("vocab_size", "max_position_embeddings")
    return configuration(
        image_size=16, patch_size=4, num_labels=5,
        **{key: value for key, value in shared(num_hidden_layers=layers).items() if key not in of_text})


def bert():
    return transformers.BertForSequenceClassification(transformers.BertConfig(num_labels=3, **shared()))


def encoder():
    configuration = transformers.BertConfig(attn_implementation="eager", **shared(num_hidden_layers=1))
    return transformers.BertModel(configuration, add_pooling_layer=False)


def distilbert():
    return transformers.DistilBertForSequenceClassification(transformers.DistilBertConfig(
        vocab_size=40, max_position_embeddings=16, dim=16, hidden_dim=24, n_layers=2, n_heads=2, num_labels=2,
        attn_implementation="eager"))


# Of each: the module, its inputs, the names of its outputs, its open axes, and the lengths of both files of arrays.
networks = {
    "bert-tiny": (
        lambda: Named(bert(), *of_sentences),
        sentences, ["logits"], {**of_sentences, "logits": batch}, 9, 6),
    "distilbert-tiny": (
        lambda: Named(distilbert(), "input_ids", "attention_mask"),
        masked, ["logits"], {**of_sentences, "logits": batch}, 9, 6),
    "minilm-tiny": (
        lambda: Pooled(encoder(), "input_ids", "attention_mask", output="last_hidden_state"),
        masked, ["embedding"], {**of_sentences, "embedding": batch}, 9, 6),
    "vit-tiny": (
        lambda: Named(transformers.ViTForImageClassification(vision(transformers.ViTConfig, 2)), "pixel_values"),
        images("pixel_values", 3), ["logits"], {"pixel_values": batch, "logits": batch}, 16, None),
    "deit-tiny": (
        lambda: Named(transformers.DeiTForImageClassification(vision(transformers.DeiTConfig, 1)), "pixel_values"),
        images("pixel_values", 3), ["logits"], {"pixel_values": batch, "logits": batch}, 16, None),
    "lstm": (
        lambda: Recurrent(nn.LSTM(6, 10, batch_first=True), 4),
        series(6), ["logits"], {"steps": sequence, "logits": batch}, 7, 4),
    "lstm-bidirectional": (
        lambda: Recurrent(nn.LSTM(6, 7, 2, batch_first=True, bidirectional=True), 4),
        series(6), ["logits"], {"steps": sequence, "logits": batch}, 7, 4),
    "gru": (
        lambda: Recurrent(nn.GRU(6, 10, batch_first=True, bidirectional=True), 4),
        series(6), ["logits"], {"steps": sequence, "logits": batch}, 7, 4),
    "language-model": (
        LanguageModel, lambda count, length: {"ids": torch.randint(0, 30, (count, length))},
        ["logits"], {"ids": sequence, "logits": sequence}, 7, 4),
    "nhwc": (
        ChannelsLast, images("images", 3, 4, last=True), ["logits"], {"images": batch, "logits": batch}, 12, None),
    "speech-state": (
        SpeechState, speech(True), ["score", "next_state"],
        {"window": batch, "state": {1: "batch"}, "score": batch, "next_state": {1: "batch"}}, 64, None),
    "speech-steps": (
        SpeechSteps, speech(False), ["score", "next_state"],
        {"window": batch, "state": batch, "score": batch, "next_state": batch}, 64, None),
    "detector-tiny": (
        lambda: Detector(16), images("images", 3), ["predictions"], {"images": batch, "predictions": batch}, 16, None),
    "detector-open": (
        Detector, images("images", 3, 8), ["predictions"],
        {"images": open_image, "predictions": {0: "batch", 2: "cells"}}, 16, 8),
    "unet-tiny": (
        UNet, images("images", 1, 4), ["logits"], {"images": open_image, "logits": open_image}, 16, 8),
    "two-outputs": (
        TwoOutputs, images("images", 1), ["logits", "embedding"],
        dict.fromkeys(("images", "logits", "embedding"), batch), 12, None),
}


def by_hand(name, bytes_in):
    """A network as converters from frameworks with channels last write it, of floats or of bytes from 0 to 255."""
    generator = numpy.random.default_rng(5)
    nodes, constants = [], []

    def constant(*shape):
        value = generator.normal(0, 1.2 / math.sqrt(math.prod(shape[1:])), shape).astype(numpy.float32)
        constants.append(numpy_helper.from_array(value, f"constant{len(constants)}"))
        return constants[-1].name

    def node(operator, *inputs, **attributes):
        name = f"{operator}{len(nodes)}"
        nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    value = "images"
    if bytes_in:
        scales = {"mean": numpy.float32(127.5), "scale": numpy.float32(1 / 64)}
        constants += [numpy_helper.from_array(factor, key) for key, factor in scales.items()]
        value = node("Mul", node("Sub", node("Cast", value, to=TensorProto.FLOAT), "mean"), "scale")
    value = node("Transpose", value, perm=[0, 3, 1, 2])
    value = node("Relu", node("Conv", value, constant(8, 3, 3, 3), constant(8), strides=[2, 2], auto_pad="SAME_UPPER"))
    value = node("Relu", node("Conv", value, constant(8, 1, 3, 3), constant(8), group=8, auto_pad="SAME_UPPER"))
    value = node("ReduceMean", node("Transpose", value, perm=[0, 2, 3, 1]), axes=[1, 2], keepdims=0)
    logits = node("Add", node("MatMul", value, constant(8, 5)), constant(5))
    nodes.append(helper.make_node("Softmax", [logits], ["probabilities"], name="end", axis=-1))
    kind = TensorProto.UINT8 if bytes_in else TensorProto.FLOAT
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("images", kind, ["batch", 12, 16, 3])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 5])], constants)
    keep(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7), name)
    images = generator.normal(size=(3, 12, 16, 3)) if not bytes_in else generator.integers(0, 256, (3, 12, 16, 3))
    write(name, "", {"images": images.astype(numpy.uint8 if bytes_in else numpy.float32)}, [name])


def keep(model, name):
    """Writes a network without the exporter's notes, which name files of the machine."""
    graph = model.graph
    for each in (graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
        del each.metadata_props[:]
        each.doc_string = ""
    if model.ByteSize() > limit:
        shorten(graph)
    onnx.checker.check_model(model)
    onnx.save(model, folder / f"{name}.onnx")


def shorten(graph):
    """Numbers the values between nodes, as exporters once did, and leaves out shapes and the names of constants."""
    outside = {value.name for value in (*graph.input, *graph.output)}
    made = [name for node in graph.node for name in node.output if name not in outside]
    numbers = {name: str(index) for index, name in enumerate(made)}
    for node in graph.node:
        for values in (node.input, node.output):
            for index, name in enumerate(values):
                values[index] = numbers.get(name, name)
        if node.op_type == "Constant":
            node.name = ""
    del graph.value_info[:]


def write(name, suffix, inputs, files, expected=None):
    """Writes what goes into a network and what ONNX Runtime has come out; its files and PyTorch must agree."""
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 3
    result = None
    for file in files:
        session = onnxruntime.InferenceSession(folder / f"{file}.onnx", settings)
        names = [output.name for output in session.get_outputs()]
        outputs = session.run(names, inputs)
        for key, value, other in zip(names, outputs, expected or outputs, strict=True):
            numpy.testing.assert_allclose(value, other, rtol=1e-4, atol=1e-5, err_msg=f"{file}{suffix}, {key}")
        result = result or dict(zip(names, outputs))
    arrays = {"input": inputs, "output": result}
    numpy.savez(
        folder / f"{name}{suffix}.npz",
        **{f"{side}.{key}": value for side, values in arrays.items() for key, value in values.items()})


def exported(name, module, inputs, outputs, axes, dynamo):
    """Exports in a process of its own: an exporter that has exported a recurrent layer fails at the next one."""
    file = name + ("-dynamo" if dynamo else "")
    path = folder / f"{file}.onnx"
    process = multiprocessing.get_context("fork").Process(
        target=exports.export, args=(module, inputs, outputs, axes, path, dynamo))
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(f"{file}: the exporter failed")
    keep(onnx.load(path), file)
    return file


def main():
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for seed, (name, (make, inputs, outputs, axes, length, short)) in enumerate(networks.items()):
        torch.manual_seed(seed)
        module = random(make())
        samples = {"": inputs(3, length)} | ({"-short": inputs(2, short)} if short else {})
        axes = {key: value for key, value in axes.items() if key in samples[""] or key in outputs}
        files = [exported(name, module, samples[""], outputs, axes, dynamo) for dynamo in (False, True)]
        for suffix, values in samples.items():
            with torch.no_grad():
                made = module(*values.values())
            expected = [value.numpy() for value in (made if isinstance(made, tuple) else [made])]
            write(name, suffix, {key: value.numpy() for key, value in values.items()}, files, expected)
    by_hand("nhwc-by-hand", False)
    by_hand("nhwc-bytes", True)


if __name__ == "__main__":
    main()
