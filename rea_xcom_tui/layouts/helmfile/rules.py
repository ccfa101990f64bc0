"""How Helmfile merges the values of environments, which are its own and not Helm's; by version.

Measured on Helmfile 0.166; for 1.3 and newer read in `pkg/maputil`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Version = tuple[int, ...]

NEWEST: Version = (1, 7)


@dataclass(frozen=True, slots=True)
class Rules:
    """What depends on Helmfile's version."""

    renders_all: bool
    """Whether every helmfile is a template (before 1.0), or only those that end in `.gotmpl`."""
    merge: Literal["replace", "sparse"]
    """`replace`: lists and nulls replace; `sparse` (1.3 and newer): a list that holds a null merges by index, and a
    null over a value is ignored."""
    bases_win: bool
    """Whether an environment or a template of a base hides the helmfile's own of that name (seen in 0.166), or
    environments are joined (1.x)."""


def rules_for(version: Version) -> Rules:
    """The rules of a version."""
    return Rules(
        renders_all=version < (1,), merge="sparse" if version >= (1, 3) else "replace", bases_win=version < (1,)
    )


def merged(weaker: dict[str, Any], stronger: dict[str, Any], rules: Rules) -> dict[str, Any]:
    """Environment values with stronger ones over them; neither is changed."""
    out = dict(weaker)
    for key, value in stronger.items():
        below = out.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            out[key] = merged(below, value, rules)
        elif rules.merge == "sparse" and value is None and below is not None:
            continue
        elif rules.merge == "sparse" and isinstance(value, list) and isinstance(below, list) and None in value:
            out[key] = _by_index(below, value, rules)
        else:
            out[key] = value
    return out


def first_wins(known: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    """Environment values under `mergeStrategy: fallback`: what an earlier file says stays, even where it is empty,
    false or null, and only mappings are joined (read in Helmfile's `pkg/state`); neither is changed."""
    out = dict(known)
    for key, value in later.items():
        below = out.get(key)
        if key not in out:
            out[key] = value
        elif isinstance(below, dict) and isinstance(value, dict):
            out[key] = first_wins(below, value)
    return out


def _by_index(weaker: list[Any], stronger: list[Any], rules: Rules) -> list[Any]:
    out = list(weaker) + [None] * (len(stronger) - len(weaker))
    for at, value in enumerate(stronger):
        below = out[at]
        if isinstance(value, dict) and isinstance(below, dict):
            out[at] = merged(below, value, rules)
        elif value is not None:
            out[at] = value
    return out
