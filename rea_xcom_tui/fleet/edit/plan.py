"""What writing the pending edits would make of each file, and why some of them cannot be made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import msgspec

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.edit.pending import LayerEdit, PendingEdit
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.text import clean, plural

Edit = TypeVar("Edit", bound=PendingEdit)


class Refusal(msgspec.Struct, frozen=True):
    """Why one edit cannot be made: a sentence that says what, where, why and what to do."""

    deployment: str
    field: str
    """The field, or the rule's code of a fix."""
    reason: str
    others: tuple[str, ...] = ()
    """Where that is the reason: what the other deployments are called that would change too."""


class Foreseen(msgspec.Struct, frozen=True):
    """What the bytes after some edits come to."""

    row: Deployment | None
    """The deployment of that name, judged, without the id of its bytes; None where there would be none."""
    diff: tuple[str, ...]
    """The hunks of the unified diff, safe to show."""
    notes: tuple[str, ...]
    """The comments that still tell an old value."""


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file's bytes before and after the edits."""

    file: str
    before: bytes
    after: bytes
    edits: tuple[PendingEdit, ...]
    made: bool = False
    """Whether there is no such file yet; `before` is then empty."""
    foreseen: Foreseen | None = field(default=None, compare=False, repr=False)
    """What was seen of it while it was made, so that it need not be parsed again; None of a layer or the baseline."""

    def hunks(self) -> tuple[str, ...]:
        """The hunks of its unified diff, secrets masked, every line harmless."""
        if self.foreseen is not None:
            return self.foreseen.diff
        from rea_xcom_tui.fleet.edit.shown_diff import shown_diff
        from rea_xcom_tui.values import ValuesFile

        return shown_diff(None if self.made else ValuesFile.parse(self.before), ValuesFile.parse(self.after))

    @property
    def was(self) -> bytes | None:
        """The bytes before, None where there is no such file."""
        return None if self.made else self.before


ReadBytes = Callable[[str], bytes | None]
"""Reads a file of the repo; None where there is none. Raises `ToolError` for what cannot be read."""


class Plan(msgspec.Struct, frozen=True):
    """What writing now would do."""

    files: tuple[FilePlan, ...]
    refused: tuple[Refusal, ...]

    @property
    def edits(self) -> tuple[PendingEdit, ...]:
        """All edits that would be made."""
        return tuple(edit for file in self.files for edit in file.edits)

    def check(self) -> None:
        """Raise `Refused` where an edit cannot be made."""
        if self.refused:
            first = self.refused[0]
            raise Refused(
                f"{plural(len(self.refused), 'edit')} cannot be made, so nothing was written; "
                f"{clean(first.deployment)}: {first.reason}"
            )


class Proof(msgspec.Struct, frozen=True):
    """What proving some edits came to."""

    files: tuple[FilePlan, ...]
    """The files as they would be, with everything else that is pending in them."""
    refused: tuple[Refusal, ...]

    def made(self, edits: Iterable[Edit]) -> list[Edit]:
        """Those of the edits that can be made, with the other deployments that each changes."""
        bad = {(refusal.deployment, refusal.field) for refusal in self.refused}
        also = {edit.key: edit.also for file in self.files for edit in file.edits if edit.also}
        good = (edit for edit in edits if (edit.deployment, edit.field) not in bad)
        return [replace(edit, also=also[edit.key]) if edit.key in also else edit for edit in good]


PlanLayers = Callable[[Sequence[LayerEdit]], "Plan"]
"""Plans the edits of deployments that are made of layers, all together."""

Planned = tuple["FilePlan | None", "list[Refusal]"]
"""What planning a file yields: its plan, if anything is left to do, and what cannot be made."""

Known = dict[str, tuple[bytes | None, list[PendingEdit], Planned]]
"""What was planned for each file, on which bytes and for which edits."""
