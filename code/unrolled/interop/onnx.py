"""Weights of ONNX: the operators RNN, LSTM (with peepholes) and GRU, in one direction or two.

Biases of the inputs come before those of the states; the gates of the LSTM are in the order i, o, f, c, those of the GRU in
z, r, h, and z keeps the old. `onnx` (pip install "unrolled[onnx]") is imported here alone, by the one function that needs it.
"""

import itertools
import os

import numpy as np

from unrolled import cells
from unrolled.checks import array, one_precision
from unrolled.interop.layers import Layer
from unrolled.interop.stacked import listed, unstacked
from unrolled.interop.states import joined

GATES = {"RNN": ("",), "LSTM": ("_i", "_o", "_f", "_C"), "GRU": ("_z", "_r", "_h")}
INPUTS = ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P")
ACTIVATIONS = {  # those of the cells, for one direction
    "RNN": {("Tanh",): cells.rnn, ("Relu",): cells.rnn_relu, ("Sigmoid",): cells.rnn_sigmoid},
    "LSTM": {("Sigmoid", "Tanh", "Tanh"): cells.lstm},
    "GRU": {("Sigmoid", "Tanh"): cells.gru},
}
SHAPING = (
    "Cast",
    "Concat",
    "Flatten",
    "Identity",
    "Reshape",
    "Squeeze",
    "Transpose",
    "Unsqueeze",
    "Dropout",
)  # no weights of their own


def from_onnx(model, node=None):
    """The recurrent layers of an ONNX model: (cell, params), or a list of `Layer` where there are several layers or directions.

    model  an `onnx.ModelProto`, or the name of a file
    node   the name of the one node to read, where not all recurrent nodes follow each other directly

    A peephole makes `cells.peephole`; linear_before_reset=1 `cells.gru_reset_after`, 0 `cells.gru`; direction="reverse" a
    list of one `Layer` that is reverse. Copies, of the dtype of the model.

    Raises ImportError without onnx, TypeError or ValueError, naming node and attribute, for what the cells do not have (clip,
    input_forget, other activations), for weights that are not constants of the model, for a first state that is a constant and
    not zero, for layers between which stands something else, and for one that reads from the end alone on one that does not.
    """
    onnx = imported()
    if isinstance(model, str | os.PathLike):
        if not os.path.isfile(model):
            raise FileNotFoundError(f"there is no file {str(model)!r}")
        model = loaded(onnx, model)
    if not isinstance(model, onnx.ModelProto):
        raise TypeError(f"model must be an onnx.ModelProto or the name of a file; got {type(model).__name__}")
    found = [part for part in model.graph.node if part.op_type in GATES]
    names = [part.name or part.output[0] for part in found]
    if node is not None:
        found = [part for part, name in zip(found, names, strict=True) if name == node]
        if len(found) != 1:
            raise ValueError(
                f"node must be one of {listed(map(repr, names)) or 'none, for there are no recurrent nodes'}; got {node!r}"
            )
    if not found:
        raise ValueError(
            f"model must have nodes RNN, LSTM or GRU in its graph; got {len(model.graph.node)} nodes and none of these"
        )
    constants = constants_of(onnx, model.graph)
    for below, above in itertools.pairwise(found):
        follow(model.graph, below, above)
    return joined([layer for part in found for layer in layers_of(*contents(onnx, part, constants))])


def loaded(onnx, path):
    """The model in a file; a sentence for whatever is no such file."""
    try:
        return onnx.load(path)
    except Exception as error:  # that of protobuf is not imported here, and the numbers may lie in other files
        why = str(error).partition("\n")[0].rstrip(".")
        raise ValueError(f"{os.path.basename(path)!r} must be a whole .onnx file, with all that it names; {why}") from error


def contents(onnx, node, constants):
    """What `layers_of` needs of a node: its name, its operator, a dict of its attributes and one of its constant inputs."""
    name, weights = f"node {node.name or node.output[0]!r}", {}
    for what, source in zip(INPUTS, node.input, strict=False):
        if source in constants:
            weights[what] = np.array(constants[source])
        elif source and what in "WRBP":
            raise ValueError(
                f"{name} must have {what} as a constant of the model; got {source!r}, which is computed: fold constants"
            )
    said = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    return name, node.op_type, {key: as_text(value) for key, value in said.items()}, weights


def as_text(value):
    """A value of an attribute with text for bytes."""
    if isinstance(value, bytes):
        return value.decode()
    return [*map(as_text, value)] if isinstance(value, list) else value


