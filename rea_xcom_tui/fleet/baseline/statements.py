"""What pending changes say in the baseline file: expectations and ignores, as data and as exact edits of the file."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rea_xcom_tui import values
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.baseline.file import parse_baseline
from rea_xcom_tui.text import some
from rea_xcom_tui.xcom.drift.baseline import Baseline, Ignore
from rea_xcom_tui.xcom.drift.expectations import RANGE, Expectation
from rea_xcom_tui.xcom.model import FIELDS, FieldName, Severity
from rea_xcom_tui.xcom.units import human

_HEADER = """\
# What the XCom settings of this fleet should be; `rea-xcom-tui drift` compares the fleet with it.
version: 1
"""
_PLAIN = re.compile(r"-?[0-9]{1,15}|[A-Za-z][A-Za-z0-9_./-]*(?: or [A-Za-z][A-Za-z0-9_./-]*)*")
_WORDS = frozenset("true false yes no on off y n null".split())
"""What YAML 1.1 takes for something else than text."""


@dataclass(frozen=True, slots=True)
class Expects:
    """What a group's field should be, in the words of the file: `0`, `zip or gzip`, a pattern, a range."""

    group: str
    field: FieldName
    text: str
    severity: Severity | None = None

    @property
    def place(self) -> str:
        """Where it is, in the form of a deployment's id: the file and what in it."""
        return f"{BASELINE_FILE}#/baseline/{self.group}"

    @property
    def title(self) -> str:
        """What it belongs to, for people."""
        return f"baseline of {self.group}"

    @property
    def where(self) -> str:
        """What it is about, for people."""
        return self.group

    @property
    def deployments(self) -> tuple[str, ...]:
        """None by name: it is about a group."""
        return ()


@dataclass(frozen=True, slots=True)
class Accepts:
    """A deviation that is accepted in one or several deployments, with reason, owner and last day."""

    deployments: tuple[str, ...]
    field: FieldName
    actual: str
    reason: str
    owner: str = ""
    expires: date | None = None
    group: str = ""
    """None of its own: it is about single deployments."""

    @property
    def title(self) -> str:
        """What it belongs to, for people."""
        return f"accepted {self.field} {self.actual}"

    @property
    def place(self) -> str:
        """Where it is, in the form of a deployment's id: the file and what in it."""
        return f"{BASELINE_FILE}#/ignore/{self.deployments[0]}"

    @property
    def where(self) -> str:
        """What it is about, for people."""
        return some(self.deployments, 1, str)

    @property
    def text(self) -> str:
        """What is said, for people."""
        until = f", until {self.expires}" if self.expires else ""
        owner = f", {self.owner}" if self.owner else ""
        return f"accepted: {self.reason}{owner}{until}"


@dataclass(frozen=True, slots=True)
class Belongs:
    """A field, or the buckets of paths, that belong to their environment, so that no promotion carries them."""

    name: str
    """A field, or `bucket`."""
    reason: str
    group: str = ""
    """None: it is about every environment."""

    @property
    def field(self) -> FieldName:
        """The field that it is about; buckets are in the path."""
        return next((name for name in FIELDS if name == self.name), "path")

    @property
    def place(self) -> str:
        """Where it is, in the form of a deployment's id: the file and what in it."""
        return f"{BASELINE_FILE}#/per_environment/{self.name}"

    @property
    def title(self) -> str:
        """What it belongs to, for people."""
        return "what belongs to its environment"

    @property
    def where(self) -> str:
        """What it is about, for people."""
        return self.name

    @property
    def text(self) -> str:
        """What is said, for people."""
        return f"belongs to its environment: {self.reason}"

    @property
    def deployments(self) -> tuple[str, ...]:
        """None by name: it is about all."""
        return ()


Statement = Expects | Accepts | Belongs
"""What may be said in the baseline file."""


def said_already(baseline: Baseline, says: Statement) -> str | None:
    """What a baseline says at exactly the place of `says`, in the words of the file; None where it says nothing."""
    if not isinstance(says, Expects):
        return None
    found = (baseline.expected or {}).get(says.group, {}).get(says.field)
    return None if found is None else worded(found)


def worded(expected: Expectation) -> str:
    """An expectation in the words of the file."""
    if expected.kind in ("same", "any"):
        return expected.kind
    if expected.kind == "range":
        ends = ("" if end is None else _size(end) for end in (expected.least, expected.most))
        return RANGE.join(ends)
    return "unset" if expected.text is None else str(expected.text)


def _size(size: int) -> str:
    """A size as a person writes it where that is exact, else in bytes."""
    words = human(size)
    return words.replace(" ", "") if size >= 1000 and words[0].isdigit() else str(size)


