"""One small model an operator, and what ONNX Runtime makes of it.

Each model takes images [2, 4, 6, 6] and ends in Flatten, so that its output looks like logits.
"""

import json
import pathlib

import numpy
import onnxruntime
from onnx import TensorProto, helper, numpy_helper, save

folder = pathlib.Path(__file__).parent / "operators"
folder.mkdir(exist_ok=True)
for old in folder.glob("*.onnx"):
    old.unlink()
generator = numpy.random.default_rng(11)
images = generator.normal(size=(2, 4, 6, 6)).astype(numpy.float32)
expected = {}


def floats(*shape, positive=False):
    values = generator.normal(size=shape).astype(numpy.float32)
    return numpy.abs(values) + numpy.float32(0.5) if positive else values


def integers(*values):
    return numpy.array(values, dtype=numpy.int64)


def case(name, nodes, constants=None, opset=17):
    """nodes: (operator, inputs, outputs, attributes); the last output is y."""
    made = [helper.make_node(op, inputs, outputs, name=f"{op}_{i}", **attributes)
            for i, (op, inputs, outputs, attributes) in enumerate(nodes)]
    made.append(helper.make_node("Flatten", ["y"], ["flat"], name="end"))
    graph = helper.make_graph(
        made, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 4, 6, 6])],
        [helper.make_tensor_value_info("flat", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, key) for key, value in (constants or {}).items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8 if opset < 21 else 10)
    path = folder / f"{name}.onnx"
    save(model, path)
    session = onnxruntime.InferenceSession(str(path))
    expected[name] = session.run(None, {"x": images})[0].astype(float).flatten().tolist()


def one(name, operator, inputs=("x",), constants=None, opset=17, **attributes):
    case(name, [(operator, list(inputs), ["y"], attributes)], constants, opset)


weight = floats(8, 4, 3, 3)
for name, attributes in {
    "conv_pads": dict(pads=[1, 0, 2, 1]), "conv_same_upper": dict(auto_pad="SAME_UPPER", strides=[2, 2]),
    "conv_same_lower": dict(auto_pad="SAME_LOWER", strides=[2, 2]), "conv_valid": dict(auto_pad="VALID"),
    "conv_dilated": dict(dilations=[2, 2], pads=[2, 2, 2, 2]),
}.items():
    one(name, "Conv", ("x", "w", "b"), {"w": weight, "b": floats(8)}, **attributes)
one("conv_groups", "Conv", ("x", "w"), {"w": floats(8, 2, 3, 3)}, group=2, pads=[1, 1, 1, 1])
one("batch_normalization", "BatchNormalization", ("x", "s", "b", "m", "v"),
    {"s": floats(4), "b": floats(4), "m": floats(4), "v": floats(4, positive=True)}, epsilon=1e-3)
for operator in ["Relu", "Sigmoid", "Tanh", "HardSwish", "Erf", "Exp", "Neg", "Abs", "Floor", "Ceil", "Identity",
                 "Dropout", "GlobalAveragePool", "GlobalMaxPool"]:
    one(operator.lower(), operator)
one("clip", "Clip", ("x", "low", "high"), {"low": numpy.float32(-0.5), "high": numpy.float32(0.7)})
one("clip_upper", "Clip", ("x", "", "high"), {"high": numpy.float32(0.2)})
one("leaky_relu", "LeakyRelu", alpha=0.2)
one("prelu", "PRelu", ("x", "s"), {"s": floats(4, 1, 1)})
one("elu", "Elu", alpha=0.7)
one("hard_sigmoid", "HardSigmoid", alpha=0.3, beta=0.4)
one("softmax", "Softmax", axis=1)
one("softmax_opset11", "Softmax", opset=11)
one("log_softmax", "LogSoftmax")
one("gelu", "Gelu", opset=20)
one("gelu_tanh", "Gelu", opset=20, approximate="tanh")
for operator in ["Add", "Sub", "Mul", "Div", "Min", "Max"]:
    one(operator.lower(), operator, ("x", "c"), {"c": floats(4, 1, 1, positive=True)})
case("pow_sqrt", [("Abs", ["x"], ["a"], {}), ("Pow", ["a", "c"], ["p"], {}), ("Sqrt", ["p"], ["y"], {})],
     {"c": numpy.float32(1.7)})
