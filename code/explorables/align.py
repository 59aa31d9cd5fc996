"""Step 3: the pieces of all states over one list of places, in one painting order."""

import contextlib
import itertools
from graphlib import CycleError, TopologicalSorter


def align(states):
    """The states over one list of places, in an order that agrees with the painting order of each state.

    Where artists change their order (a 3-D plot that turns), the group that holds them becomes one piece.
    """
    with contextlib.suppress(CycleError):
        states = _recognized(states)
    while True:
        try:
            return states, _painting_order(states)
        except CycleError as error:
            group = _common(error.args[1])
            states = [_joined(state, group) for state in states]


def _painting_order(states):
    """All places, each above those that any state paints under it; CycleError if two states disagree."""
    sorter = TopologicalSorter()
    for row in dict.fromkeys(tuple(state) for state in states):
        for under, over in itertools.pairwise((None, *row)):  # None is the paper
            sorter.add(over, under)
    return [place for place in sorter.static_order() if place is not None]


def _recognized(states):
    """The states with one place for an artist that was made anew: it is known again by its picture.

    Two places of one group are one if they share a text and no state paints both; CycleError if that upsets the painting order.
    """
    present, first = {}, {}  # place -> numbers of the states that paint it; (group, text) -> the place that had it first
    for number, state in enumerate(states):
        for place in state:
            present.setdefault(place, set()).add(number)
    known = {}
    for state in states:
        for place, text in state.items():
            one, other = known.get(place, place), first.setdefault((place[:-1], text), place)
            other = known.get(other, other)
            if one != other and present[one].isdisjoint(present[other]):
                known.update(dict.fromkeys([one, *(p for p in known if known[p] == one)], other))
                present[other] |= present[one]
    if not known:
        return states
    states = [{known.get(place, place): text for place, text in state.items()} for state in states]
    _painting_order(states)
    return states


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