def with_statements(baseline: Baseline, says: Iterable[Statement]) -> Baseline:
    """The baseline after these are said. Raises `ValueError` for what no baseline may say."""
    known = list(says)
    if not known:
        return baseline
    from rea_xcom_tui.fleet.baseline.models import read_expectation

    declares = baseline.expected is not None or any(isinstance(one, Expects) for one in known)
    expected = {group: dict(fields) for group, fields in (baseline.expected or {}).items()}
    for one in known:
        if isinstance(one, Expects):
            expected.setdefault(one.group, {})[one.field] = read_expectation(one.field, one.text, one.severity)
    ignores = tuple(
        Ignore(one.deployments, one.field, one.actual, one.reason, one.owner or None, one.expires)
        for one in known
        if isinstance(one, Accepts)
    )
    kept = dict.fromkeys((*baseline.per_environment, *(one.name for one in known if isinstance(one, Belongs))))
    told = expected if declares else None
    return replace(baseline, expected=told, ignores=(*baseline.ignores, *ignores), per_environment=tuple(kept))


def write_statements(before: bytes, says: Sequence[Statement]) -> bytes:
    """The bytes of a baseline file after these are said; every other byte stays as it is.

    Raises `Refused` where that cannot be done exactly: the file is read again afterwards, and must say just this.
    """
    expects = [one for one in says if isinstance(one, Expects)]
    accepts = [one for one in says if isinstance(one, Accepts)]
    if before.strip():
        # An added key takes the style of those before it, and the quotes that `*` needs are not a style.
        expects.sort(key=lambda one: one.group.startswith("*"))
        data = before
        for one in expects:
            data = values.edit(data, _expecting(data, one))
    else:
        data = before + _new_file(expects).encode()
    kept = [one for one in says if isinstance(one, Belongs) and one.name not in parse_baseline(before).per_environment]
    data = values.edit(data, [values.AddKey(("per_environment",), one.name, one.reason) for one in kept])
    after = values.edit(data, [_accepting(one) for one in accepts])
    if meaning(parse_baseline(after)) != meaning(with_statements(parse_baseline(before), says)):
        raise Refused(f"{BASELINE_FILE} would not say exactly what is meant after the edit; edit it by hand")
    return after


def changed_lines(before: bytes, after: bytes) -> list[str]:
    """The lines that come (`+ …`) and go (`- …`) between two texts of the file, in its order."""
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    diff = difflib.unified_diff(old, new, n=0, lineterm="")
    return [f"{line[0]} {line[1:]}" for line in diff if line[:1] in ("+", "-") and line[:3] not in ("+++", "---")]


def meaning(baseline: Baseline) -> Baseline:
    """A baseline without the lines of its ignores, to be compared with another."""
    ignores = tuple(replace(ignore, line=0) for ignore in baseline.ignores)
    filled = None if baseline.expected is None else {k: dict(v) for k, v in baseline.expected.items() if v}
    return replace(baseline, expected=filled, ignores=ignores)


def _expecting(data: bytes, says: Expects) -> list[values.Edit]:
    """The edits that make the file say something about a field, whatever form it has there now."""
    address: values.Address = ("baseline", says.group)
    field, text = says.field, says.text
    node = values.ValuesFile.parse(data).find((*address, field))
    added: list[values.Edit] = [values.AddKey(address, field, text)]
    if says.severity is not None:
        inner = (*address, field)
        added = [values.AddKey(inner, "any_of", text), values.AddKey(inner, "severity", says.severity)]
    if node is None:
        return added
    if node.kind == "scalar" and says.severity is None:
        return [values.SetText((*address, field), text)]
    if node.kind == "mapping":
        forms = [key.text for key, value in node.entries if key.text != "severity" and value.kind == "scalar"]
        if forms and forms[0] in ("value", "pattern"):
            return [values.SetText((*address, field, forms[0]), text)]
    return [values.Remove((*address, field)), *added]


def _accepting(says: Accepts) -> values.Edit:
    names = says.deployments
    entries: list[tuple[str, str | tuple[str, ...]]] = [
        ("deployment", names if len(names) > 1 else names[0]),
        ("field", says.field),
        ("actual", says.actual),
        ("reason", says.reason),
    ]
    entries += [("owner", says.owner)] if says.owner else []
    entries += [("expires", says.expires.isoformat())] if says.expires else []
    return values.AppendItem(("ignore",), tuple(entries), quoted=frozenset(("expires",)))


def _new_file(says: Sequence[Expects]) -> str:
    if not says:
        return _HEADER
    lines = [_HEADER + "baseline:"]
    for name in dict.fromkeys(one.group for one in says):
        said = {one.field: one.text for one in says if one.group == name}
        lines.append(f"  {_yaml(name)}:")
        lines += [f"    {field}: {_yaml(said[field])}" for field in FIELDS if field in said]
    return "\n".join([*lines, ""])


def _yaml(text: str) -> str:
    """A text as YAML: plain where no reader can take it for anything else, else in JSON's quotes."""
    plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS
    return text if plain else json.dumps(text)