one("max_pool", "MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
one("max_pool_uneven", "MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1])
one("max_pool_ceiling", "MaxPool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
one("average_pool", "AveragePool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
one("average_pool_uneven", "AveragePool", kernel_shape=[2, 2], pads=[0, 0, 1, 1])
one("average_pool_counting", "AveragePool", kernel_shape=[2, 2], pads=[0, 0, 1, 1], count_include_pad=1)
one("average_pool_same", "AveragePool", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
case("gemm", [("Flatten", ["x"], ["f"], {}), ("Gemm", ["f", "w", "b"], ["y"], dict(alpha=0.5, beta=2.0))],
     {"w": floats(144, 5), "b": floats(5)})
case("gemm_transposed", [("Flatten", ["x"], ["f"], {}), ("Gemm", ["f", "w", "b"], ["y"], dict(transB=1))],
     {"w": floats(5, 144), "b": floats(5)})
one("matmul", "MatMul", ("x", "w"), {"w": floats(6, 3)})
one("reshape", "Reshape", ("x", "s"), {"s": integers(0, 2, -1, 3)})
one("transpose", "Transpose", perm=[0, 2, 3, 1])
case("concat_split", [("Split", ["x"], ["a", "b"], dict(axis=1)), ("Concat", ["b", "a"], ["y"], dict(axis=1))], opset=13)
case("split_sizes", [("Split", ["x", "s"], ["a", "b"], dict(axis=1)), ("Concat", ["b", "a"], ["y"], dict(axis=1))],
     {"s": integers(1, 3)})
case("split_opset11", [("Split", ["x"], ["a", "b"], dict(axis=1, split=[1, 3])),
                       ("Concat", ["b", "a"], ["y"], dict(axis=1))], opset=11)
one("slice", "Slice", ("x", "b", "e", "a", "s"),
    {"b": integers(1, -1), "e": integers(5, -7), "a": integers(2, 3), "s": integers(2, -1)})
one("pad", "Pad", ("x", "p", "v"), {"p": integers(0, 0, 1, 2, 0, 0, 0, 1), "v": numpy.float32(0.3)})
one("pad_reflect", "Pad", ("x", "p"), {"p": integers(0, 0, 1, 2, 0, 0, 0, 1)}, mode="reflect")
one("pad_edge", "Pad", ("x", "p"), {"p": integers(0, 0, 1, 2, 0, 0, 0, 1)}, mode="edge")
case("squeeze_unsqueeze", [("Unsqueeze", ["x", "a"], ["u"], {}), ("Squeeze", ["u", "a"], ["y"], {})], {"a": integers(1, 3)})
case("squeeze_opset11", [("Unsqueeze", ["x"], ["u"], dict(axes=[1])), ("Squeeze", ["u"], ["y"], dict(axes=[1]))], opset=11)
one("gather", "Gather", ("x", "i"), {"i": integers(2, -1)}, axis=1)
case("gather_scalar", [("Gather", ["x", "i"], ["y"], dict(axis=1))], {"i": numpy.array(1, dtype=numpy.int64)})
case("shape_arithmetic", [
    ("Shape", ["x"], ["s"], {}), ("Gather", ["s", "zero"], ["n"], dict(axis=0)),
    ("Concat", ["n", "rest"], ["t"], dict(axis=0)), ("Reshape", ["x", "t"], ["y"], {})],
     {"zero": integers(0), "rest": integers(-1)})
case("expand", [("Expand", ["c", "s"], ["e"], {}), ("Add", ["x", "e"], ["y"], {})],
     {"c": floats(4, 1, 1), "s": integers(2, 1, 6, 6)})
case("constant_of_shape", [
    ("Constant", [], ["s"], dict(value=numpy_helper.from_array(integers(4, 6, 6)))),
    ("ConstantOfShape", ["s"], ["c"], dict(value=numpy_helper.from_array(numpy.array([1.5], dtype=numpy.float32)))),
    ("Mul", ["x", "c"], ["y"], {})])
case("cast", [("Cast", ["x"], ["i"], dict(to=TensorProto.INT64)), ("Cast", ["i"], ["y"], dict(to=TensorProto.FLOAT))])
one("reduce_mean", "ReduceMean", axes=[2, 3], keepdims=0)
one("reduce_mean_opset18", "ReduceMean", ("x", "a"), {"a": integers(1)}, opset=18)
one("reduce_sum", "ReduceSum", ("x", "a"), {"a": integers(-1)})
one("reduce_sum_opset11", "ReduceSum", opset=11, axes=[1], keepdims=1)
one("layer_normalization", "LayerNormalization", ("x", "s", "b"), {"s": floats(6), "b": floats(6)})
case("quantize_dequantize", [("QuantizeLinear", ["x", "s", "z"], ["q"], {}), ("DequantizeLinear", ["q", "s", "z"], ["y"], {})],
     {"s": numpy.float32(0.03), "z": numpy.array(100, dtype=numpy.uint8)})
case("where_equal", [("Relu", ["x"], ["r"], {}), ("Equal", ["r", "zero"], ["m"], {}), ("Where", ["m", "one", "x"], ["y"], {})],
     {"zero": numpy.float32(0), "one": numpy.float32(1)})
document = {"images": images.astype(float).flatten().tolist(), "outputs": expected}
(folder.parent / "operators.json").write_text(json.dumps(document) + "\n")
