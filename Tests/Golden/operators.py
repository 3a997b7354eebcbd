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


def short(values):
    """Numbers of single precision in as few digits as tell them apart."""
    return [float(str(value)) for value in values.astype(numpy.float32).flatten()]


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
    expected[name] = short(session.run(None, {"x": images})[0])


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

def flat(count=2):
    """Reshapes v, of any form, into rows of images."""
    return ("Reshape", ["v", "rows"], ["y"], {})


rows = {"rows": integers(0, -1)}
f32 = TensorProto.FLOAT


def batched(shape, **parts):
    """Nodes that repeat constants along the dimension that is -1 in shape, as often as there are images."""
    sizes = [f"size{index}" if size != -1 else "images" for index, size in enumerate(shape)]
    nodes = [("Shape", ["x"], ["shape"], {}), ("Slice", ["shape", "nought", "first"], ["images"], {}),
             ("Concat", sizes, ["sizes"], dict(axis=0))]
    nodes += [("Expand", [f"{part}.one", "sizes"], [part], {}) for part in parts]
    constants = {f"{part}.one": value for part, value in parts.items()} | {"nought": integers(0), "first": integers(1)}
    return nodes, constants | {f"size{index}": integers(size) for index, size in enumerate(shape) if size != -1}


def after(name, nodes, constants=None, opset=17, kind="v"):
    """nodes give v, of numbers of another type than float where kind is 'cast'."""
    end = [("Cast", ["v"], ["y"], dict(to=f32))] if kind == "cast" else [flat()]
    case(name, nodes + end, (constants or {}) | ({} if kind == "cast" else rows), opset)


# Numbers element by element.
for operator in ["Sin", "Cos", "Atan", "Sinh", "Cosh", "Asinh", "Softsign", "Softplus", "Sign", "Round", "Selu"]:
    one(operator.lower(), operator)
case("tan", [("Tanh", ["x"], ["t"], {}), ("Tan", ["t"], ["y"], {})])
for operator in ["Asin", "Acos", "Atanh"]:
    case(operator.lower(), [("Tanh", ["x"], ["t"], {}), ("Mul", ["t", "c"], ["h"], {}), (operator, ["h"], ["y"], {})],
         {"c": numpy.float32(0.9)})
case("acosh", [("Exp", ["x"], ["e"], {}), ("Add", ["e", "c"], ["h"], {}), ("Acosh", ["h"], ["y"], {})],
     {"c": numpy.float32(1.1)})
one("mish", "Mish", opset=18)
one("selu_given", "Selu", alpha=1.2, gamma=0.7)
one("celu", "Celu", alpha=0.6)
one("thresholded_relu", "ThresholdedRelu", alpha=0.4)
one("shrink", "Shrink", lambd=0.4, bias=0.1)
one("hardmax", "Hardmax", axis=1)
one("hardmax_opset11", "Hardmax", opset=11)
one("softmax_first_axes", "Softmax", axis=-3)
one("prelu_channels", "PRelu", ("x", "s"), {"s": floats(4, 6, 6)})
one("variadic_sum", "Sum", ("x", "c", "x"), {"c": floats(4, 1, 1)})
one("variadic_mean", "Mean", ("x", "c", "d"), {"c": floats(4, 1, 1), "d": floats(6)})
one("variadic_max", "Max", ("x", "c", "d"), {"c": floats(4, 1, 1), "d": floats(6)})
one("single_min", "Min", ("x",))
one("fmod", "Mod", ("x", "c"), {"c": floats(4, 1, 1, positive=True)}, fmod=1)
case("fmod_integers", [("Mul", ["x", "ten"], ["t"], {}), ("Cast", ["t"], ["i"], dict(to=TensorProto.INT32)),
                       ("Mod", ["i", "c"], ["v"], dict(fmod=1)), ("Cast", ["v"], ["y"], dict(to=f32))],
     {"ten": numpy.float32(10), "c": numpy.array([3, -4, 5, 7, -2, 3], dtype=numpy.int32)})
case("pow_integer_exponent", [("Pow", ["x", "c"], ["y"], {})], {"c": numpy.array(3, dtype=numpy.int64)})
case("pow_integer_base", [("Mul", ["x", "ten"], ["t"], {}), ("Cast", ["t"], ["i"], dict(to=TensorProto.INT64)),
                          ("Pow", ["i", "c"], ["v"], {}), ("Cast", ["v"], ["y"], dict(to=f32))],
     {"ten": numpy.float32(3), "c": numpy.float32(2)})
