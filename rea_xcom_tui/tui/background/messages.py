"""The messages that jobs end in: plain data for the screen that asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.tui.kit.messages import Message

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.undo import CommittedAlready
    from rea_xcom_tui.fleet.edit.conflicts import Conflict
    from rea_xcom_tui.fleet.edit.outlook import Outlook
    from rea_xcom_tui.fleet.edit.pending import Key, PendingEdit, Step
    from rea_xcom_tui.fleet.edit.row import Ahead
    from rea_xcom_tui.fleet.model import Deployment, Fleet
    from rea_xcom_tui.fleet.workspace import Plan, Refusal, Workspace
    from rea_xcom_tui.tui.background.file_changes import FileChange
    from rea_xcom_tui.tui.cells.summary import Summary
    from rea_xcom_tui.xcom.model import FieldName


class Opened(Message):
    """The repo was found."""

    workspace: Workspace


class Progress(Message):
    """The scan has read some more deployments."""

    done: int
    total: int
    new: Sequence[Deployment]


class Scanned(Message):
    """The fleet as it is now: its rows, and how many deployments have problems."""

    fleet: Fleet
    rows: list[Row]
    problems: int
    summary: Summary | None = None
    """What its rows say together, where that was worked out beside the screen."""
    conflicts: Sequence[Conflict] = ()
    """Pending edits whose field has changed underneath, where the repo was just read."""


class Drifted(Message):
    """The fleet as it will be: which fields of which deployments differ from the baseline, or from the majority where
    there is none, what the rules will say, and how many deployments will have problems."""

    fields: Mapping[str, frozenset[FieldName]]
    ahead: Ahead
    problems: int
    problem: str = ""


class Edited(Message):
    """Edits were added to what is pending, or refused."""

    step: Step | None
    refusals: Sequence[Refusal]


class Undone(Message):
    """A step was undone or redone (`verb` is `undo` or `redo`); `words` says which, None when there was none.

    Then `committed` is the newest operation where a commit holds it, and else `write` the title of the newest write to
    the files that may be taken back; empty where there is none.
    """

    verb: str
    words: str | None
    committed: CommittedAlready | None = None
    write: str = ""

    @property
    def sentence(self) -> str:
        """What was done, and the key that takes it back; or that there was nothing to do, and where one may go on."""
        undone = self.verb == "undo"
        if self.words is None:
            more = " pending; u in the fleet takes back what was written or committed" if undone else ""
            return f"There is nothing to {self.verb}{more}."
        done, key = ("Undone", "U redoes") if undone else ("Redone", "u undoes")
        return f"{done}: {clean(self.words)} · {key} it"


class Working(Message):
    """How far a long job has come."""

    verb: str
    done: int
    total: int

    @property
    def words(self) -> str:
        """For the status line."""
        return f"{self.verb}: {self.done} of {self.total} · Esc stops it"


class Fetching(Message):
    """A partial clone gets contents that it has left on its remote; `percent` is None before the first is there."""

    count: int
    remote: str
    percent: int | None


class Stopped(Message):
    """A long job was stopped by the user; everything is as it was before it."""

    verb: str

    @property
    def words(self) -> str:
        """For the status line."""
        return f"Stopped: {self.verb}. Nothing was changed."


class Conflicted(Message):
    """Pending edits whose field has changed underneath."""

    conflicts: Sequence[Conflict]


class Planned(Message):
    """What writing now would do, ready to be shown: beside the plan every pending edit, what each of them does,
    and what is left to a person in each file."""

    plan: Plan
    edits: Sequence[PendingEdit]
    files: Sequence[FileChange]
    impacts: Mapping[Key, str]
    notes: Mapping[str, Sequence[str]]
    conflicts: Sequence[Conflict]
    outlook: Outlook
    """Which findings come and which go."""
    names: Mapping[str, str]
    """What each deployment is called, by its id. Foreign text."""


class Written(Message):
    """The pending edits are in their files, and the fleet is as it is now."""

    plan: Plan
    now: Scanned


class CutOff(Message):
    """An earlier run was cut off in the middle of a write; or what was fixed after one that was."""

    title: str
    mended: str | None


class Restored(Message):
    """Files are as they were before a write, or as a cut-off write meant them; `words` says which."""

    words: str
    now: Scanned


class Committed(Message):
    """The commit is made; `output` is what git said."""

    output: str
    now: Scanned


class Failed(Message):
    """A job could not be done: a sentence, what another program said, if one was asked, and the kind of failure."""

    verb: str
    reason: str
    output: str = ""
    kind: str = ""
