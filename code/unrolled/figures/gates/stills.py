"""The LSTM at one word: a piece of it lit, with the numbers that flow, above the equation of that piece."""

from unrolled import cells, diagrams
from unrolled.through_time import unroll


def still(p, x, tokens, t, *parts):
    """The LSTM at step `t` of `x` (T, m, 1), whose words are `tokens`, with the fields `parts` of its `Step` lit; the figure.

    Numbers stand at the wires as far as the last of these parts: what is computed later is not there yet.
    """
    trace, fields = unroll(cells.lstm, p, x), cells.lstm.Step._fields
    done = fields[: 1 + max(fields.index(part) for part in parts)]
    diagram = diagrams.draw_lstm(focus=set(parts), equation=set(parts))
    flows = diagrams.values_at(trace, x, t)
    diagrams.write(diagram, {key: flows[key] for key in diagram.numbers if key not in fields or key in done})
    diagram.numbers["x"][0].set_text(tokens[t - 1])
    return diagram.fig