case("logic", [("Greater", ["x", "c"], ["a"], {}), ("LessOrEqual", ["x", "d"], ["b"], {}), ("Xor", ["a", "b"], ["e"], {}),
               ("Not", ["e"], ["n"], {}), ("And", ["n", "a"], ["g"], {}), ("Or", ["g", "e"], ["v"], {}),
               ("Cast", ["v"], ["y"], dict(to=f32))], {"c": floats(6), "d": floats(4, 1, 1)})
case("not_finite", [("Log", ["x"], ["l"], {}), ("IsNaN", ["l"], ["n"], {}), ("Where", ["n", "c", "l"], ["a"], {}),
                    ("Relu", ["x"], ["r"], {}), ("Log", ["r"], ["m"], {}), ("IsInf", ["m"], ["i"], dict(detect_positive=0)),
                    ("Where", ["i", "a", "m"], ["y"], {})], {"c": numpy.float32(0.3)})
case("cast_like", [("CastLike", ["x", "c"], ["i"], {}), ("CastLike", ["i", "x"], ["y"], {})],
     {"c": numpy.array([1], dtype=numpy.int32)})
case("cast_bool", [("Relu", ["x"], ["r"], {}), ("Cast", ["r"], ["b"], dict(to=TensorProto.BOOL)),
                   ("Cast", ["b"], ["i"], dict(to=TensorProto.INT32)), ("Cast", ["i"], ["y"], dict(to=f32))])
case("cast_double", [("Cast", ["x"], ["d"], dict(to=TensorProto.DOUBLE)), ("Exp", ["d"], ["e"], {}),
                     ("Cast", ["e"], ["y"], dict(to=f32))])

# Reductions.
for operator in ["ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp", "ReduceMax", "ReduceMin", "ReduceProd"]:
    one(f"{operator.lower()}_axes", operator, ("x", "a"), {"a": integers(-1, 1)}, opset=18)
    after(f"{operator.lower()}_opset13", [(operator, ["x"], ["v"], dict(axes=[3], keepdims=0))], opset=13)
case("reduce_log_sum", [("Exp", ["x"], ["e"], {}), ("ReduceLogSum", ["e", "a"], ["y"], {})], {"a": integers(1)}, opset=18)
one("reduce_nothing", "ReduceMean", ("x",), opset=18, noop_with_empty_axes=1)
case("reduce_everything", [("ReduceMax", ["x"], ["m"], dict(keepdims=0)), ("Div", ["x", "m"], ["y"], {})], opset=18)
case("reduce_integers", [("Mul", ["x", "ten"], ["t"], {}), ("Cast", ["t"], ["i"], dict(to=TensorProto.INT32)),
                         ("ReduceSum", ["i", "a"], ["s"], {}), ("Mul", ["s", "i"], ["v"], {}),
                         ("Cast", ["v"], ["y"], dict(to=f32))],
     {"ten": numpy.float32(10), "a": integers(2)})
for operator, attributes in [("ArgMax", dict(axis=1)), ("ArgMin", dict(axis=-1, keepdims=0))]:
    case(operator.lower(), [(operator, ["x"], ["v"], attributes), ("Cast", ["v"], ["y"], dict(to=f32))])
case("argmax_last", [("Relu", ["x"], ["r"], {}), ("ArgMin", ["r"], ["v"], dict(axis=3, select_last_index=1)),
                     ("Cast", ["v"], ["y"], dict(to=f32))])
case("argmin_first", [("Relu", ["x"], ["r"], {}), ("ArgMin", ["r"], ["v"], dict(axis=3)), ("Cast", ["v"], ["y"], dict(to=f32))])
case("top_k", [("TopK", ["x", "k"], ["a", "i"], dict(axis=3)), ("Cast", ["i"], ["f"], dict(to=f32)),
               ("Concat", ["a", "f"], ["y"], dict(axis=1))], {"k": integers(3)})
case("top_k_smallest_ties", [("Relu", ["x"], ["r"], {}), ("TopK", ["r", "k"], ["a", "i"], dict(axis=2, largest=0)),
                             ("Cast", ["i"], ["f"], dict(to=f32)), ("Concat", ["a", "f"], ["y"], dict(axis=1))],
     {"k": integers(4)})
