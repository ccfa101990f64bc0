"""`--set` and its siblings: one value put at a path into what the layers before give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rea_xcom_tui.values.merged import Merged, Part
from rea_xcom_tui.values.reading import Address

if TYPE_CHECKING:
    from rea_xcom_tui.values.stack import Engine


def assigned(root: Merged, part: Part, engine: Engine) -> Merged:
    """The tree with the value of a `set...` part in it. Raises `MergeFailed` where Helm gives up."""
    raise NotImplementedError


def set_steps(part: Part) -> Address | None:
    """The address that a `set...` part writes to, or None for a path that is none."""
    raise NotImplementedError
