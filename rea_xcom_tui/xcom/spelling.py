"""How far two names are apart."""

from __future__ import annotations


def distance(one: str, other: str) -> int:
    """How many letters must be added, dropped, changed or swapped with the next; 3 stands for more than 2."""
    if abs(len(one) - len(other)) > 2:
        return 3
    older: list[int] = []
    previous = list(range(len(other) + 1))
    for row, left in enumerate(one, start=1):
        current = [row]
        for column, right in enumerate(other, start=1):
            cost = min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (left != right))
            if row > 1 and column > 1 and left == other[column - 2] and one[row - 2] == right:
                cost = min(cost, older[column - 2] + 1)
            current.append(cost)
        older, previous = previous, current
    return min(3, previous[-1])
