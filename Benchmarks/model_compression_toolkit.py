#!/usr/bin/env python3
"""A network quantized to a given size by Sony's model_compression_toolkit (MCT), and its top-1.

MCT's own post-training quantization with its own mixed-precision search, on the network, images and size that `emq
compress` gets. The float network of the ONNX file is rebuilt in PyTorch. MCT chooses the bits of each layer's weights so
that all of them fit in --size-mib (convolutions and fully connected layers at nominal bits, the first and last layer's
at 8, biases uncounted; activations at 8) and quantizes. Prints the bits, the size, both top-1s and the seconds of MCT
alone, without imports and evaluation. With --large it is a network of random weights of Benchmarks/large_networks.py, which
has to have made it, and there are seconds and memory alone.

Needs `../shared` beside the repository, or Debian's dataset-fashion-mnist for the fashion networks. MCT lies in
`.deps/mct`, made by pip on the first run, unless the Python that runs this has it already: PyPI's PyTorch, 6 GB.

    Benchmarks/model_compression_toolkit.py --network resnet20-cifar10 --size-mib 0.0966 --format json
    Benchmarks/model_compression_toolkit.py --large mobilenetv2 --size-mib 1.5
"""

import csv
import importlib.util
import json
import os
import pathlib
import platform
import resource
import subprocess
import sys
import time
import venv
from importlib import metadata

# This file has the package's name: its folder must not be searched.
here = pathlib.Path(__file__).resolve().parent
sys.path = [path for path in sys.path if pathlib.Path(path).resolve() != here]
sys.path.append(str(here.parent / "Scripts"))
import workbench

# MCT 2.6.1 is tested by its makers with PyTorch 2.3 to 2.6.
requirements = [
    "model-compression-toolkit==2.6.1", "torch==2.6.0", "torchvision==0.21.0", "numpy==2.4.6", "onnx==1.23.2"]
threads, batch_size = 2, 32
# The bits that MCT may choose from, and those that the first and last layer have.
weight_bits, outer_bits = (8, 4, 3, 2), 8

parser = workbench.options(__doc__, "rebuilds fashion-resnet and compares it with ONNX, without MCT")
parser.add_argument("--network", choices=workbench.networks, default=workbench.smallest)
parser.add_argument("--large", choices=("resnet50", "mobilenetv2", "efficientnet-lite1"), help="in place of --network")
parser.add_argument("--size-mib", type=float, help="the most that weights may take")
parser.add_argument("--calibration-images", type=int, default=256, help="images to calibrate on; ImageNet has 100")
parser.add_argument("--seed", type=int, default=1, help="draws the images to calibrate on")
parser.add_argument("--format", choices=("text", "json"), default="text")
options = parser.parse_args()
if options.quick:
    options.network = workbench.smallest
    workbench.with_pytorch()
elif options.size_mib is None:
    parser.error("--size-mib is needed")
elif importlib.util.find_spec("model_compression_toolkit") is None:
    folder = workbench.root / ".deps/mct"
    python = folder / "bin/python"
    if pathlib.Path(sys.prefix) == folder:
        sys.exit(f"{folder}: lacks model_compression_toolkit; remove the folder to have it made again")
    if not (folder / "complete").exists():
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *requirements], check=True, stdout=sys.stderr)
        (folder / "complete").touch()
    os.execv(python, [str(python), *sys.argv])

# The solver, a program of its own, writes to standard output: that is for the report alone.
output = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import numpy
import onnx
import torch
from onnx.reference import ReferenceEvaluator
from torch import fx, nn
from torch.nn import functional

import peer