for name, attributes in {"plain": {}, "exclusive": dict(exclusive=1), "reverse": dict(reverse=1),
                         "exclusive_reverse": dict(exclusive=1, reverse=1)}.items():
    one(f"cumulative_sum_{name}", "CumSum", ("x", "a"), {"a": numpy.array(2, dtype=numpy.int64)}, **attributes)

# Elements by position.
one("gather_any_axis", "Gather", ("x", "i"), {"i": numpy.array([[0, -1], [3, -6]], dtype=numpy.int32)}, axis=-1)
case("gather_computed", [("ArgMax", ["x"], ["a"], dict(axis=3, keepdims=0)), ("Gather", ["table", "a"], ["y"], {})],
     {"table": floats(6, 3)})
nodes, constants = batched((-1, 3, 6, 6), i=generator.integers(-4, 4, size=(1, 3, 6, 6)).astype(numpy.int64))
case("gather_elements", nodes + [("GatherElements", ["x", "i"], ["y"], dict(axis=1))], constants)
last = ("Transpose", ["x"], ["l"], dict(perm=[1, 2, 3, 0]))
case("gather_nd", [last, ("GatherND", ["l", "i"], ["g"], {}), ("Transpose", ["g"], ["y"], dict(perm=[4, 0, 1, 2, 3]))],
     {"i": numpy.array([[[0, 2], [1, -1]], [[3, 0], [0, 3]]], dtype=numpy.int64)[:, :, :1]})
case("gather_nd_rows", [last, ("GatherND", ["l", "i"], ["g"], {}), ("Transpose", ["g"], ["y"], dict(perm=[2, 0, 1]))],
     {"i": numpy.array([[0, 2], [1, -1], [-4, 5]], dtype=numpy.int64)})
case("gather_nd_elements", [last, ("GatherND", ["l", "i"], ["g"], {}), ("Transpose", ["g"], ["y"], dict(perm=[1, 0]))],
     {"i": generator.integers(-4, 4, size=(5, 3)).astype(numpy.int64)})
nodes, constants = batched((-1, 2, 2), i=numpy.array([[[0, 5], [3, -2]]], dtype=numpy.int64))
case("gather_nd_batches", nodes + [("GatherND", ["x", "i"], ["y"], dict(batch_dims=1))], constants)
for reduction in ["none", "add", "max"]:
    places = numpy.array([[0, 2], [0, 2] if reduction == "add" else [3, 5], [1, -1]], dtype=numpy.int64)
    for kind, constants in {"rows": {"c": floats(4, 6, 6), "i": places, "u": floats(3, 6)},
                            "elements": {"c": floats(6, 6), "i": places, "u": floats(3)}}.items():
        case(f"scatter_nd_{kind}_{reduction}", [("ScatterND", ["c", "i", "u"], ["s"], dict(reduction=reduction)),
                                                ("Mul", ["x", "s"], ["y"], {})], constants, opset=18)
scattered = numpy.stack([generator.permutation(6)[:3] - 6 * (i % 2) for i in range(24)]).reshape(1, 4, 6, 3).astype(numpy.int64)
for reduction in ["none", "add", "mul", "min"]:
    nodes, constants = batched((-1, 4, 6, 3), i=scattered)
    case(f"scatter_elements_{reduction}", nodes + [
        ("Neg", ["x"], ["m"], {}), ("Slice", ["m", "nought", "three", "three"], ["u"], {}),
        ("ScatterElements", ["x", "i", "u"], ["y"], dict(axis=3 if reduction == "none" else -1, reduction=reduction))],
         constants | {"three": integers(3)}, opset=18)
case("one_hot", [("ArgMax", ["x"], ["a"], dict(axis=1, keepdims=0)), ("OneHot", ["a", "d", "values"], ["y"], {})],
     {"d": integers(5), "values": numpy.array([-0.5, 2], dtype=numpy.float32)})
case("one_hot_axis", [("ArgMax", ["x"], ["a"], dict(axis=1, keepdims=0)), ("Sub", ["a", "four"], ["n"], {}),
                      ("OneHot", ["n", "d", "values"], ["y"], dict(axis=1))],
     {"d": integers(4), "four": integers(4), "values": numpy.array([0, 1], dtype=numpy.float32)})
