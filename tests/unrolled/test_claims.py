"""`claim`: what is true is printed, what is false is told with its own words and values, and what cannot be asked is refused."""

import subprocess
import sys

import numpy as np
import pytest
from unrolled import claim

left = np.array([-7.3123456, 2.0])


def reason(call):
    """What is said of a call that fails, from the first reason on."""
    with pytest.raises(AssertionError) as caught:
        call()
    return str(caught.value).partition(" does not hold: ")[2]


def test_a_true_sentence_is_printed(capsys):
    claim("Little is left.", left[0] < left[1], np.all(left < 3), True)
    assert capsys.readouterr().out == "✓ Little is left.\n"


def test_a_false_one_is_not_printed_and_says_why(capsys):
    with pytest.raises(AssertionError) as caught:
        claim("Little is left.", left[1] > 0, left[0] < -8)
    assert str(caught.value) == '`claim` "Little is left." does not hold: `left[0] < -8` is false: left[0] = -7.312.'
    assert capsys.readouterr().out == ""


def test_every_false_condition_is_told():
    a, b = 1, 2
    assert reason(lambda: claim("x", a > b, a < b, b > 3)) == "`a > b` is false: a = 1, b = 2; `b > 3` is false: b = 2."


# ---- the source text and the values


def of_a_chain():
    blind = 23
    claim("x", 16 < blind < 22)


def of_a_logic():
    a, ok = 3, False
    claim("x", a < 2 and not ok)


def of_some_lines():
    scale = 3.0
    claim(
        f"x = {scale:.1f}",
        scale > 2,  # this holds
        np.isclose(  # this does not
            scale * left[1],
            2.5,
        ),
    )


def of_an_array():
    claim("x", ((left > 0) & (left < 1)).all())


def of_a_large_array():
    claim("x", np.all(np.arange(40.0).reshape(8, 5) < 3))


def of_a_truth_within():
    claim("x", bool(np.all(left > 3)) or bool((left > 5).all()))


def of_a_generator():
    limit, share = 0.5, {"rnn": 0.25, "lstm": 0.75}
    claim("x", all(s < limit for s in share.values()))


def of_stars():
    limit, share = 0.5, {"rnn": 0.25, "lstm": 0.75}
    claim("x", limit > 0, *(value < limit for value in share.values()), limit < 1)


def of_last_digits():
    a = 0.1 + 0.2
    claim("x", a == 0.3)


def of_a_loop():
    for k in range(3):
        claim("x", k < 2)


def of_a_comprehension():
    [claim("x", k < 2) for k in range(3)]


def of_another_name():
    import unrolled as u

    a = 1
    u.claim("x", True), u.claim("x", a > 1)


def of_words():
    best, σ = {"rnn": 1, "lstm": 2}, "门"
    claim("最好的是谁？", max(best, key=best.get) == σ)


def of_nothing_but_a_name():
    ok = False
    claim("x", ok)


TOLD = {
    of_a_chain: "`16 < blind < 22` is false: blind = 23.",
    of_a_logic: "`a < 2 and not ok` is false: a = 3, ok = False.",
    of_some_lines: "`np.isclose(scale * left[1], 2.5)` is false: scale * left[1] = 6.",
    of_an_array: "`((left > 0) & (left < 1)).all()` is false: left = [-7.312, 2].",
    of_a_large_array: "`np.all(np.arange(40.0).reshape(8, 5) < 3)` is false: "
    "np.arange(40.0).reshape(8, 5) = an array of shape (8, 5), from 0 to 39.",
    of_a_truth_within: "`bool(np.all(left > 3)) or bool((left > 5).all())` is false: left = [-7.312, 2].",
    of_a_generator: "`all(s < limit for s in share.values())` is false: limit = 0.5, share = {'rnn': 0.25, 'lstm': 0.75}.",
    of_stars: "condition 3, of `*(value < limit for value in share.values())`, is false: "
    "limit = 0.5, share = {'rnn': 0.25, 'lstm': 0.75}.",
    of_last_digits: "`a == 0.3` is false: a = 0.30000000000000004.",
    of_a_loop: "`k < 2` is false: k = 2.",
    of_a_comprehension: "`k < 2` is false: k = 2.",
    of_another_name: "`a > 1` is false: a = 1.",
    of_words: "`max(best, key=best.get) == σ` is false: max(best, key=best.get) = 'lstm', σ = '门'.",
    of_nothing_but_a_name: "`ok` is false.",
}


@pytest.mark.parametrize("call", TOLD, ids=lambda call: call.__name__)
def test_a_false_condition_is_told(call):
    assert reason(call) == TOLD[call]


def test_a_cell_of_a_notebook_is_told():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.user_ns |= {"claim": claim, "left": left}
    failed = shell.run_cell('first = 1\nclaim("So.",\n      left[0] > first)').error_in_exec
    assert str(failed).endswith("`left[0] > first` is false: left[0] = -7.312, first = 1.")


