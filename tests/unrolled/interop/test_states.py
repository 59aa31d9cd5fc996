"""State dicts and the files that hold them: every name accounted for, nothing silently zero, nothing executed."""

import copy
import json
import pickle
import re
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from unrolled import cells, interop, since
from unrolled.interop import Layer, as_layers, from_state_dict, params_of, projected
from unrolled.interop.files import read

ORACLES = Path(__file__).parents[1] / "oracles"
STACKS = np.load(ORACLES / "stacks.npz")
GRU = {key.removeprefix("files/"): STACKS[key] for key in STACKS.files if key.startswith(("files/weight", "files/bias"))}
ONE = {name: a for name, a in GRU.items() if name.endswith("_l0")}


def same(network, other):
    return all(
        a.cell is b.cell and a.reverse == b.reverse and all(map(np.array_equal, a.params, b.params))
        for a, b in zip(as_layers(network), as_layers(other), strict=True)
    )


def test_layers_come_in_the_order_of_pytorch():
    layers = from_state_dict(GRU, "GRU")
    assert [layer.reverse for layer in layers] == [False, True, False, True]
    for layer, end in zip(layers, ("_l0", "_l0_reverse", "_l1", "_l1_reverse"), strict=True):
        mine = {name.removesuffix(end) + "_l0": a for name, a in GRU.items() if name.endswith(end)}
        assert all(map(np.array_equal, layer.params, params_of(cells.gru_reset_after, mine)))
    shuffled = dict(sorted(GRU.items(), reverse=True))
    assert same(from_state_dict(shuffled, "gru"), layers)


def test_one_layer_is_a_cell_and_its_params():
    cell, p = from_state_dict(ONE, "GRU")
    assert cell is cells.gru_reset_after
    assert not any(np.shares_memory(a, b) for a in p for b in ONE.values())
    without = {name: a for name, a in ONE.items() if "bias" not in name}
    assert not any(from_state_dict(without, "GRU")[1].b_z)
    assert same(from_state_dict({name.removesuffix("_l0"): a for name, a in ONE.items()}, "GRU"), (cell, p)), "a GRUCell"
    assert same(from_state_dict({f"a.b.{name}": a for name, a in ONE.items()} | {"fc": None}, "GRU", "a.b."), (cell, p))
    wide = {name: np.ones((4, 4)) for name in ("weight_ih_l0", "weight_hh_l0")}
    assert [from_state_dict(wide, kind)[0] for kind in ("RNN", "rnn_tanh", "RNN_RELU")] == [cells.rnn, cells.rnn, cells.rnn_relu]


def test_a_tensor_is_taken_as_its_numbers():
    class Tensor:
        dtype = "torch.float32"

        def __init__(self, a):
            self.a = a

        def detach(self):
            return self

        cpu = detach

        def numpy(self):
            return self.a

    assert same(from_state_dict({name: Tensor(a) for name, a in ONE.items()}, "GRU"), from_state_dict(ONE, "GRU"))
    Tensor.dtype = "torch.bfloat16"
    with pytest.raises(TypeError, match=r"weights\['weight_ih_l0'\] must be of float64 or float32; got torch.bfloat16"):
        from_state_dict({"weight_ih_l0": Tensor(None)}, "GRU")


