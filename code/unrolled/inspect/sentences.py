"""A report in sentences, English and Chinese: what was measured, on what data, and what it does not say."""

import math
from typing import NamedTuple

import numpy as np

from unrolled.checks import choice
from unrolled.inspect.report import median_reach, reach_of
from unrolled.tables import rough
from unrolled.words import LANGUAGES

CELLS = {
    "rnn": "RNN tanh",
    "rnn_relu": "RNN ReLU",
    "rnn_sigmoid": "RNN σ",
    "residual": "RNN +",
    "lstm": "LSTM",
    "lstm_1997": "LSTM 1997",
    "peephole": "LSTM + p",
    "coupled": "CIFG",
    "gru": "GRU",
    "gru_reset_after": "GRU",
    "projected": "LSTM + P",
}
GATES = {
    "f": ("forget gate", "遗忘门"),
    "i": ("input gate", "输入门"),
    "o": ("output gate", "输出门"),
    "z": ("update gate", "更新门"),
    "r": ("reset gate", "重置门"),
}
SAY = {
    "data": (
        "Measured in float64 on {sequences} of {steps} steps; the weights are {precision}.",
        "测量用了{sequences}，每条{steps}步，以float64计算；权重为{precision}。",
    ),
    "lags": (
        "A gradient comes back through products of Jacobians. They were followed over at most {lags} steps from {ends}: what lies"
        " further back was not measured.",
        "梯度沿雅可比矩阵的乘积往回传。从{ends}开始往回算，最多{lags}步，更早的没有测。",
    ),
    "reach": (
        "{where}: going back, the norm of the product is 1 % or more up to lag {k}{spread}, and less beyond.",
        "{where}：往回{k}步以内{spread}，乘积的范数不小于1%，再远就小于1%。",
    ),
    "reach open": (
        "{where}: the norm of the product is still 1 % or more at the last lag that could be measured, at {open} of {all} end"
        " points; the longest is {k}.",
        "{where}：{all}个终点中有{open}个，直到能测的最后一步，乘积的范数仍不小于1%；最远测到{k}步。",
    ),
    "reach none": (
        "{where}: the norm of the product is below 1 % from the first step back{spread}.",
        "{where}：往回一步，乘积的范数就已小于1%{spread}。",
    ),
    "spread": (
        " (median of {all} end points, which range from {low} to {high})",
        "（{all}个终点的中位数，各终点为{low}至{high}步）",
    ),
    "or longer": ("{k} or longer", "{k}（或更多）"),
    "grows": ("On the way it rises to {top}, at lag {k}.", "其间范数最大为{top}，在往回第{k}步处。"),
    "kept": (
        "Of its {N} directions {first} % keep a hundredth or more over one step, {later} % over {k} steps.",
        "{N}个方向中，往回一步还剩百分之一以上的占{first}%，往回{k}步占{later}%。",
    ),
    "direct": (
        "Along the gates that keep ({gate}) alone, without the way through the outputs, 1 % is left up to lag {k}{more}.",
        "只看负责保留的门（{gate}），不经过输出，则往回{k}步{more}以内还剩1%以上。",
    ),
    "more": (" or further", "（或更远）"),
    "exponent": (
        "Largest Lyapunov exponent {λ} a step{spread} by repeated QR, {μ} by the norm at the longest lag; {so}.",
        "每步的最大Lyapunov指数，用逐步QR分解算得{λ}{spread}，用最远一步的范数算得{μ}；{so}。",
    ),
    "shrinks": (
        "both say that a small change in the state shrinks over these steps, to {share} % a step on average",
        "两种算法都表明，状态若有微小变化，在所测的各步里会越来越小，平均每步缩小到{share}%",
    ),
    "spreads": (
        "both say that a small change in the state grows over these steps, by {share} % a step on average, and gradients can do"
        " the same",
        "两种算法都表明，状态若有微小变化，在所测的各步里会越来越大，平均每步增大{share}%，梯度也可能如此",
    ),
    "undecided": (
        "so few steps do not tell whether a small change in the state grows or shrinks",
        "步数太少，状态若有微小变化，会越来越大还是越来越小，还不能断定",
    ),
    "a to b": ("{low} to {high}", "{low}至{high}"),
    "dies": (
        "No direction survives all steps: the largest Lyapunov exponent is minus infinity.",
        "没有一个方向能保留到最后：最大Lyapunov指数为负无穷。",
    ),
    "from to": (" ({low} to {high} over the sequences)", "（各序列介于{low}与{high}之间）"),
    "gate": (
        "Its {gate} has mean {mean}; {closed} % of its values are below 0.05, {open} % above 0.95.",
        "{gate}的平均值为{mean}；小于0.05的占{closed}%，大于0.95的占{open}%。",
    ),
    "time": (
        "By their gates alone, half of the units keep for up to {half} steps, nine in ten for up to {most} (time constants).",
        "仅按门计算，一半单元的时间常数不超过{half}步，九成不超过{most}步。",
    ),
    "gradient": (
        "The gradient of the loss by its state has norm {now} at lag 0 and {then} at lag {k} (median of the sequences).",
        "损失对这一层状态的梯度，最后一步（往回0步）的范数为{now}，往回{k}步为{then}（各序列的中位数）。",
    ),
    "norm": (
        "The norm is that of the best direction, an upper limit for what a gradient keeps; without a loss, the gradient of your"
        " task was not measured.",
        "这里的范数取自剩得最多的方向，梯度最多只能剩这么多；没有给出损失，所以没有测任务本身的梯度。",
    ),
    "given loss": (
        "The gradient is that of the loss you gave, along all paths; the norm of the product, that of the best direction, limits"
        " what a layer's own recurrence keeps of it.",
        "这里的梯度是所给损失的梯度，所有路径都算在内；乘积的范数取自剩得最多的方向，单靠这一层自身的循环，梯度最多只能剩这么多。",
    ),
    "layers": (
        "Each layer was measured along its own recurrence; a gradient can also go from step to step through other layers.",
        "每一层只测了自身的循环；梯度也可能绕经别的层，从一步传到另一步。",
    ),
    "reverse": (
        "A reverse layer reads from the end of a sequence: what is back for it is later in time.",
        "反向的层从序列末尾读起，对这样的层来说，“往回”就是往时间更晚的地方走。",
    ),
    "these": (
        "All this holds for these weights on these data. Other inputs, other lengths or more training may change it.",
        "以上结果只就这组权重和这些数据而言；换了输入，换了长度，或者再训练下去，结果都可能不同。",
    ),
    "not learning": (
        "A short reach does not say that a task cannot be learned, nor a long one that it is: shared weights learn from near"
        " steps, too, and a gradient is not a memory.",
        "梯度传得近，不等于学不会；传得远，也不等于学会了。各步共用一套权重，从近处也学得到东西；何况梯度不等于记忆。",
    ),
    "complex": (
        "The Jacobians of your function are by the complex step; at every step of the sequences it agreed with differences, along"
        " one direction at least.",
        "所给函数的雅可比矩阵用复数步法求得；每条序列的每一步，都至少在一个方向上与差分对照过，结果一致。",
    ),
    "differences": (
        "The Jacobians of your function are by central differences: what is many orders below the largest is not to be trusted.",
        "所给函数的雅可比矩阵用中心差分求得；比最大元素小许多个数量级的元素，不可信。",
    ),
}


