"""Writes VGG-11 for images of 32x32 (Simonyan & Zisserman 2015, configuration A, with its three fully connected layers) with random weights: how long
it takes does not depend on what it has learnt.

    python3 vgg11.py vgg11.onnx        # needs numpy and onnx (Debian: python3-onnx)
"""
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

CHANNELS = [64, "pool", 128, "pool", 256, 256, "pool", 512, 512, "pool", 512, 512, "pool"]
HIDDEN, CLASSES = 4096, 10

random = numpy.random.default_rng(1)
nodes, weights = [], []


def weight(name, *shape):
    scale = numpy.sqrt(2 / numpy.prod(shape[1:]))
    weights.append(numpy_helper.from_array((scale * random.standard_normal(shape)).astype(numpy.float32), name + ".weight"))
    weights.append(numpy_helper.from_array(numpy.zeros(shape[0], numpy.float32), name + ".bias"))
    return [name + ".weight", name + ".bias"]


def add(operator, inputs, output, **attributes):
    nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
    return output


last, width = "image", 3
for place, channels in enumerate(CHANNELS):
    if channels == "pool":
        last = add("MaxPool", [last], f"pool{place}", kernel_shape=[2, 2], strides=[2, 2])
    else:
        last = add("Conv", [last, *weight(f"conv{place}", channels, width, 3, 3)], f"conv{place}", kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        last, width = add("Relu", [last], f"relu{place}"), channels

last = add("Flatten", [last], "flat")
for name, outputs in (("fc1", HIDDEN), ("fc2", HIDDEN), ("logits", CLASSES)):
    last = add("Gemm", [last, *weight(name, outputs, width)], name, transB=1)
    width = outputs
    if name != "logits":
        last = add("Relu", [last], f"{name}_relu")

graph = helper.make_graph(
    nodes,
    "vgg11",
    [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, 32, 32])],
    [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", CLASSES])],
    weights,
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(model)
onnx.save(model, sys.argv[1])