without = lambda *names: {name: a for name, a in GRU.items() if name not in names}  # noqa: E731
P4 = {"weight_ih_l0": np.ones((16, 3)), "weight_hh_l0": np.ones((16, 2)), "weight_hr_l0": np.ones((2, 4))}
BAD = [
    (
        (GRU | {"fc.weight": 0}, "GRU"),
        "must hold the arrays of recurrent layers alone, weight_ih_l0 and so on, below prefix=''; got fc.weight",
    ),
    (({f"rnn.{k}": a for k, a in GRU.items()}, "GRU"), "and 8 more: prefix may be 'rnn.'"),
    ((GRU, "GRU", "rnn."), "below prefix='rnn.'; got none: prefix may be ''"),
    (({"fc.weight": 0}, "GRU"), "no names are those of a recurrent layer"),
    (({"weight_hh_l0_g": 0}, "GRU"), "parts of a weight that PyTorch computes anew: give the module itself to from_torch"),
    (({"parametrizations.weight_hh_l0.original0": 0}, "GRU"), "give the module itself to from_torch"),
    ((without("weight_hh_l1"), "GRU"), "missing: weight_hh_l1"),
    ((without("bias_hh_l1_reverse"), "GRU"), "missing: bias_hh_l1_reverse"),
    ((without("bias_hh_l0"), "GRU"), "missing: bias_hh_l0"),
    (
        (without(*[name for name in GRU if name.endswith("_l1_reverse")]), "GRU"),
        "missing: weight_ih_l1_reverse, weight_hh_l1_reverse",
    ),
    (({name.replace("_l1", "_l2"): a for name, a in GRU.items()}, "GRU"), "missing: weight_ih_l1, weight_hh_l1"),
    (
        (GRU | {"weight_ih_l1": np.ones((12, 4), np.float32)}, "GRU"),
        "network[2].params.U_z must have 8 columns, as many as the layers below give",
    ),
    (
        (GRU | {"weight_ih_l0_reverse": np.ones((12, 4), np.float32)}, "GRU"),
        "network[1].params.U_z must have 3 columns, as many as the other direction has",
    ),
    ((GRU | {"bias_ih_l1_reverse": np.ones(11, np.float32)}, "GRU"), "weights['bias_ih_l1_reverse'] must have the shape (12)"),
    ((GRU | {"bias_ih_l0": np.ones(12)}, "GRU"), "must have one dtype"),
    ((ONE | {"weight_ih_l0": np.ma.masked_invalid(ONE["weight_ih_l0"])}, "GRU"), "got MaskedArray"),
    ((ONE | {"weight_ih_l0": ONE["weight_ih_l0"].astype(">f4")}, "GRU"), "got an array of >f4"),
    ((ONE | {"weight_ih_l0": ONE["weight_ih_l0"].astype(np.float16)}, "GRU"), "got an array of float16"),
    ((ONE | {"weight_ih_l0": np.nan * ONE["weight_ih_l0"]}, "GRU"), "weights['weight_ih_l0'] must be finite"),
    ((ONE, "LSTM"), "weights['weight_ih_l0'] must have the shape (16, any), every size at least 1; got (12, 3)"),
    ((P4, "GRU"), "weights must be without weight_hr_l0, which only the LSTM has"),
    ((P4 | {"weight_hr_l0": np.ones((3, 4))}, "LSTM"), "weights['weight_hr_l0'] must have the shape (2, any)"),
    ((ONE, "gated"), "kind must be one of 'RNN', 'RNN_TANH', 'RNN_RELU', 'LSTM', 'GRU'; got 'GATED'"),
    ((ONE, 3), "kind must be one of"),
    ((ONE, "GRU", 3), "prefix must be a string; got 3"),
    (([ONE], "GRU"), "weights must be a dict of arrays by name, or the name of a file; got list"),
    (({1: 2}, "GRU"), "weights must be a dict of arrays by name"),
    (({}, "GRU"), "got none: no names are those of a recurrent layer"),
]


@pytest.mark.parametrize(("given", "words"), BAD, ids=[row[1] for row in BAD])
def test_what_is_missing_or_too_much_is_refused_by_its_name(given, words):
    with pytest.raises((TypeError, ValueError), match=re.escape(words)):
        from_state_dict(*given)


def test_a_projection_is_read():
    cell, p = from_state_dict(P4, "LSTM")
    assert cell is projected
    assert cell.widths(p) == (4, 2)


STACKED = {"weight_ih_l0": np.ones((6, 3)), "weight_hh_l0": np.ones((6, 2))}
BAD_LAYERS = [
    (
        STACKED | {"weight_ih_l0_reverse": 0},
        "if there are any bias_ih_l0 and bias_hh_l0, and nothing else; got weight_ih_l0_reverse as well",
    ),
    ({"rnn.weight_hh_l0": 0}, "weight_ih_l0, weight_hh_l0 are missing, got rnn.weight_hh_l0"),
    ([], "weights must be a dict of numpy arrays; got list"),
]