case("nonzero_constant", [("NonZero", ["c"], ["p"], {}), ("Transpose", ["p"], ["t"], {}), ("Squeeze", ["t", "last"], ["i"], {}),
                          ("Gather", ["x", "i"], ["y"], dict(axis=2))],
     {"c": numpy.array([0, 1, 1, 0, 0, 2], dtype=numpy.float32), "last": integers(1)})
case("slice_int32", [("Slice", ["x", "b", "e", "a"], ["y"], {})],
     {k: numpy.array(v, dtype=numpy.int32) for k, v in {"b": [-4, 1], "e": [2147483647, 5], "a": [-1, 2]}.items()})
case("split_uneven", [("Split", ["x"], ["a", "b"], dict(axis=-2, num_outputs=2)), ("Concat", ["b", "a"], ["c"], dict(axis=2)),
                      ("Split", ["c"], ["d", "e", "f", "g"], dict(axis=3, num_outputs=4)),
                      ("Concat", ["g", "e", "f", "d"], ["y"], dict(axis=3))], opset=18)
case("tile", [("Tile", ["x", "r"], ["y"], {})], {"r": integers(1, 2, 1, 3)})
for upper in [0, 1]:
    one(f"triangle_{upper}", "Trilu", ("x", "k"), {"k": numpy.array(1 - 2 * upper, dtype=numpy.int64)}, upper=upper)
one("triangle", "Trilu")
for mode in ["DCR", "CRD"]:
    one(f"depth_to_space_{mode.lower()}", "DepthToSpace", blocksize=2, mode=mode)
one("space_to_depth", "SpaceToDepth", blocksize=3)
case("range_size", [("Size", ["c"], ["n"], {}), ("Range", ["start", "n", "step"], ["r"], {}),
                    ("Cast", ["r"], ["f"], dict(to=f32)), ("Add", ["x", "f"], ["y"], {})],
     {"c": floats(2, 4), "start": numpy.array(-4, dtype=numpy.int64), "step": numpy.array(2, dtype=numpy.int64)})
case("range_floats", [("Range", ["start", "limit", "step"], ["r"], {}), ("Mul", ["x", "r"], ["y"], {})],
     {"start": numpy.float32(1), "limit": numpy.float32(-0.4), "step": numpy.float32(-0.25)})
case("range_of_shape", [("Shape", ["x"], ["s"], {}), ("Gather", ["s", "three"], ["n"], {}), ("Range", ["zero", "n", "step"], ["r"], {}),
                        ("Gather", ["table", "r"], ["p"], {}), ("Add", ["x", "p"], ["y"], {})],
     {"three": numpy.array(3, dtype=numpy.int64), "zero": numpy.array(0, dtype=numpy.int64),
      "step": numpy.array(1, dtype=numpy.int64), "table": floats(9, 6)})
one("einsum", "Einsum", ("x", "w"), {"w": floats(6, 5)}, equation="bchw,wk->bhck")
one("einsum_attention", "Einsum", ("x", "x"), equation="bhid, bhjd -> bhij")
one("einsum_implicit", "Einsum", ("x", "w"), {"w": floats(6, 3)}, equation="abcd,de")
one("einsum_ellipsis", "Einsum", ("x", "w"), {"w": floats(6, 3)}, equation="...d,de->...e")

# Sizes of images.
for name, attributes in {
    "nearest": dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
    "nearest_half_pixel": dict(mode="nearest"), "nearest_ceil": dict(mode="nearest", nearest_mode="ceil"),
    "nearest_prefer_ceil": dict(mode="nearest", nearest_mode="round_prefer_ceil", coordinate_transformation_mode="align_corners"),
    "linear": dict(mode="linear"), "linear_torch": dict(mode="linear", coordinate_transformation_mode="pytorch_half_pixel"),
    "linear_corners": dict(mode="linear", coordinate_transformation_mode="align_corners"),
    "linear_asymmetric": dict(mode="linear", coordinate_transformation_mode="asymmetric"),
    "cubic": dict(mode="cubic"), "cubic_corners": dict(mode="cubic", coordinate_transformation_mode="align_corners"),
    "cubic_outside": dict(mode="cubic", cubic_coeff_a=-0.5, exclude_outside=1),
}.items():
    one(f"resize_{name}_scales", "Resize", ("x", "", "s"), {"s": numpy.array([1, 1, 2, 1.5], dtype=numpy.float32)}, opset=13,
        **attributes)
    one(f"resize_{name}_sizes", "Resize", ("x", "", "", "s"), {"s": integers(2, 4, 9, 4)}, opset=13, **attributes)