class Summary(NamedTuple):
    """The sentences in three parts: the data, a list for each layer, and what all this does not say."""

    data: list
    layers: list
    limits: list


def summary(report, lang="en"):
    """The sentences of a `Report`, in English or Chinese: a `Summary`."""
    say = speaker(lang)
    losses = any(layer.gradient is not None for layer in report.layers)
    limits = [say("given loss" if losses else "norm")]
    limits += [say("layers")] * (len(report.layers) > 1)
    limits += [say("reverse")] * any("reverse" in layer.name for layer in report.layers)
    how = report.layers[0].how
    limits += [say("complex" if how == "complex step" else "differences")] * (how != "exact")
    limits += [say("these"), say("not learning")]
    return Summary(
        [about_data(report, say), about_lags(report, say)], [about_layer(layer, say) for layer in report.layers], limits
    )


def speaker(lang):
    """say(name, **values) -> the sentence in this language."""
    at = LANGUAGES.index(choice("lang", lang, LANGUAGES))

    def say(name, **values):
        return SAY[name][at].format(**values)

    say.at = at
    return say


def about_data(report, say):
    """How many sequences of what length, out of how many."""
    many, given = len(report.lengths), report.given
    low, high = report.lengths.min(), report.lengths.max()
    part = (f"{many} of {given} sequences", f"{given}条序列中的{many}条")
    whole = (f"{many} sequence{'s' * (many > 1)}", f"{many}条序列")
    steps = f"{low}" if low == high else (f"{low} to {high}", f"{low}至{high}")[say.at]
    return say("data", sequences=(part if many < given else whole)[say.at], steps=steps, precision=report.precision)


def about_lags(report, say):
    """How far back was looked, and from how many end points."""
    fewest = min(len(layer.ends) for layer in report.layers)
    most = max(len(layer.ends) for layer in report.layers)
    ends = f"{fewest}" if fewest == most else (f"{fewest} to {most}", f"{fewest}至{most}")[say.at]
    words = (f"{ends} end point{'s' * (most > 1)} a layer", f"每层{ends}个终点")[say.at]
    used = min(len(set(layer.ends[:, 0])) for layer in report.layers)
    if used < len(report.lengths):
        words += (f", in {used} of the sequences", f"（取自其中{used}条序列）")[say.at]
    return say("lags", lags=report.layers[0].norms.shape[1], ends=words)