@pytest.mark.parametrize(("weights", "words"), BAD_LAYERS, ids=[row[1] for row in BAD_LAYERS])
def test_params_of_takes_all_that_it_is_given(weights, words):
    with pytest.raises((TypeError, ValueError), match=re.escape(words)):
        params_of(cells.gru_reset_after, weights)


# ---- files


@pytest.mark.parametrize("name", ["checkpoint.pt", "before_1_6.pt"])
def test_a_checkpoint_of_pytorch_is_read_without_it(name):
    arrays = read(ORACLES / name)
    assert same(from_state_dict(ORACLES / name, "GRU", "model."), from_state_dict(GRU, "GRU"))
    whole = STACKS["files/whole"]
    assert arrays["epoch"] == 3
    assert np.array_equal(arrays["more.part"], whole[1:, ::2].T)
    assert arrays["more.double"].dtype == np.float64
    assert np.array_equal(arrays["more.double"], whole)
    assert arrays["more.half"].dtype == "bfloat16"
    assert arrays["more.none"].shape == (0, 6)


def test_a_program_of_torchscript_is_read_without_it():
    arrays = read(ORACLES / "script.pt")
    assert same(from_state_dict(ORACLES / "script.pt", "GRU", "rnn."), from_state_dict(ONE, "GRU"))
    assert sorted(arrays) == ["count", *sorted(f"rnn.{name}" for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))]


def test_safetensors_are_read_without_the_package():
    path = ORACLES / "float_and_half.safetensors"
    arrays, whole = read(path), STACKS["files/whole"]
    assert same(from_state_dict(str(path), "GRU", prefix="rnn."), from_state_dict(GRU, "GRU"))
    assert (arrays["whole"].dtype, arrays["half"].dtype, arrays["long"].dtype) == (np.float32, np.float16, np.int64)
    assert all(np.array_equal(arrays[name], whole) for name in ("whole", "half", "long"))
    assert (arrays["brain"].dtype, arrays["scalar"].shape) == ("bfloat16", ())


def test_npz_is_read(tmp_path):
    np.savez(tmp_path / "a.npz", **GRU)
    assert same(from_state_dict(tmp_path / "a.npz", "GRU"), from_state_dict(GRU, "GRU"))


def test_numbers_that_numpy_lacks_are_refused_where_they_are_asked_for(tmp_path):
    header = {"weight_ih_l0": {"dtype": "BF16", "shape": [1, 1], "data_offsets": [0, 2]}}
    header["weight_hh_l0"] = {"dtype": "BF16", "shape": [1, 1], "data_offsets": [2, 4]}
    path = tensors(tmp_path, header, b"1234")
    with pytest.raises(TypeError, match="must be of float64 or float32; got an array of bfloat16: save"):
        from_state_dict(path, "RNN")


