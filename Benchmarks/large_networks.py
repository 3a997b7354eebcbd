#!/usr/bin/env python3
"""Times `emq compress` on networks of real sizes, with their peak memory.

The networks have random weights, batch norms set by a pass over noise, and the shapes of ResNet-50, MobileNetV2,
EfficientNet-Lite1 (224 x 224; 240 x 240), ResNet-56 for 32 x 32 images and BERT base (128 tokens). They say what a
compression takes, not how good it is. Made by PyTorch in `.deps/models/large` on the first run; images are those of
`../shared/data/imagenet-sample` and `../shared/data/cifar10`, tokens are drawn.

    Benchmarks/large_networks.py --network resnet50 --rounding gptq
    Benchmarks/large_networks.py --network mobilenetv2 --mct .deps/mct/bin/python

With --mct, a Python that runs Benchmarks/model_compression_toolkit.py, Sony's program quantizes the same network to the same size
on as many images, by its own mixed-precision search.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
import exports
import workbench

folder = workbench.root / ".deps/models/large"
shapes = {
    "resnet50": (3, 224, 224), "mobilenetv2": (3, 224, 224), "efficientnet-lite1": (3, 240, 240),
    "resnet56": (3, 32, 32), "bert-base": (128,)}
tokens = 30_522

parser = workbench.options(__doc__, "makes and compresses resnet56, with noise for images")
parser.add_argument("--network", choices=shapes, action="append", help="(default: all)")
parser.add_argument("--rounding", default="gptq")
parser.add_argument("--budget", default="3bits")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--mct", metavar="PYTHON", help="a Python that runs Benchmarks/model_compression_toolkit.py")
parser.add_argument("--verbose", action="store_true", help="passes on what emq says, and where its time goes")
options = parser.parse_args()
chosen = ["resnet56"] if options.quick else options.network or list(shapes)


def make(name, path):
    """Writes a network of random weights."""
    if options.quick:
        workbench.with_pytorch()
    else:
        exports.go_over()
    import torch
    from torch import nn

    torch.manual_seed(1)

    def convolution(before, after, size=3, stride=1, groups=1, act=nn.ReLU):
        parts = [nn.Conv2d(before, after, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(after)]
        return nn.Sequential(*parts, *([act()] if act else []))

    class Residual(nn.Module):
        def __init__(self, body, shortcut, act):
            super().__init__()
            self.body, self.shortcut, self.act = body, shortcut, act

        def forward(self, x):
            return self.act(self.body(x) + self.shortcut(x))

    def bottleneck(before, width, stride):
        body = nn.Sequential(
            convolution(before, width, 1), convolution(width, width, 3, stride), convolution(width, 4 * width, 1, act=None))
        same = stride == 1 and before == 4 * width
        return Residual(body, nn.Identity() if same else convolution(before, 4 * width, 1, stride, act=None), nn.ReLU())

    def inverted(before, after, size, stride, expansion):
        width = before * expansion
        body = nn.Sequential(
            *([convolution(before, width, 1, act=nn.ReLU6)] if expansion > 1 else []),
            convolution(width, width, size, stride, width, act=nn.ReLU6), convolution(width, after, 1, act=None))
        return Residual(body, nn.Identity(), nn.Identity()) if stride == 1 and before == after else body

    def basic(before, after, stride):
        body = nn.Sequential(convolution(before, after, 3, stride), convolution(after, after, act=None))
        same = stride == 1 and before == after
        return Residual(body, nn.Identity() if same else convolution(before, after, 1, stride, act=None), nn.ReLU())

    def head(width, classes):
        return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes)]

    if name == "bert-base":
        import transformers

        class Embedding(nn.Module):
            def __init__(self):
                super().__init__()
                self.network = transformers.BertModel(
                    transformers.BertConfig(attn_implementation="eager"), add_pooling_layer=False)

            def forward(self, input_ids):
                return self.network(input_ids).last_hidden_state.mean(1)

        network = Embedding()
        example = {"input_ids": torch.randint(0, tokens, (2, *shapes[name]))}
    else:
        if name == "resnet50":
            layers, before = [convolution(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1)], 64
            for width, count, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
                for index in range(count):
                    layers.append(bottleneck(before, width, stride if index == 0 else 1))
                    before = 4 * width
            layers += head(before, 1000)
        elif name == "resnet56":
            layers, before = [convolution(3, 16)], 16
            for width, stride in ((16, 1), (32, 2), (64, 2)):
                for index in range(9):
                    layers.append(basic(before, width, stride if index == 0 else 1))
                    before = width
            layers += head(before, 10)
        else:
            # Expansion, width, how many, stride, size.
            mobile = ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 32, 3, 2, 3), (6, 64, 4, 2, 3), (6, 96, 3, 1, 3),
                      (6, 160, 3, 2, 3), (6, 320, 1, 1, 3))
            efficient = ((1, 16, 1, 1, 3), (6, 24, 3, 2, 3), (6, 40, 3, 2, 5), (6, 80, 4, 2, 3), (6, 112, 4, 1, 5),
                         (6, 192, 5, 2, 5), (6, 320, 1, 1, 3))
            layers, before = [convolution(3, 32, 3, 2, act=nn.ReLU6)], 32
            for expansion, width, count, stride, size in mobile if name == "mobilenetv2" else efficient:
                for index in range(count):
                    layers.append(inverted(before, width, size, stride if index == 0 else 1, expansion))
                    before = width
            layers += [convolution(before, 1280, 1, act=nn.ReLU6), *head(1280, 1000)]
        network = nn.Sequential(*layers)
        for layer in network.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
            if isinstance(layer, nn.BatchNorm2d):
                layer.momentum = None
        with torch.no_grad():
            network.train()(torch.randn(16, *shapes[name]))
        example = {"images": torch.randn(2, *shapes[name])}
    unfinished = path.with_suffix(".unfinished")
    axes = {each: {0: "batch"} for each in (*example, "outputs")}
    exports.export(network.eval(), example, ["outputs"], axes, unfinished, dynamo=False)
    unfinished.rename(path)


def data(name, place):
    """What `emq compress` is told of the data."""
    if name == "bert-base":
        import numpy
        ids = numpy.random.default_rng(1).integers(0, tokens, (256, *shapes[name]))
        numpy.savez(place / "tokens.npz", input_ids=ids)
        return ["--data", place / "tokens.npz"]
    if options.quick:
        import numpy
        images = numpy.random.default_rng(1).standard_normal((100, *shapes[name]), numpy.float32)
        numpy.savez(place / "noise.npz", images=images)
        return ["--data", place / "noise.npz", "--images", 32, "--refine", 0, "--proxy", "weight_error",
                "--calibration-images", 32]
    if name == "resnet56":
        return ["--data", f"{workbench.cifar}/train.npz#0:1000", "--preset", "cifar10"]
    side = shapes[name][1]
    return ["--data", workbench.imagenet, "--preset", "imagenet", "--resize", side * 8 // 7, "--crop", side]


folder.mkdir(parents=True, exist_ok=True)
missing = [name for name in chosen if not (folder / f"{name}.onnx").exists()]
for name in missing:
    make(name, folder / f"{name}.onnx")
if options.quick:
    workbench.with_pytorch()
elif "bert-base" in chosen:
    exports.go_over()
print(f"On {workbench.processor()}, {options.threads} threads, --rounding {options.rounding} --budget {options.budget}:",
      flush=True)
environment = {**os.environ, "EMQ_PYTHON": os.environ.get("EMQ_PYTHON", str(workbench.root / ".deps/venv/bin/python"))}
for name in chosen:
    with tempfile.TemporaryDirectory() as place:
        command = workbench.command(
            options.emq.resolve(), "compress", folder / f"{name}.onnx", *data(name, pathlib.Path(place)), "--rounding",
            options.rounding, "--budget", options.budget, "--threads", options.threads, "-o", f"{place}/small.onnx",
            *(["--verbose", "--profile"] if options.verbose else ["--quiet"]), "--format", "json")
        start = time.monotonic()
        with open(f"{place}/report.json", "w") as output:
            process = subprocess.Popen(command, cwd=workbench.root, env=environment, stdout=output)
            _, status, used = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"{name}: exit status {os.waitstatus_to_exitcode(status)}")
        size = os.path.getsize(f"{place}/small.onnx") / os.path.getsize(folder / f"{name}.onnx")
        print(f"{name}: {time.monotonic() - start:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor time, "
              f"{used.ru_maxrss / (1 << 20):.2f} GiB, file {size:.3f} x float", flush=True)
        if options.mct and name in ("resnet50", "mobilenetv2", "efficientnet-lite1"):
            report = json.loads(pathlib.Path(f"{place}/report.json").read_text())
            other = workbench.run_json(
                options.mct, workbench.root / "Benchmarks/model_compression_toolkit.py", "--large", name, "--size-mib",
                report["size_mib"])
            print(f"{name} by model_compression_toolkit: {other['seconds']:.0f} s without imports, {other['peak_gib']:.2f} GiB",
                  flush=True)