def module(path):
    """The float network of an ONNX file, as MCT can trace it, and the names of its layers' weights.

    Its first and last layer are called first_layer and last_layer.
    """
    model = onnx.load(path)
    nodes = model.graph.node
    layers = [node.output[0] for node in nodes if node.op_type in ("Conv", "Gemm")]
    values = {name: torch.from_numpy(numpy.array(value)) for name, value in peer.operands(model).items()}
    root, graph, weights = nn.Module(), fx.Graph(), {}
    env = {model.graph.input[0].name: graph.placeholder("image")}

    def place(name, made, source):
        root.add_module(name, made)
        return graph.call_module(name, (source,))

    for index, node in enumerate(nodes):
        if not node.input or node.input[0] not in env:
            continue
        source, target = env[node.input[0]], node.output[0]
        given = [values.get(name) for name in node.input[1:]]
        attributes = peer.attributes(node)
        name = f"{node.op_type.lower()}{index}"
        if node.op_type in ("Conv", "Gemm"):
            name = {0: "first_layer", len(layers) - 1: "last_layer"}.get(layers.index(target), name)
            weights[name] = node.input[1]
            weight, bias = given[0], given[1] if len(given) > 1 else None
            if node.op_type == "Gemm":
                assert attributes["transB"] == 1
                layer = nn.Linear(weight.shape[1], weight.shape[0], bias is not None)
            else:
                pads = attributes["pads"]
                assert pads[:2] == pads[2:]
                layer = nn.Conv2d(
                    weight.shape[1] * attributes["group"], weight.shape[0], tuple(weight.shape[2:]),
                    tuple(attributes["strides"]), tuple(pads[:2]), 1, attributes["group"], bias is not None)
            layer.load_state_dict({"weight": weight} | ({} if bias is None else {"bias": bias}))
            env[target] = place(name, layer, source)
        elif node.op_type == "BatchNormalization":
            norm = nn.BatchNorm2d(len(given[0]), attributes.get("epsilon", 1e-5))
            norm.load_state_dict(dict(zip(("weight", "bias", "running_mean", "running_var"), given)), strict=False)
            env[target] = place(name, norm, source)
        elif node.op_type == "Relu":
            env[target] = place(name, nn.ReLU(), source)
        elif node.op_type == "Clip":
            assert (given[0], given[1]) == (0, 6)
            env[target] = place(name, nn.ReLU6(), source)
        elif node.op_type == "MaxPool":
            assert attributes["pads"][:2] == attributes["pads"][2:]
            env[target] = place(name, nn.MaxPool2d(
                tuple(attributes["kernel_shape"]), tuple(attributes["strides"]), tuple(attributes["pads"][:2])), source)
        elif node.op_type == "Add":
            env[target] = graph.call_function(torch.add, (source, env[node.input[1]]))
        elif node.op_type == "Slice":
            cut = peer.sliced(*(operand.tolist() for operand in given))
            env[target] = graph.call_method("__getitem__", (source, cut))
        elif node.op_type == "Pad":
            env[target] = graph.call_function(functional.pad, (source, peer.padded(given[0])))
        elif node.op_type in ("GlobalAveragePool", "ReduceMean"):
            pooled = place(name, nn.AdaptiveAvgPool2d(1), source)
            env[target] = graph.call_function(torch.flatten, (pooled, 1))
        elif node.op_type in ("Reshape", "Flatten"):
            env[target] = source
        elif node.op_type != "Shape":
            sys.exit(f"{path}: {node.op_type} is not known here")
    graph.output(env[model.graph.output[0].name])
    return fx.GraphModule(root, graph).eval(), weights


def cropped(path, side=224):
    """The centre of an image whose short side has 256 pixels."""
    import PIL.Image

    with PIL.Image.open(path) as image:
        left, top = (image.width - side) // 2, (image.height - side) // 2
        return numpy.asarray(image.convert("RGB").crop((left, top, left + side, top + side)))