def tensors(folder, header, data):
    """A safetensors file."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    (folder / "a.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    return folder / "a.safetensors"


A = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
BROKEN = [
    ({"a": A | {"shape": [3]}}, "the bytes 0 to 8 of 'a' are not [3] numbers of F32 after byte 0"),
    ({"a": A | {"data_offsets": [4, 12]}}, "the bytes 4 to 12 of 'a'"),
    ({"a": A, "b": A}, "after byte 8"),
    ({"a": A | {"data_offsets": [0, 16], "shape": [4]}}, "the bytes 0 to 16"),
    ({"a": A | {"dtype": "F99"}}, "'F99'"),
    ({}, "its header tells of 0 bytes, and there are 8"),
    (b'{"a": 1, "a": 2}', "its header says one name twice"),
    (b"{", "must be a whole .safetensors file"),
]


@pytest.mark.parametrize(("header", "words"), BROKEN, ids=[row[1] for row in BROKEN])
def test_broken_safetensors_are_refused(tmp_path, header, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        read(tensors(tmp_path, header, bytes(8)))
    (tmp_path / "a.safetensors").write_bytes(b"\xff" * 9)
    with pytest.raises(ValueError, match="its header is said to have"):
        read(tmp_path / "a.safetensors")


def archive(folder, content, **more):
    """What torch.save writes, with another pickle."""
    with zipfile.ZipFile(folder / "a.pt", "w") as file:
        for name, data in {"data.pkl": content, "byteorder": b"little", **more}.items():
            file.writestr(f"a/{name}", data)
    return folder / "a.pt"


class Evil:
    def __reduce__(self):
        return print, ("executed",)


class Far:
    """A tensor of a number that is not in its storage."""

    def __reduce__(self):
        return eval, ("0",)


def test_a_pickle_cannot_do_anything(tmp_path, capsys):
    for content, words in (
        (pickle.dumps(Evil(), 2), "it holds a __builtin__.print without tensors: save the state_dict() of the module"),
        (pickle.dumps([1], 2), "it holds a list without tensors: save the state_dict() of the module"),
        (pickle.dumps({}, 2), "it holds a dict without tensors: save the state_dict() of the module"),
        (b"garbage", "must be a whole .pt file"),
    ):
        with pytest.raises(ValueError, match=re.escape(words)):
            read(archive(tmp_path, content))
    assert capsys.readouterr().out == ""


class Module:
    """What `torch.save` writes of a whole module: its class by name, and its parts sorted into dicts."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def test_of_objects_the_tensors_are_read_and_what_else_they_are_is_told(tmp_path):
    """Under the names that state_dict() would give; an object at the place of an array is no array, and no zero either."""
    with zipfile.ZipFile(ORACLES / "checkpoint.pt") as good:
        content = {name.split("/", 1)[1]: good.read(name) for name in good.namelist()}
    state = read(ORACLES / "checkpoint.pt")
    assert read(archive(tmp_path, content.pop("data.pkl"), **content)).keys() == state.keys()
    inner = Module(training=True, _parameters={"weight_hh_l0": Evil(), "bias_hh_l0": None}, _modules={}, _buffers={}, sizes=[1])
    outer = {"args": Module(lr=0.1), "model": Module(_parameters={}, _modules={"rnn": inner}, _buffers=None)}
    arrays = read(archive(tmp_path, pickle.dumps(outer, 2)))
    assert {name: a.dtype for name, a in arrays.items()} == {
        "args": f"{__name__}.Module",
        "model.rnn.weight_hh_l0": "__builtin__.print",
    }
    with pytest.raises(TypeError, match=r"must be of float64 or float32; got an object, __builtin__\.print"):
        from_state_dict(arrays, "GRU", "model.rnn.")


def test_what_a_module_says_of_itself_is_its_kind(tmp_path):
    """Of an RNN the shapes do not tell tanh from ReLU; other entries of this name say nothing."""
    arrays = {"weight_ih_l0": np.ones((2, 3)), "weight_hh_l0": np.ones((2, 2))}
    assert from_state_dict(arrays | {"mode": "RNN_RELU"}, "RNN_RELU")[0] is cells.rnn_relu
    with pytest.raises(ValueError, match="kind must be 'RNN_RELU', as the module says that is in the file; got 'RNN'"):
        from_state_dict(arrays | {"mode": "RNN_RELU"}, "RNN")
    with pytest.raises(ValueError, match="got mode: prefix may be ''"):
        from_state_dict(arrays | {"mode": "train"}, "RNN")
    said = {"rnn": Module(_parameters={"weight_hh_l0": Evil()}, _modules={}, mode="RNN_RELU"), "args": Module(mode="train")}
    assert read(archive(tmp_path, pickle.dumps(said, 2)))["rnn.mode"] == "RNN_RELU"
    assert "args.mode" not in read(archive(tmp_path, pickle.dumps(said, 2)))