one("resize_axes", "Resize", ("x", "", "", "s"), {"s": integers(8, 11)}, opset=19, mode="linear", axes=[2, 3])
one("resize_symmetric", "Resize", ("x", "", "s"), {"s": numpy.array([1, 1, 1.3, 0.7], dtype=numpy.float32)}, opset=19, mode="linear",
    coordinate_transformation_mode="half_pixel_symmetric")
one("resize_opset11", "Resize", ("x", "roi", "s"),
    {"roi": numpy.array([], dtype=numpy.float32), "s": numpy.array([1, 1, 2, 2], dtype=numpy.float32)}, opset=11, mode="nearest",
    coordinate_transformation_mode="asymmetric", nearest_mode="floor")
case("resize_computed_sizes", [
    ("Shape", ["x"], ["s"], {}), ("Slice", ["s", "two", "four"], ["h"], {}), ("Mul", ["h", "twice"], ["d"], {}),
    ("Slice", ["s", "zero", "two"], ["n"], {}), ("Concat", ["n", "d"], ["t"], dict(axis=0)),
    ("Resize", ["x", "", "", "t"], ["y"], dict(mode="linear"))],
     {"two": integers(2), "four": integers(4), "twice": integers(2, 2), "zero": integers(0)})

# Convolutions and pools of other ranks.
for name, attributes in {
    "plain": {}, "strides": dict(strides=[2, 3]), "pads": dict(strides=[2, 2], pads=[1, 0, 1, 2]),
    "output_padding": dict(strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1]),
    "output_shape": dict(strides=[2, 2], output_shape=[12, 11]),
    "output_shape_beyond": dict(strides=[2, 2], output_shape=[12, 14]),
    "same_upper": dict(strides=[2, 2], auto_pad="SAME_UPPER"), "same_lower": dict(strides=[2, 2], auto_pad="SAME_LOWER"),
    "dilations": dict(dilations=[2, 1], pads=[1, 1, 1, 1]),
}.items():
    one(f"conv_transpose_{name}", "ConvTranspose", ("x", "w", "b"), {"w": floats(4, 3, 3, 3), "b": floats(3)}, **attributes)
one("conv_transpose_groups", "ConvTranspose", ("x", "w"), {"w": floats(4, 2, 2, 2)}, group=2, strides=[2, 2])
line = ("Reshape", ["x", "line"], ["l"], {})
lines = {"line": integers(0, 4, 36)}
cube = ("Reshape", ["x", "cube"], ["l"], {})
cubes = {"cube": integers(0, 2, 2, 6, 6)}
case("conv_transpose_line", [line, ("ConvTranspose", ["l", "w", "b"], ["y"], dict(strides=[2], pads=[1, 0]))],
     lines | {"w": floats(4, 3, 3), "b": floats(3)})
case("conv_line", [line, ("Conv", ["l", "w", "b"], ["y"], dict(strides=[2], pads=[2, 1], dilations=[2]))],
     lines | {"w": floats(5, 4, 3), "b": floats(5)})
case("conv_cube", [cube, ("Conv", ["l", "w", "b"], ["y"], dict(pads=[1, 0, 1, 0, 1, 1]))],
     cubes | {"w": floats(3, 2, 2, 3, 3), "b": floats(3)})
case("max_pool_line", [line, ("MaxPool", ["l"], ["y"], dict(kernel_shape=[3], strides=[2], pads=[1, 0]))], lines)
case("average_pool_line", [line, ("AveragePool", ["l"], ["y"], dict(kernel_shape=[3], strides=[2], pads=[1, 1]))], lines)
case("average_pool_cube", [cube, ("AveragePool", ["l"], ["y"], dict(kernel_shape=[2, 3, 3], strides=[1, 2, 2]))], cubes)
case("max_pool_cube", [cube, ("MaxPool", ["l"], ["y"], dict(kernel_shape=[2, 3, 3], pads=[0, 1, 1, 1, 1, 1]))], cubes)

# Normalizations.
one("instance_normalization", "InstanceNormalization", ("x", "s", "b"), {"s": floats(4), "b": floats(4)}, epsilon=1e-3)
case("instance_normalization_line", [line, ("InstanceNormalization", ["l", "s", "b"], ["y"], {})],
     lines | {"s": floats(4), "b": floats(4)})
