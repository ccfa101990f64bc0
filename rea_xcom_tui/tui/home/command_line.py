"""What can be typed after `:`, taken apart."""

from __future__ import annotations

import re

import msgspec

from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.keys.commands import COMMANDS, Command
from rea_xcom_tui.xcom.model import FIELDS, STATE_FIELDS, FieldName

_SET = re.compile(r"set\s+([\w-]+)\s*=\s*(.*?)(?:\s+where\s+(.+))?", re.DOTALL)
_UNSET = re.compile(r"unset\s+([\w-]+)(?:\s+where\s+(.+))?", re.DOTALL)
_SIDE = re.compile(r"\s(?:--)?(from|to)(?:=|\s)")
_FLAG = {name: re.compile(rf"(?:^|(?<=\s))--{name}(?=\s|$)") for name in ("each", "propose")}
_MOST_ECHOED = 30
"""Characters of what was typed that a message repeats, so that what to do fits beside it."""
_SHORT = {"w": "changes.write", "q": "app.quit", "wq": "changes.commit", "d": "changes.diff", "h": "app.help"}


class SetLine(msgspec.Struct, frozen=True):
    """`set FIELD=VALUE [where QUERY]`; `text` None means unset, `where` None means what is marked."""

    field: FieldName
    text: str | None
    where: str | None


class FilterLine(msgspec.Struct, frozen=True):
    """`filter QUERY`."""

    query: str


class SaveLine(msgspec.Struct, frozen=True):
    """`save NAME`: keep the query in force under a name."""

    name: str


class CompareLine(msgspec.Struct, frozen=True):
    """`compare OLD..NEW`: what differs between two revisions; `compare OLD` takes the files here as the new side."""

    revisions: str


class CampaignLine(msgspec.Struct, frozen=True):
    """A word of campaigns and what follows it, such as `waves FILE` or `promote FIELD... --from QUERY --to QUERY`."""

    verb: str
    text: str


class PromoteLine(msgspec.Struct, frozen=True):
    """What follows `promote`, in the words of the command."""

    fields: tuple[FieldName, ...] = ()
    source: str = ""
    target: str = ""
    each: bool = False
    """Whether to carry to every partner."""
    propose: bool = False
    """Whether what belongs to its environment is to be declared instead."""


class DoLine(msgspec.Struct, frozen=True):
    """The name of a command of the registry."""

    command: Command


_CAMPAIGN = {
    "plan": "where the pending edits are to be saved, such as plan plan.json",
    "apply": "the plan's file, such as apply plan.json",
    "waves": "the plan's file, such as waves plan.json, or waves plan.json by percent 10,50,100",
    "migrate": "the plan's file, such as migrate plan.json",
    "new": "a name, such as new growth-load, or new growth-load from ~/Downloads/values.yaml",
    "enable": "",
    "review": "a branch, such as review feature/x",
    "promote": "fields and both sides, such as promote threshold --from env:staging --to env:prod",
}
"""What has to follow each of these words; nothing where it may stand alone."""


def parse_line(line: str) -> SetLine | FilterLine | SaveLine | CompareLine | CampaignLine | DoLine:
    """Understand a command line. Raises `ValueError` with one sentence when it cannot."""
    line = line.strip()
    if match := _SET.fullmatch(line):
        return SetLine(_field(match[1]), match[2].strip(), match[3])
    if match := _UNSET.fullmatch(line):
        return SetLine(_field(match[1]), None, match[2])
    if line.startswith("filter ") or line == "filter":
        return FilterLine(line[6:].strip())
    if line.startswith("save ") or line == "save":
        return SaveLine(" ".join(line[4:].split()))
    if line.startswith("compare "):
        return CompareLine(line[7:].strip())
    verb, _, rest = line.partition(" ")
    if verb in _CAMPAIGN:
        if not rest.strip() and _CAMPAIGN[verb]:
            raise ValueError(f"{verb} takes {_CAMPAIGN[verb]}")
        return CampaignLine(verb, rest.strip())
    wanted = _SHORT.get(line, line).lower()
    for command in COMMANDS:
        if wanted in (command.id, command.title.lower()) and (command.palette or command.id in _SHORT.values()):
            return DoLine(command)
    near = [command for command in COMMANDS if command.palette and wanted and wanted in command.id]
    if len(near) == 1:
        return DoLine(near[0])
    hint = f"; did you mean {' or '.join(command.id for command in near[:2])}?" if near else "; ? lists the commands"
    raise ValueError(f"there is no command {clean(line, _MOST_ECHOED) or '(empty)'}{hint}")


def promote_line(text: str) -> PromoteLine:
    """Understand what follows `promote`: the options of the command, or `from` and `to` without their dashes.

    Raises `ValueError` with one sentence when it cannot.
    """
    rest, propose = _FLAG["propose"].subn(" ", text)
    rest, each = _FLAG["each"].subn(" ", rest)
    if propose:
        if rest.strip() or each:
            raise ValueError("promote --propose looks at the whole fleet, so nothing else goes with it")
        return PromoteLine(propose=True)
    parts = _SIDE.split(f" {rest.strip()} ")
    sides = dict(zip(parts[1::2], map(_unquoted, parts[2::2]), strict=True))
    if len(parts) != 5 or not parts[0].strip() or sides.keys() != {"from", "to"} or not all(sides.values()):
        raise ValueError("promote takes fields and both sides: promote threshold path --from env:staging --to env:prod")
    if odd := re.search(r"(?:^|\s)(--[a-z-]+|-m)(?=\s|$)", parts[0] + parts[2] + parts[4]):
        raise ValueError(f"{odd[1]} cannot be given here; what is promoted is pending: d shows it, w writes, c commits")
    fields = tuple(dict.fromkeys(_field(name) for name in parts[0].replace(",", " ").split()))
    if any(field not in FIELDS for field in fields):
        raise ValueError(f"only {', '.join(FIELDS)} can be promoted")
    return PromoteLine(fields, sides["from"], sides["to"], each=bool(each))


def _unquoted(side: str) -> str:
    """A query as a shell hands it over: without the quotes around the whole of it."""
    side = side.strip()
    whole = len(side) > 1 and side[0] in "'\"" and side[0] == side[-1] and side.count(side[0]) == 2
    return side[1:-1].strip() if whole else side


def _field(name: str) -> FieldName:
    for field in (*FIELDS, *STATE_FIELDS):
        if field == name.lower():
            return field
    raise ValueError(
        f"there is no field {clean(name, _MOST_ECHOED)}; the fields are {', '.join((*FIELDS, *STATE_FIELDS))}"
    )
