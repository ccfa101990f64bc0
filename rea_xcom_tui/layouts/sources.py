"""Where in a file the values of deployments stand: the layouts.

A plain values file holds one deployment whose values are the whole file. The list of layers is here from the
start, weakest first, because every other layout stacks several files; a plain file is a list of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Source:
    """One deployment's place in a repo: its id, its layout and the files whose values make it."""

    id: str
    file: str
    layout: Literal["values"]
    layers: tuple[str, ...]


def plain(file: str) -> Source:
    """The source of a plain values file, whose id is the file itself."""
    return Source(id=file, file=file, layout="values", layers=(file,))