one("group_normalization", "GroupNormalization", ("x", "s", "b"), {"s": floats(4), "b": floats(4)}, opset=21, num_groups=2)
one("group_normalization_opset18", "GroupNormalization", ("x", "s", "b"), {"s": floats(2), "b": floats(2)}, opset=18,
    num_groups=2)
one("layer_normalization_axes", "LayerNormalization", ("x", "s", "b"), {"s": floats(4, 6, 6), "b": floats(4, 6, 6)}, axis=1)
case("layer_normalization_outputs", [("LayerNormalization", ["x", "s"], ["n", "m", "d"], dict(axis=2)),
                                     ("Sub", ["n", "m"], ["e"], {}), ("Mul", ["e", "d"], ["y"], {})], {"s": floats(6, 6)})
one("rms_normalization", "RMSNormalization", ("x", "s"), {"s": floats(6)}, opset=23, epsilon=1e-4)
one("lp_normalization", "LpNormalization", axis=1)
one("lp_normalization_absolute", "LpNormalization", axis=-1, p=1)
one("mean_variance_normalization", "MeanVarianceNormalization")
one("mean_variance_axes", "MeanVarianceNormalization", axes=[1, 2])
one("local_response_normalization", "LRN", size=3, alpha=0.3, beta=0.6, bias=1.5)

# Recurrent layers, over six steps of time.
steps = [("Transpose", ["x"], ["t"], dict(perm=[2, 0, 1, 3])), ("Reshape", ["t", "steps"], ["s"], {})]
stepped = {"steps": integers(6, -1, 24)}
gate_counts = {"LSTM": 4, "GRU": 3, "RNN": 1}


def recurrent(name, operator, direction="forward", biased=True, starts=0, size=5, **attributes):
    """A layer whose outputs all end in y."""
    directions = 2 if direction == "bidirectional" else 1
    gates = gate_counts[operator] * size
    constants = stepped | {"w": floats(directions, gates, 24), "r": floats(directions, gates, size),
                           "rows": integers(0, -1)}
    constants["w"] *= numpy.float32(0.3)
    inputs = ["s", "w", "r"]
    if biased:
        constants["b"] = floats(directions, 2 * gates)
        inputs.append("b")
    initial = []
    if starts:
        inputs += [""] * (5 - len(inputs)) + [f"h{start}" for start in range(starts)]
        initial, more = batched((directions, -1, size), **{f"h{start}": floats(directions, 1, size) for start in range(starts)})
        constants |= more
    outputs = ["a", "last", "cell"] if operator == "LSTM" else ["a", "last"]
    nodes = initial + steps + [(operator, inputs, outputs, dict(direction=direction, hidden_size=size) | attributes),
                     ("Transpose", ["a"], ["ta"], dict(perm=[2, 0, 1, 3])), ("Reshape", ["ta", "rows"], ["fa"], {})]
    parts = ["fa"]
    for part in outputs[1:]:
        nodes += [("Transpose", [part], [f"t{part}"], dict(perm=[1, 0, 2])),
                  ("Reshape", [f"t{part}", "rows"], [f"f{part}"], {})]
        parts.append(f"f{part}")
    case(name, nodes + [("Concat", parts, ["y"], dict(axis=1))], constants)


for direction in ["forward", "reverse", "bidirectional"]:
    recurrent(f"lstm_{direction}", "LSTM", direction)
    recurrent(f"lstm_{direction}_states", "LSTM", direction, starts=2)
    recurrent(f"gru_{direction}", "GRU", direction)
    recurrent(f"gru_{direction}_linear", "GRU", direction, linear_before_reset=1)
    recurrent(f"gru_{direction}_states", "GRU", direction, starts=1)
    recurrent(f"rnn_{direction}", "RNN", direction, starts=1)