@pytest.mark.parametrize("name", ["torch._utils _rebuild_qtensor", "torch ComplexFloatStorage", "torch.storage UntypedStorage"])
def test_tensors_of_other_kinds_are_refused_by_name(tmp_path, name):
    module, what = name.split()
    with pytest.raises(ValueError, match=f"it holds {module}.{what}, tensors of a kind that is not read"):
        read(archive(tmp_path, f"c{module}\n{what}\n.".encode()))


def test_a_tensor_must_lie_within_its_storage(tmp_path):
    with zipfile.ZipFile(ORACLES / "checkpoint.pt") as good:
        content = {name.split("/", 1)[1]: good.read(name) for name in good.namelist()}
    content["data/0"] = content["data/0"][:8]
    with pytest.raises(ValueError, match="there are 2 numbers where 36 should be"):
        read(archive(tmp_path, content.pop("data.pkl"), **content))
    from unrolled.interop.files import tensor

    for given in (
        ((np.ones(4), 0, (2, 3), (3, 1))),
        ((np.ones(4), 2, (3,), (1,))),
        ((np.ones(4), 0, (2,), (-1,))),
        ((np.ones(4), -1, (2,), (1,))),
    ):
        with pytest.raises(ValueError, match="does not fit into its 4 numbers"):
            tensor(*given)


def test_files_that_cannot_be_read(tmp_path):
    endings = ".safetensors, .npz, .pt, .pth, .ckpt, .bin, .jit"
    with pytest.raises(ValueError, match=re.escape(f"the file must end in {endings}; got 'a.h5'")):
        read(tmp_path / "a.h5")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        from_state_dict(tmp_path / "a.npz", "GRU")
    old, new = ((ORACLES / name).read_bytes() for name in ("before_1_6.pt", "checkpoint.pt"))
    for content, words in (
        (b"hello world\n", "it does not begin as torch.save begins a file"),
        (b"", "it does not begin as torch.save begins a file, for it is empty"),
        (pickle.dumps([1, 2]), "it is a pickle of a list, and not of torch.save: torch.save the state_dict()"),
        (pickle.dumps(GRU), "it is a pickle of a dict, and not of torch.save"),
        (old[:400], "it is cut off"),
        (new[:-400], "it is cut off: its end, which a zip archive needs, is not there"),
    ):
        for ending in ("pt", "ckpt"):
            (tmp_path / f"a.{ending}").write_bytes(content)
            with pytest.raises(ValueError, match=re.escape(f"'a.{ending}' must be a whole .{ending} file; {words}")):
                read(tmp_path / f"a.{ending}")
    np.savez(tmp_path / "a.npz", a=np.ones(2))
    (tmp_path / "a.npz").rename(tmp_path / "a.pt")
    with pytest.raises(ValueError, match=r"it is a zip archive without the data\.pkl of torch\.save; it has a\.npy"):
        read(tmp_path / "a.pt")
    with pytest.raises(ValueError, match=r"the file must be a file of weights; .* is a folder"):
        read(tmp_path)
    with (tmp_path / "a.npz").open("wb") as stream:
        np.save(stream, np.ones(2))
    with pytest.raises(ValueError, match=r"it is a single array, as of numpy.save"):
        read(tmp_path / "a.npz")
    np.savez(tmp_path / "a.npz", a=np.array([{}]))
    with pytest.raises(ValueError, match=r"'a\.npz' must be a whole \.npz file"):
        read(tmp_path / "a.npz")


# ---- what holds a cell can be sent to other processes


@pytest.mark.parametrize(
    "cell", [*(getattr(cells, name) for name in cells.__all__), since.slstm, projected], ids=lambda c: c.__name__
)
def test_a_cell_is_pickled_by_its_name(cell):
    assert pickle.loads(pickle.dumps(cell)) is cell
    assert copy.deepcopy(cell) is cell
    layer = Layer(cell, (np.ones(2),))
    assert pickle.loads(pickle.dumps(layer)).cell is cell
    assert copy.deepcopy(layer).params[0] is not layer.params[0]


def test_every_name_that_interop_lists_is_there():
    assert all(hasattr(interop, name) for name in interop.__all__)
