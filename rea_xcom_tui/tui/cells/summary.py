"""What the rows of the fleet's table say together: worked out once for each reading, before they are shown.

What is pending changes few of them. It is put in when it is asked for, so that an edit is not a look at each row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from heapq import nlargest

from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.tui.cells.apart import tell_apart
from rea_xcom_tui.tui.cells.columns import FLEET, MAY_BE_TOLD_ONCE, MAY_GIVE_WAY, Same, value_of
from rea_xcom_tui.tui.cells.forms import form_of
from rea_xcom_tui.tui.cells.paths import scheme_of
from rea_xcom_tui.tui.cells.rows import COLUMNS, Column, Row
from rea_xcom_tui.tui.cells.widths import sample
from rea_xcom_tui.tui.kit.fit import harmless

_FULLEST = 12

Said = int | str | None
"""What one row says, such as its cloud; None where it says nothing."""
Saying = Callable[[Deployment], Said]


def threshold_said(deployment: Deployment) -> Said:
    """Its threshold, or how that stands where there is none."""
    reading = deployment.config.fields["threshold"]
    value = reading.value
    return value if isinstance(value, int) and reading.state == "set" else reading.state


def cloud_said(deployment: Deployment) -> Said:
    """Where its values are stored."""
    return deployment.config.cloud


def scheme_said(deployment: Deployment) -> Said:
    """The scheme of its path."""
    path = deployment.config.fields["path"].value
    return scheme_of(path) if isinstance(path, str) else None


class Summary:
    """What some rows say together. The rows stay the same as long as it is used; what is pending on them may change."""

    def __init__(self, rows: list[Row], pending: Pending) -> None:
        self.rows = rows
        self._pending = pending
        self._said: dict[Saying, list[Said]] = {}
        self._counts: dict[Saying, Counter[Said]] = {}
        self._once: dict[str, Counter[str | None]] = {}

    def prepare(self) -> Summary:
        """Tell rows of one name apart, and work out all that is asked for when the rows are shown."""
        tell_apart(self.rows)
        for what in ("index_of", "deployments", "sample", "name_widths", "fullest"):
            getattr(self, what)
        for saying in (threshold_said, cloud_said, scheme_said):
            self._count_files(saying)
        for column in COLUMNS:
            if column.key in MAY_BE_TOLD_ONCE:
                self._count_once(column)
        return self

    @cached_property
    def index_of(self) -> dict[str, int]:
        """Where the row with each id is."""
        return {row.id: index for index, row in enumerate(self.rows)}

    @cached_property
    def deployments(self) -> int:
        """How many of them are deployments, and not files that could not be read."""
        return sum(row.deployment is not None for row in self.rows)

    @cached_property
    def sample(self) -> list[Row]:
        """Rows from all over, enough to see how wide columns are and what is common in them."""
        return sample(self.rows)

    @cached_property
    def name_widths(self) -> tuple[int, int]:
        """The lengths of the longest name, and of the longest words that tell two of one name apart."""
        known = [row for row in self.rows if row.deployment is not None]
        return max((len(row.name) for row in known), default=0), max((len(row.apart) for row in known), default=0)

    @cached_property
    def fullest(self) -> Sequence[Row]:
        """The rows of which most is to be told."""
        return nlargest(_FULLEST, self.rows, key=_findings)

    def row_of(self, identifier: str) -> Row | None:
        """The row with this id."""
        index = self.index_of.get(identifier)
        return None if index is None else self.rows[index]

    def counts(self, *sayings: Saying) -> list[Counter[Said]]:
        """How many deployments say what, as they will be; what the first row says comes first."""
        in_files = [self._count_files(saying) for saying in sayings]
        edited = [self.index_of[id_] for id_ in self._pending.changed if id_ in self.index_of]
        if not edited:
            return in_files
        seen = [(index, deployment) for index in edited if (deployment := self.rows[index].seen) is not None]
        return [self._count_edited(saying, seen) for saying in sayings]

    def _count_edited(self, saying: Saying, seen: Sequence[tuple[int, Deployment]]) -> Counter[Said]:
        said = self._said[saying].copy()
        for index, deployment in seen:
            said[index] = saying(deployment)
        return _counted(said)

    def told_once(self, columns: Sequence[Column]) -> list[Same]:
        """The columns whose value is the same in nearly all rows; in a small fleet, in all of them."""
        found: list[Same] = []
        total = self.deployments
        small = total < FLEET
        for column in columns:
            if column.key not in (MAY_GIVE_WAY if small else MAY_BE_TOLD_ONCE) or total < 2:
                continue
            value, count = self._count_once(column).most_common(1)[0]
            if value is None or count * 10 < total * 9 or (small and count < total):
                continue
            shown = form_of(column.key).short(value)
            odd = f"-{column.key}:{value}" if count < total else ""
            found.append(Same(column, harmless(shown), count, total, odd, small))
        return found

    def _count_once(self, column: Column) -> Counter[str | None]:
        """How many deployments have which value in their files."""
        if column.key not in self._once:
            sources = (row.deployment for row in self.rows if row.deployment is not None)
            self._once[column.key] = Counter(value_of(source, column) for source in sources)
        return self._once[column.key]

    def _count_files(self, saying: Saying) -> Counter[Said]:
        """How many deployments say what in their files."""
        if saying not in self._said:
            self._said[saying] = [saying(row.deployment) if row.deployment is not None else None for row in self.rows]
            self._counts[saying] = _counted(self._said[saying])
        return self._counts[saying]


def _counted(said: Sequence[Said]) -> Counter[Said]:
    counts = Counter(said)
    counts.pop(None, None)
    return counts


def _findings(row: Row) -> int:
    return len(row.deployment.findings) if row.deployment is not None else 0
