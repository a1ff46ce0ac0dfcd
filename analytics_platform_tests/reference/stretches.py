"""Arithmetic of stretches of a video: length, union, and what one list has beyond another."""

from collections.abc import Iterable

Stretch = tuple[float, float]


def length(stretches: Iterable[Stretch]) -> float:
    return sum(end - begin for begin, end in stretches)


def clipped(stretches: Iterable[Stretch], most: float | None) -> list[Stretch]:
    found = [(max(begin, 0.0), end if most is None else min(end, most)) for begin, end in stretches]
    return [(begin, end) for begin, end in found if end > begin]


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for begin, end in sorted(stretches):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def without(stretches: list[Stretch], known: Iterable[Stretch]) -> list[Stretch]:
    """A list less each stretch of another, once for each time that it stands there."""
    left = list(stretches)
    for begin, end in known:
        rest = [(begin, end)]
        while rest:
            low, high = rest.pop()
            hit = next((one for one in left if one[0] < high and low < one[1]), None)
            if hit is None:
                continue
            left.remove(hit)
            left += [one for one in ((hit[0], min(low, hit[1])), (max(high, hit[0]), hit[1])) if one[1] > one[0]]
            rest += [one for one in ((low, hit[0]), (hit[1], high)) if one[1] > one[0]]
    return sorted(left)
