"""Whole models of ONNX, where onnx is installed; what a node holds is read in test_stacks without it."""

import re
import sys

import numpy as np
import pytest
from problems import error
from unrolled import cells
from unrolled.interop import from_onnx, unroll_layers


def test_without_onnx_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=re.escape("this function needs onnx: pip install 'unrolled[onnx]'")):
        from_onnx("model.onnx")


T, B, m, n = 5, 2, 3, 4


@pytest.fixture
def stack(rng):
    """make(between=[]) -> a model of an LSTM with two directions below a GRU, as exporters write it, and its weights."""
    helper = pytest.importorskip("onnx.helper")
    onnx = pytest.importorskip("onnx")

    def make(between=(), computed=False, **first):
        arrays = {
            "W0": (2, 4 * n, m),
            "R0": (2, 4 * n, n),
            "B0": (2, 8 * n),
            "W1": (1, 3 * n, 2 * n),
            "R1": (1, 3 * n, n),
            "B1": (1, 6 * n),
        }
        arrays = {name: 0.5 * rng.normal(size=shape) for name, shape in arrays.items()} | {"shape": np.array([T, B, 2 * n])}
        nodes = [
            helper.make_node(
                "LSTM", ["X", "W0", "R0", "B0"], ["Y0", "last"], "below", hidden_size=n, direction="bidirectional", **first
            ),
            helper.make_node("Transpose", ["Y0"], ["t"], perm=[0, 2, 1, 3]),
            helper.make_node("Reshape", ["t", "shape"], ["r"]),
            *(helper.make_node(op, ["r"], ["r2"]) for op in between),
            helper.make_node(
                "GRU",
                ["r2" if between else "r", "W2" if computed else "W1", "R1", "B1"],
                ["Y"],
                "above",
                hidden_size=n,
                linear_before_reset=1,
            ),
        ]
        nodes += [helper.make_node("Neg", ["W1"], ["W2"])] * computed
        value = lambda name: helper.make_tensor_value_info(name, onnx.TensorProto.DOUBLE, None)  # noqa: E731
        tensors = [onnx.numpy_helper.from_array(a, name) for name, a in arrays.items()]
        graph = helper.make_graph(sorted(nodes, key=lambda node: node.op_type != "Neg"), "g", [value("X")], [value("Y")], tensors)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)])

    return make


def test_a_model_of_two_layers_gives_what_its_reference_gives(stack, rng, tmp_path):
    onnx, reference = pytest.importorskip("onnx"), pytest.importorskip("onnx.reference")
    model, X = stack(["Identity"]), rng.normal(size=(T, B, m))
    onnx.save(model, tmp_path / "a.onnx")
    (want,) = reference.ReferenceEvaluator(model).run(None, {"X": X})
    for given in (model, tmp_path / "a.onnx", str(tmp_path / "a.onnx")):
        layers = from_onnx(given)
        assert [(layer.cell, layer.reverse) for layer in layers] == [
            (cells.lstm, False),
            (cells.lstm, True),
            (cells.gru_reset_after, False),
        ]
        run = unroll_layers(layers, np.ascontiguousarray(X.transpose(0, 2, 1)))
        assert error(run.output, want[:, 0].transpose(0, 2, 1)) < 1e-14


def test_what_stands_between_is_refused_and_one_node_can_be_read(stack):
    with pytest.raises(ValueError, match="model must lead from 'below' to 'above' by changes of shape alone"):
        from_onnx(stack(["Relu"]))
    assert len(from_onnx(stack(["Relu"]), node="below")) == 2
    assert from_onnx(stack(["Relu"]), node="above")[0] is cells.gru_reset_after
    with pytest.raises(ValueError, match="node must be one of 'below', 'above'; got 'middle'"):
        from_onnx(stack(), node="middle")
    with pytest.raises(ValueError, match="node 'above' must have W as a constant of the model; got 'W2', which is computed"):
        from_onnx(stack(computed=True))
    model = stack()
    for node, way in zip((node for node in model.graph.node if node.name), ("forward", "reverse"), strict=True):
        (said,) = [a for a in node.attribute if a.name == "direction"] or [node.attribute.add(name="direction", type=3)]
        said.s = way.encode()
    with pytest.raises(ValueError, match="reads from the end alone, 'above', on one that reads from the start alone, 'below'"):
        from_onnx(model)
    with pytest.raises(ValueError, match=r"node 'below' must have no clip, .* got clip=2.0"):
        from_onnx(stack(clip=2.0))


def test_bad_models(tmp_path):
    helper = pytest.importorskip("onnx.helper")
    empty = helper.make_model(helper.make_graph([], "g", [], []))
    with pytest.raises(ValueError, match="model must have nodes RNN, LSTM or GRU in its graph; got 0 nodes and none of these"):
        from_onnx(empty)
    with pytest.raises(TypeError, match=r"model must be an onnx.ModelProto or the name of a file; got int"):
        from_onnx(3)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        from_onnx(tmp_path / "a.onnx")
    whole = helper.make_model(helper.make_graph([], "a name that is long enough to be cut", [], [])).SerializeToString()
    for content in (b"hello world\n" * 5, whole[:-20]):
        (tmp_path / "a.onnx").write_bytes(content)
        with pytest.raises(ValueError, match=r"'a\.onnx' must be a whole \.onnx file, with all that it names; "):
            from_onnx(tmp_path / "a.onnx")