def data(network):
    """Images to calibrate on, images to measure top-1 on and their labels, and which they are."""
    if network == "efficientnet-lite0-imagenet":
        folder = workbench.root / workbench.imagenet
        with open(folder / "labels.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        images = numpy.stack([cropped(folder / "images" / row["file"]) for row in rows])
        labels = numpy.array([int(row["label"]) for row in rows])
        training, test, labels = images[:100], images[100:], labels[100:]
        split = "calibration among the first 100 images of imagenet-sample, top-1 on the other 400"
    elif network.startswith("fashion"):
        training, _ = peer.pixels(network, "train")
        test, labels = (values[1600:] for values in peer.pixels(network, "test"))
        split = "calibration among the 60,000 training images, top-1 on the test images from 1,600 on"
    else:
        training, _ = peer.pixels(network, "train")
        test, labels = peer.pixels(network, "test-jpeg")
        split = "calibration among the 4,000 images of train.npz, top-1 on those of test-jpeg.npz"
    preset = workbench.networks[network].preset
    chosen = numpy.random.default_rng(options.seed).permutation(len(training))[:options.calibration_images]
    labels = torch.from_numpy(labels.astype(numpy.int64))
    return peer.normalized(training[chosen], preset), peer.normalized(test, preset), labels, split


def large_data(side):
    """Images to calibrate a large network on."""
    files = sorted((workbench.root / workbench.imagenet / "images").iterdir())
    chosen = numpy.random.default_rng(options.seed).permutation(len(files))[:options.calibration_images]
    return peer.normalized(numpy.stack([cropped(files[index], side) for index in chosen]), "efficientnet-lite")


@torch.no_grad()
def top1(network, images, labels):
    right = sum(
        int((network(batch).argmax(1) == truth).sum()) for batch, truth in zip(images.split(50), labels.split(50)))
    return right / len(labels)


def capabilities():
    """MCT's default target with our bits, and with activations of any range where the default has powers of two.

    What is better for MCT was tried on resnet20 at 2.5 and 3 bits and on fashion-mobilenet at 3: such activations win
    0.1 or 0.2 points each time. Weights stay symmetric per channel, which is the default: asymmetric ones lose 20
    points of resnet20 at 2.5 bits.
    """
    linear, _, other = imx500.get_op_quantization_configs()
    linear, other = (
        item.clone_and_edit(activation_quantization_method=QuantizationMethod.UNIFORM) for item in (linear, other))
    candidates = [linear.clone_and_edit(attr_to_edit={KERNEL_ATTR: {WEIGHTS_N_BITS: bits}}) for bits in weight_bits]
    return imx500.generate_tpc(other, candidates[0], candidates, "uniform activations")


torch.set_num_threads(threads)
torch.manual_seed(options.seed)
numpy.random.seed(options.seed)
if options.large:
    path = workbench.root / f".deps/models/large/{options.large}.onnx"
    network, weights = module(path)
    side = onnx.load(path).graph.input[0].type.tensor_type.shape.dim[2].dim_value
    images = calibration = large_data(side)
else:
    path = workbench.root / workbench.networks[options.network].model
    network, weights = module(path)
    calibration, images, labels, split = data(options.network)
with torch.no_grad():
    (expected,) = ReferenceEvaluator(str(path)).run(None, {onnx.load(path).graph.input[0].name: images[:2].numpy()})
    if not numpy.allclose(network(images[:2]).numpy(), expected, rtol=1e-3, atol=1e-3):
        sys.exit(f"{path}: PyTorch computes something else than ONNX")
if options.quick:
    print(f"{path.name}: PyTorch computes what ONNX does, top-1 {100 * top1(network, images[:200], labels[:200]):.1f} %",
          file=output)
    sys.exit()
float_top1 = None if options.large else top1(network, images, labels)

import model_compression_toolkit as mct
from mct_quantizers import PytorchQuantizationWrapper, QuantizationMethod
from model_compression_toolkit.core.common.network_editors import NodeNameScopeFilter
from model_compression_toolkit.target_platform_capabilities.constants import KERNEL_ATTR, WEIGHTS_N_BITS
from model_compression_toolkit.target_platform_capabilities.tpc_models.imx500_tpc.v1_0 import tpc as imx500

outer = mct.core.BitWidthConfig()
outer.set_manual_weights_bit_width(
    [NodeNameScopeFilter("first_layer"), NodeNameScopeFilter("last_layer")], outer_bits, "weight")
config = mct.core.CoreConfig(bit_width_config=outer)
budget = mct.core.ResourceUtilization(weights_memory=options.size_mib * 2**20)
start = time.perf_counter()
quantized, information = mct.ptq.pytorch_post_training_quantization(
    network, lambda: ([batch.numpy()] for batch in calibration.split(batch_size)), budget, config, capabilities())
seconds = time.perf_counter() - start

bits, size = {}, 0
for name, layer in quantized.named_modules():
    if isinstance(layer, PytorchQuantizationWrapper):
        name = name.removesuffix("_bn")
        for _, weight, quantizer in layer.get_weights_vars():
            bits[weights.get(name, name)] = quantizer.num_bits
            size += weight.numel() * quantizer.num_bits / 8 / 2**20
assert abs(size - information.final_resource_utilization.weights_memory / 2**20) < 1e-9

report = {
    "network": options.large or options.network,
    "budget_mib": options.size_mib,
    "size_mib": size,
    "bits": bits,
    "seconds": seconds,
    "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    "calibration_images": len(calibration),
    "seed": options.seed,
    "threads": threads,
    "versions": {"python": platform.python_version()} | {
        name: metadata.version(name) for name in ("model-compression-toolkit", "torch", "numpy", "PuLP")},
}
if not options.large:
    report |= {"float_top1": float_top1, "top1": top1(quantized.eval(), images, labels), "split": split,
               "caveat": workbench.networks[options.network].caveat}
if options.format == "json":
    print(json.dumps(report, indent=2), file=output)
else:
    for key, value in report.items():
        print(f"{key}: {value}", file=output)