def layers_of(name, op, said, weights):
    """A list of `Layer`, one for each direction of a node.

    op       "RNN", "LSTM" or "GRU"
    said     {attribute: value}, as the operator's specification has them
    weights  {"W": (ways, k n, m), "R": (ways, k n, n), "B": (ways, 2 k n), "P": (ways, 3 n)}, B and P where there are any

    Raises as `from_onnx` does, and calls the node by its `name`.
    """
    ways = {"forward": [False], "reverse": [True], "bidirectional": [False, True]}[said.get("direction", "forward")]
    for what in ("clip", "input_forget"):
        if said.get(what):
            raise ValueError(f"{name} must have no {what}, which the cells do not have; got {what}={said[what]}")
    for what in ("initial_h", "initial_c"):
        if np.any(weights.get(what, 0)):
            raise ValueError(f"{name} must start from zero or from what its caller gives; got a constant {what} that is not zero")
    weights = {what: weights[what] for what in "WRBP" if what in weights}
    if missing := [what for what in "WR" if what not in weights]:
        raise ValueError(f"{name} must have W and R; missing: {listed(missing)}")
    array(f"R of {name}", weights["R"], (len(ways), None, None))
    k, n = len(GATES[op]), weights["R"].shape[2]
    shapes = {"W": (k * n, None), "R": (k * n, n), "B": (2 * k * n,), "P": (3 * n,)}
    for what, a in weights.items():
        array(f"{what} of {name}", a, (len(ways), *shapes[what]))
    one_precision(**weights)
    usual = [*next(iter(ACTIVATIONS[op]))]
    asked = np.array(said.get("activations") or usual * len(ways)).reshape(len(ways), -1)
    layers = []
    for number, (way, activations) in enumerate(zip(ways, asked, strict=True)):
        cell = ACTIVATIONS[op].get(tuple(word.capitalize() for word in activations))
        if cell is None or said.get("activation_alpha") or said.get("activation_beta"):
            allowed = " or ".join(" ".join(some) for some in ACTIVATIONS[op])
            raise ValueError(f"{name} must have the activations {allowed}, without alpha or beta; got {' '.join(activations)}")
        if op == "GRU" and said.get("linear_before_reset"):
            cell = cells.gru_reset_after
        layers.append(Layer(*direction(cell, GATES[op], {what: a[number] for what, a in weights.items()}), way))
    return layers


def direction(cell, gates, weights):
    """(cell, params) of one direction, `cell` with peepholes where there are weights of them."""
    W, R, more = weights["W"], weights["R"], {}
    b_x, b_h = weights["B"].reshape(2, -1) if "B" in weights else np.zeros((2, len(W)), W.dtype)
    if "P" in weights:
        cell = cells.peephole
        more = dict(zip(("p_i", "p_o", "p_f"), weights["P"].reshape(3, -1, 1).copy(), strict=True))
    return cell, unstacked(cell, gates, W, R, b_x, b_h, **more)


def constants_of(onnx, graph):
    """The arrays that are constants of the graph, by name."""
    constants = {a.name: onnx.numpy_helper.to_array(a) for a in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            constants[node.output[0]] = onnx.numpy_helper.to_array(node.attribute[0].t)
        elif node.op_type == "Identity" and node.input[0] in constants:
            constants[node.output[0]] = constants[node.input[0]]
    return constants


def follow(graph, below, above):
    """A sentence unless the X of a node is the Y of the one below, with nothing but changes of shape between them.

    And where a list of `Layer` would not be it: there one that is reverse stands beside a forward one before it, not on it.
    """
    who = [node.name or node.output[0] for node in (below, above)]
    if [way(node) for node in (below, above)] == ["forward", "reverse"]:
        raise ValueError(
            f"model must not have a node that reads from the end alone, {who[1]!r}, on one that reads from the start alone,"
            f" {who[0]!r}: read one by node="
        )
    makers = {name: node for node in graph.node for name in node.output}

    def leads(name):
        maker = makers.get(name)
        if name == below.output[0] or maker is None or maker.op_type not in SHAPING:
            return name == below.output[0]
        return all(map(leads, maker.input if maker.op_type == "Concat" else maker.input[:1]))

    if leads(above.input[0]):
        return
    raise ValueError(
        f"model must lead from {who[0]!r} to {who[1]!r} by changes of shape alone; got something else: read one by node="
    )


def way(node):
    """The direction of a node."""
    return next((a.s.decode() for a in node.attribute if a.name == "direction"), "forward")


def imported():
    """The module onnx, or an ImportError that says how to get it."""
    try:
        import onnx
        import onnx.numpy_helper
    except ImportError as e:
        raise ImportError("this function needs onnx: pip install 'unrolled[onnx]'") from e
    return onnx