recurrent("lstm_plain", "LSTM", biased=False)
recurrent("gru_plain", "GRU", biased=False)
recurrent("gru_linear_states", "GRU", "bidirectional", biased=False, starts=1, linear_before_reset=1)
recurrent("rnn_relu", "RNN", "bidirectional", activations=["Relu", "Relu"])
recurrent("lstm_activations", "LSTM", activations=["Sigmoid", "Tanh", "Tanh"])
for operator in ["LSTM", "GRU"]:
    size, gates = 4, 4 * gate_counts[operator]
    lengths, more = batched((-1,), lengths=numpy.array([6], dtype=numpy.int32))
    case(f"{operator.lower()}_two_layers", lengths + steps + [
        (operator, ["s", "w0", "r0", "b0", "lengths"], ["a"], dict(direction="bidirectional", hidden_size=size)),
        ("Transpose", ["a"], ["ta"], dict(perm=[0, 2, 1, 3])), ("Reshape", ["ta", "joined"], ["j"], {}),
        (operator, ["j", "w1", "r1", "b1"], ["", "last"], dict(hidden_size=size)),
        ("Squeeze", ["last", "zero"], ["q"], {}), ("Gemm", ["q", "w2"], ["y"], {})],
         stepped | {"w0": floats(2, gates, 24), "r0": floats(2, gates, size), "b0": floats(2, 2 * gates),
                    "w1": floats(1, gates, 2 * size), "r1": floats(1, gates, size), "b1": floats(1, 2 * gates),
                    "w2": floats(size, 3), "joined": integers(0, 0, -1), "zero": integers(0)} | more)

