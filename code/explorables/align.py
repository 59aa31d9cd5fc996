"""Step 3: the pieces of all states over one list of places, in one painting order."""

import itertools
from graphlib import CycleError, TopologicalSorter


def align(states):
    """The states over one list of places, in an order that agrees with the painting order of each state.

    Where artists change their order (a 3-D plot that turns), the group that holds them becomes one piece.
    """
    while True:
        sorter = TopologicalSorter()
        for row in dict.fromkeys(tuple(state) for state in states):
            for under, over in itertools.pairwise((None, *row)):  # None is the paper
                sorter.add(over, under)
        try:
            return states, [place for place in sorter.static_order() if place is not None]
        except CycleError as error:
            group = _common(error.args[1])
            states = [_joined(state, group) for state in states]


def _common(places):
    """The innermost group that holds all these places."""
    levels = itertools.takewhile(lambda names: len(set(names)) == 1, zip(*places, strict=False))
    return tuple(names[0] for names in levels)


def _joined(state, group):
    joined = {}
    for place, text in state.items():
        place = place if place[: len(group)] != group else group
        joined[place] = joined.get(place, "") + text
    return joined
