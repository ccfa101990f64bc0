"""The situations in `situations/*.yaml`: a file, edits, and the exact outcome or the refusal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rea_xcom_tui.values import (
    AddKey,
    Address,
    AppendItem,
    Edit,
    InBlock,
    Remove,
    RenameKey,
    SetMember,
    SetText,
)

FOLDER = Path(__file__).with_name("situations")


@dataclass(frozen=True)
class Situation:
    group: str
    name: str
    before: str
    edits: tuple[Edit, ...]
    after: str | None
    """The expected text, or None where a refusal is expected."""
    refused: str | None
    """The code of the expected refusal, or `unreadable`."""
    line: int


def load_situations() -> list[Situation]:
    out: list[Situation] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for item in yaml.safe_load(path.read_text(encoding="utf-8")):
            after = item.get("after")
            out.append(
                Situation(
                    group=path.stem,
                    name=item["name"],
                    before=item["before"],
                    edits=tuple(to_edit(each) for each in item["edits"]),
                    after=item["before"] if after == "the same" else after,
                    refused=item.get("refused"),
                    line=item.get("line", 0),
                )
            )
    return out


def to_edit(written: dict[str, Any]) -> Edit:
    ((kind, what),) = written.items()
    at = to_address(what["at"])
    match kind:
        case "set":
            return SetText(at, what["text"], what.get("cut_alias", False))
        case "append":
            quoted = frozenset({"value"})
            return AppendItem(at, tuple(what["item"].items()), quoted, what.get("after"))
        case "add":
            return AddKey(at, what["key"], what["text"], what.get("after"))
        case "remove":
            return Remove(at)
        case "member":
            return SetMember(at, tuple(what["pointer"]), what["value"])
        case "rename":
            return RenameKey(at, what["name"])
        case "inside":
            return InBlock(at, tuple(to_edit(each) for each in what["edits"]))
    raise ValueError(kind)


def to_address(written: list[Any]) -> Address:
    """A step is a key, a number, or `{name: X}` for the list item with that name."""
    return tuple(("name", step["name"]) if isinstance(step, dict) else step for step in written)