# ---- nothing is done twice that should be done once


def test_what_a_condition_does_is_not_done_again():
    seen, drawn, names = [], iter([3, 4]), ["a", "b"]
    sums, rng, twin = np.zeros(1), np.random.default_rng(0), np.random.default_rng(0)

    def effect(a):
        seen.append(a)
        return a

    assert reason(lambda: claim("x", effect(2) > 3)) == "`effect(2) > 3` is false."
    assert reason(lambda: claim("x", rng.normal() > 3 * left[1])) == "`rng.normal() > 3 * left[1]` is false: 3 * left[1] = 6."
    assert reason(lambda: claim("x", names.pop() == "c")).startswith('`names.pop() == "c"` is false')
    assert reason(lambda: claim("x", next(drawn) > 3)) == "`next(drawn) > 3` is false."
    assert reason(lambda: claim("x", all(k > 4 for k in drawn))) == "`all(k > 4 for k in drawn)` is false."
    assert reason(lambda: claim("x", (_ := effect(1)) > 3)) == "`(_ := effect(1)) > 3` is false."
    assert (
        reason(lambda: claim("x", np.add(sums, 1, out=sums)[0] > 1)) == "`np.add(sums, 1, out=sums)[0] > 1` is false: sums = [1]."
    )
    twin.normal()
    assert (seen, names, rng.bit_generator.state) == ([2, 1], ["a"], twin.bit_generator.state)


def test_a_value_that_cannot_be_shown_is_left_out():
    class Odd:
        def __lt__(self, other):
            return False

        @property
        def size(self):
            raise RuntimeError("not now")

        def __format__(self, how):
            raise RuntimeError("never")

    odd, ends = Odd(), [{"a": Odd()}, *range(9)]
    assert reason(lambda: claim("x", odd < left[1])) == "`odd < left[1]` is false: left[1] = 2."
    assert reason(lambda: claim("x", len(ends) > 30 or ends == 3)) == (
        "`len(ends) > 30 or ends == 3` is false: len(ends) = 10, ends = [{'a': …}, 0, 1, 2, 3, 4, 5, 6, …]."
    )
    assert (
        reason(lambda: claim("x", hasattr(odd, "length") and odd.size > 1))
        == '`hasattr(odd, "length") and odd.size > 1` is false.'
    )


# ---- where there is no source


def test_without_source_the_number_is_told():
    assert reason(lambda: exec('claim("x", True, 1 > 2)')) == "condition 2 is false."
    assert reason(lambda: list(map(claim, ["x"], [False]))) == "condition 1 is false."
    assert reason(lambda: claim("x", *[True], *[True, False])) == "condition 3 is false."
    assert reason(lambda: claim(*["x", True, False])) == 'condition 2, of `*["x", True, False]`, is false.'


def test_the_words_of_another_text_are_not_taken(tmp_path):
    """The file that stands there by now is not the one that was compiled."""
    path = tmp_path / "cell.py"
    path.write_text('claim("x", 1 > 2, 3 > 2)', "utf-8")
    old = compile('claim("x", 4 > 3, 2 > 3,)', str(path), "exec")
    assert reason(lambda: exec(old)) == "condition 2 is false."


@pytest.mark.parametrize("options", [["-O"], ["-OO"], ["-X", "no_debug_ranges"]])
def test_python_that_leaves_out_assertions_or_positions_fails_all_the_same(options, tmp_path):
    path = tmp_path / "cell.py"
    path.write_text('from unrolled import claim\nclaim("so", 1 > 2)\n', "utf-8")
    for run in (["-c", path.read_text("utf-8")], [str(path)]):
        done = subprocess.run([sys.executable, *options, *run], capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 1
        assert 'AssertionError: `claim` "so" does not hold: ' in done.stderr
        assert not done.stdout


# ---- what cannot be asked


@pytest.mark.parametrize("condition", [None, 1, 0.0, "yes", [], left < 0, np.array(True), np.float64(1), {"a": 1}])
def test_a_condition_is_true_or_false(condition, capsys):
    with pytest.raises(TypeError, match="condition 2 must be True or False; got"):
        claim("x", True, condition)
    assert capsys.readouterr().out == ""


def test_of_an_array_the_way_to_ask_is_told():
    with pytest.raises(TypeError, match=r"got an array of shape \(2,\).*\(a < b\)\.all\(\)"):
        claim("x", left < 0)


def test_a_claim_that_cannot_fail_is_refused():
    with pytest.raises(ValueError, match="give a condition after the sentence 'x'"):
        claim("x")


@pytest.mark.parametrize(
    ("sentence", "error"), [(True, TypeError), (None, TypeError), (b"x", TypeError), ("", ValueError), (" ", ValueError)]
)
def test_a_sentence_says_something(sentence, error):
    with pytest.raises(error, match="sentence must"):
        claim(sentence, True)
