"""Step 4: each text once, a state as a row of indices."""

import hashlib
from typing import NamedTuple

import numpy as np

from explorables.align import align

SCOPE = "\ue000"  # stands before every id, until the scope of the whole drawing is known; no text of a picture holds it


class Drawing(NamedTuple):
    """All states of a figure, each text once."""

    size: tuple  # width and height in points
    scope: str  # stands before every id
    definitions: str  # clips, markers, hatches: SVG that all states may refer to
    texts: list  # SVG texts
    frames: np.ndarray  # (states, places): indices into `texts`, places in painting order
    panels: list  # (row, x, y, width, height) of each panel, in points; none where the figure stays whole
    owners: list  # (places,) the number of the panel that each place belongs to

    @property
    def live(self):
        """(places,) True where the text changes."""
        return (self.frames != self.frames[0]).any(axis=0)

    @property
    def pictures(self):
        """(states,) numbers, the same where two states show the same, whatever artists show it."""
        seen = {}
        shown = (tuple(number for number in row if self.texts[number]) for row in self.frames)
        return np.array([seen.setdefault(row, len(seen)) for row in shown])


def fold(recorder, states):
    """The `Drawing` of these states ({place: text} each) of a recorder."""
    states, places = align(states)
    index = {}
    frames = np.array([[index.setdefault(state.get(place, ""), len(index)) for place in places] for state in states])
    definitions = "".join(recorder.definitions.values())
    scope = "x" + hashlib.sha256("".join([definitions, *index, *map(str, frames.flat)]).encode()).hexdigest()[:8]
    own = [text.replace(SCOPE, f"{scope}-") for text in [definitions, *index]]
    owners = [recorder.panels.of(place) for place in places]
    panels = recorder.panels.boxes if None not in owners else []  # something stands in no panel
    return Drawing(recorder.size, scope, own[0], own[1:], frames, panels, owners)