# Pieces of networks.
case("detection_head", [
    ("Conv", ["x", "w", "b"], ["c"], dict(pads=[1, 1, 1, 1])), ("Sigmoid", ["c"], ["s"], {}), ("Mul", ["c", "s"], ["m"], {}),
    ("Split", ["m", "parts"], ["p", "q"], dict(axis=1)), ("Resize", ["p", "", "twice"], ["u"], dict(
        mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")),
    ("MaxPool", ["u"], ["d"], dict(kernel_shape=[2, 2], strides=[2, 2])), ("Concat", ["d", "q"], ["e"], dict(axis=1)),
    ("Reshape", ["e", "anchors"], ["r"], {}), ("Transpose", ["r"], ["y"], dict(perm=[0, 1, 3, 4, 2]))],
     {"w": floats(6, 4, 3, 3), "b": floats(6), "parts": integers(2, 4), "twice": numpy.array([1, 1, 2, 2], dtype=numpy.float32),
      "anchors": integers(0, 2, 3, 6, 6)})
case("distribution_head", [
    ("Reshape", ["x", "bins"], ["r"], {}), ("Transpose", ["r"], ["t"], dict(perm=[0, 2, 1, 3])), ("Softmax", ["t"], ["s"], dict(axis=1)),
    ("Conv", ["s", "w"], ["y"], {})], {"bins": integers(0, 4, 4, 9), "w": numpy.arange(4, dtype=numpy.float32).reshape(1, 4, 1, 1)})
case("u_net", [
    ("Conv", ["x", "w", "b"], ["c"], dict(pads=[1, 1, 1, 1])), ("InstanceNormalization", ["c", "s", "t"], ["i"], {}),
    ("LeakyRelu", ["i"], ["l"], {}), ("MaxPool", ["l"], ["d"], dict(kernel_shape=[2, 2], strides=[2, 2])),
    ("ConvTranspose", ["d", "v"], ["u"], dict(strides=[2, 2])), ("Concat", ["u", "l"], ["j"], dict(axis=1)),
    ("Conv", ["j", "e"], ["y"], {})],
     {"w": floats(5, 4, 3, 3), "b": floats(5), "s": floats(5), "t": floats(5), "v": floats(5, 3, 2, 2), "e": floats(2, 8, 1, 1)})
case("attention", [
    ("Reshape", ["x", "tokens"], ["r"], {}), ("MatMul", ["r", "wq"], ["q"], {}), ("MatMul", ["r", "wk"], ["k"], {}),
    ("Reshape", ["q", "heads"], ["qh"], {}), ("Reshape", ["k", "heads"], ["kh"], {}),
    ("Transpose", ["qh"], ["qt"], dict(perm=[0, 2, 1, 3])), ("Transpose", ["kh"], ["kt"], dict(perm=[0, 2, 3, 1])),
    ("MatMul", ["qt", "kt"], ["a"], {}), ("Equal", ["mask", "zero"], ["hidden"], {}),
    ("Shape", ["a"], ["as"], {}), ("Expand", ["hidden", "as"], ["wide"], {}), ("Where", ["wide", "low", "a"], ["m"], {}),
    ("Softmax", ["m"], ["p"], dict(axis=-1)), ("MatMul", ["p", "qt"], ["o"], {}), ("Transpose", ["o"], ["ot"], dict(perm=[0, 2, 1, 3])),
    ("Reshape", ["ot", "tokens2"], ["y"], {})],
     {"tokens": integers(0, 12, 12), "heads": integers(0, 12, 2, 4), "tokens2": integers(0, 12, 8), "wq": floats(12, 8),
      "wk": floats(12, 8), "mask": numpy.tril(numpy.ones((12, 12), dtype=numpy.int64)), "zero": numpy.array(0, dtype=numpy.int64),
      "low": numpy.float32(-3.4e38)})
case("embedding", [
    ("Mul", ["x", "two"], ["h"], {}), ("Cast", ["h"], ["i"], dict(to=TensorProto.INT64)), ("Gather", ["table", "i"], ["e"], {}),
    ("ReduceMean", ["e"], ["y"], dict(axes=[1, 2], keepdims=0))], {"two": numpy.float32(2), "table": floats(40, 5)}, opset=13)
case("suppression", [
    ("Reshape", ["x", "boxes"], ["b"], {}), ("Slice", ["b", "zero", "four", "one"], ["corners"], {}),
    ("Slice", ["b", "four", "six", "one"], ["scores"], {}), ("Transpose", ["corners"], ["bt"], dict(perm=[0, 2, 1])),
    ("NonMaxSuppression", ["bt", "scores", "limit", "overlap", "least"], ["n"], {}), ("Shape", ["n"], ["ns"], {}),
    ("Cast", ["n"], ["f"], dict(to=f32)), ("ReduceSum", ["f", "first"], ["g"], dict(keepdims=0)), ("ReduceMean", ["x"], ["k"], dict(axes=[1, 2], keepdims=0)),
    ("Slice", ["k", "zero", "three", "one"], ["k3"], {}), ("Add", ["k3", "g"], ["y"], {})],
     {"boxes": integers(0, 6, 24), "zero": integers(0), "one": integers(1), "three": integers(3), "four": integers(4), "six": integers(6),
      "first": integers(0), "limit": integers(5), "overlap": numpy.array([0.2], dtype=numpy.float32),
      "least": numpy.array([-0.1], dtype=numpy.float32)})


def branch(name, nodes, output, constants=None):
    made = [helper.make_node(op, inputs, outputs, name=f"{op}_{i}", **attributes)
            for i, (op, inputs, outputs, attributes) in enumerate(nodes)]
    return helper.make_graph(made, name, [], [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
                             [numpy_helper.from_array(value, key) for key, value in (constants or {}).items()])


def branches(**extra):
    inner = {"then_branch": branch("then", [("Mul", ["r", "k"], ["o"], {})], "o", {"k": floats(6)}),
             "else_branch": branch("else", [("Neg", ["r"], ["o2"], {})], "o2")}
    return inner | extra


relu = ("Relu", ["x"], ["r"], {})
case("if_constant", [relu, ("If", ["c"], ["y"], branches())], {"c": numpy.array(True)})
case("if_else", [relu, ("If", ["c"], ["z"], branches()), ("Add", ["z", "x"], ["y"], {})], {"c": numpy.array(False)})
case("if_computed", [relu, ("Less", ["a", "b"], ["c"], {}), ("If", ["c"], ["y"], branches())],
     {"a": integers(3), "b": integers(4)})
case("if_shape", [relu, ("Shape", ["r"], ["s"], {}), ("Gather", ["s", "one"], ["n"], {}), ("Equal", ["n", "four"], ["c"], {}),
                  ("If", ["c"], ["y"], branches())],
     {"one": numpy.array(1, dtype=numpy.int64), "four": numpy.array(4, dtype=numpy.int64)})
case("if_nested", [relu, ("If", ["c"], ["y"], branches(then_branch=branch(
    "outer", [("Exp", ["r"], ["e"], {}), ("If", ["d"], ["o"], dict(
        then_branch=branch("deep", [("Sub", ["e", "r"], ["w"], {})], "w"), else_branch=branch("other", [("Abs", ["x"], ["w2"], {})], "w2")))],
    "o", {"d": numpy.array(True)})))], {"c": numpy.array(True)})
case("if_outer_output", [relu, ("If", ["c"], ["z"], branches(then_branch=branch("same", [("Identity", ["r"], ["o"], {})], "o"))),
                         ("If", ["c"], ["w"], branches()), ("Sub", ["z", "w"], ["y"], {})], {"c": numpy.array(True)})

document = {"images": short(images), "outputs": expected}
(folder.parent / "operators.json").write_text(json.dumps(document) + "\n")