def place(layer, say):
    """What a layer is called: "layer 0, reverse (LSTM, 32 units)"."""
    name, cell = layer.name, CELLS.get(layer.cell, layer.cell)
    units = layer.size - layer.units if layer.cell == "projected" else layer.units
    projected = (f" projected to {layer.units}", f"，投影到{layer.units}个") if layer.cell == "projected" else ("", "")
    if say.at == 0:
        return f"{name[0].upper()}{name[1:]} ({cell}, {units} unit{'s' * (units > 1)}{projected[0]})"
    number = name.removeprefix("layer ").removesuffix(", reverse")
    return f"第{number}层{'反向' * name.endswith('reverse')}（{cell}，{units}个单元{projected[1]}）"


def about_layer(layer, say):
    """The sentences of one layer."""
    k, is_open = layer.median_reach
    many = len(layer.reach)
    spread = say("spread", all=many, low=reaching(layer, min, say), high=reaching(layer, max, say)) if many > 1 else ""
    name = "reach open" if is_open else "reach" if k else "reach none"
    found = [say(name, where=place(layer, say), k=k, spread=spread, open=int(layer.open_ended.sum()), all=many)]
    middle = layer.spread()[1]
    if np.nanmax(middle) > 1:
        found.append(say("grows", top=rough(np.nanmax(middle)), k=int(np.nanargmax(middle)) + 1))
    kept = layer.spread("kept")[1]
    at = max(k, 2)
    if len(kept) >= at and not np.isnan(kept[[0, at - 1]]).any():
        found.append(say("kept", N=layer.size, first=percent(kept[0]), later=percent(kept[at - 1]), k=at))
    if layer.direct is not None:
        far, more = median_reach(*reach_of(layer.direct))
        gate = ("f", "1 - z")["z" in layer.gates]
        found.append(say("direct", gate=gate, k=far, more=say("more") if more else ""))
    found.append(about_exponent(layer, say))
    for letter, gate in layer.gates.items():
        shares = {"closed": percent(gate.closed), "open": percent(gate.open)}
        found.append(say("gate", gate=GATES[letter][say.at] + " " * (say.at == 0) + letter, mean=f"{gate.mean:.2f}", **shares))
    if layer.time_constants is not None:
        half, most = np.percentile(layer.time_constants, [50, 90], method="lower")
        found.append(say("time", half=steps(half), most=steps(most)))
    if layer.gradient is not None:
        found.append(about_gradient(layer.gradient, say))
    return found


def reaching(layer, extreme, say):
    """The least or the most that end points reach; "or longer" where a sequence, or the lags, ended there before it fell."""
    k = extreme(layer.reach)
    return say("or longer", k=k) if layer.open_ended[layer.reach == k].any() else f"{k}"


def about_exponent(layer, say):
    """The largest exponent of each sequence in words, beside the rate of the norm.

    Whether changes grow or shrink is said where both have one sign, and each makes a factor e at least over the steps measured.
    """
    order, T = np.sort(layer.lyapunov[:, 0]), layer.norms.shape[1]
    λ, μ = (sorted(values)[(len(values) - 1) // 2] for values in (order, layer.rates))
    if λ == -math.inf:
        return say("dies")
    spread = say("from to", low=signed(order[0]), high=signed(order[-1])) if len(order) > 1 else ""
    name = "spreads" if min(λ, μ) * T > 1 else "shrinks" if max(λ, μ) * T < -1 else "undecided"
    shares = {f"{100 * math.expm1(rate):.1f}" if λ > 0 else f"{100 * math.exp(rate):.0f}" for rate in (λ, μ)}
    shares = sorted(shares, key=float)
    share = shares[0] if len(shares) == 1 else say("a to b", low=shares[0], high=shares[1])
    return say("exponent", λ=signed(λ), μ=signed(μ), spread=spread, so=say(name, share=share))


def about_gradient(gradient, say):
    """How long the gradient of the loss is at the end, and as far back as at least half of the sequences reach."""
    there = np.sum(~np.isnan(gradient), axis=0) >= len(gradient) / 2
    k = int(np.flatnonzero(there)[-1])
    now, then = (float(np.nanpercentile(gradient[:, at], 50, method="lower")) for at in (0, k))
    return say("gradient", now=rough(now), then=rough(then), k=k)


def signed(number):
    """Three decimals, with a minus sign that is one."""
    return f"{number:.3f}".replace("-", "−")


def percent(share):
    """A share in per cent: 0 and 100 only where it is so."""
    if 0 < share < 0.005:
        return "<1"
    return ">99" if 0.995 <= share < 1 else f"{100 * share:.0f}"


def steps(τ):
    """A time constant, to two digits."""
    return "∞" if math.isinf(τ) else f"{τ:.1f}" if τ < 10 else f"{τ:.0f}"
