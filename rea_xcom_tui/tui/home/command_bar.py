"""The line for commands: what Tab completes it to, and which keys it has."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType

from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import COMMANDS
from rea_xcom_tui.tui.kit.fit import harmless
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Line, Span
from rea_xcom_tui.tui.kit.text_line import TextLine
from rea_xcom_tui.xcom.model import FIELDS
from rea_xcom_tui.xcom.query import complete

_VERBS = (
    "set ", "unset ", "filter ", "save ", "compare ", "plan ", "apply ", "waves ", "review ", "promote ", "migrate ",
    "new ", "enable ",
)  # fmt: skip
_MOST = 8
_QUERY = re.compile(
    r"(set\s+[\w-]+\s*=.*?\s+where\s+|unset\s+[\w-]+\s+where\s+|filter\s+|promote\s.*\s(?:--)?(?:from|to)\s+)(.*)",
    re.DOTALL,
)
_PROMOTE = re.compile(r"(promote\s+(?:.*\s)?)(\S*)", re.DOTALL)
_AFTER_FIELDS = ("--from ", "--to ", "--each")
_VALUE = re.compile(r"(set\s+([\w-]+)\s*=\s*)(\S*)")
_FIELD = re.compile(r"((?:un)?set\s+)([\w-]*)")


def completions(line: str, known: Mapping[str, Collection[str]]) -> list[str]:
    """The lines that `line` may become: verbs and commands, fields, their values in the fleet, and queries."""
    if (match := _PROMOTE.fullmatch(line)) and (words := _promoted(match[1], match[2])):
        return words
    if match := _QUERY.fullmatch(line):
        found = complete(match[2], len(match[2]), known, _MOST)
        return [match[1] + suggestion.apply(match[2]) for suggestion in found]
    if match := _VALUE.fullmatch(line):
        values = known.get(match[2].lower(), ())
        return [match[1] + value for value in values if value.startswith(match[3])][:_MOST]
    if match := _FIELD.fullmatch(line):
        after = "" if line.startswith("un") else "="
        return [f"{match[1]}{field}{after}" for field in FIELDS if field.startswith(match[2].lower())]
    names = [command.id for command in COMMANDS if command.palette]
    begun = [name for name in (*_VERBS, *names) if name.startswith(line)]
    return begun or [name for name in names if line and line in name]


def _promoted(before: str, word: str) -> list[str]:
    """What a word of `promote` may become, fields and options; none where a query is written."""
    given = before.split()
    sided = any(one.strip("-") in ("from", "to") for one in given)
    options = [one for one in _AFTER_FIELDS if one.strip() not in given and one.strip("- ") not in given]
    if len(given) == 1:
        options = ["--propose"]
    if word.startswith("-") or (not word and sided and given[-1].strip("-") not in ("from", "to")):
        return [before + one for one in options if one.startswith(word)]
    if sided:
        return []
    fields = [f"{field} " for field in FIELDS if field not in given and field.startswith(word.lower())]
    return [before + one for one in (*fields, *(options if not word else ()))]


def _common(choices: Sequence[str]) -> str:
    """What all choices begin with."""
    first, last = min(choices, default=""), max(choices, default="")
    return next((first[:at] for at, char in enumerate(first) if not last[at:].startswith(char)), first)


class CommandLine(TextLine):
    """One line for one command. Tab completes as far as it is clear, and then goes through what there is."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("line")

    class Entered(Message):
        """The user wants this done."""

        text: str

    class Left(Message):
        """The user does not want a command after all."""

    class Offered(Message):
        """What the line may become, for the status line."""

        line: Line

    def __init__(self, known: Mapping[str, Collection[str]]) -> None:
        super().__init__(placeholder="a command, or set threshold=1MiB where env:prod", id="line", compact=True)
        self._known = known
        self._choices: Sequence[str] = ()
        self._at = -1

    def action_complete(self) -> None:
        """Complete as far as it is clear; where nothing more is clear, take the next of the choices."""
        text = self.value
        if self._at < 0 or text != self._choices[self._at]:
            self._choices, self._at = completions(text, self._known), -1
            common = _common(self._choices)
            if len(common) > len(text):
                self._take(common)
                self._at = 0 if len(self._choices) == 1 else -1
                self._tell()
                return
        if self._choices:
            self._at = (self._at + 1) % len(self._choices)
            self._take(self._choices[self._at])
        self._tell()

    def _take(self, text: str) -> None:
        self.value = text
        self.cursor_position = len(text)

    def _tell(self) -> None:
        if not self._choices:
            self.post_message(self.Offered([("No command starts with that; ? lists the commands.", "quiet")]))
            return
        line: list[Span] = []
        for index, choice in enumerate(self._choices[:_MOST]):
            line += [("  " if line else "", ""), (harmless(choice.strip()), "here" if index == self._at else "quiet")]
        more = len(self._choices) - _MOST
        self.post_message(self.Offered([*line, (f"  and {more} more" if more > 0 else "", "quiet")]))

    def action_run(self) -> None:
        """Have it done."""
        self.post_message(self.Entered(self.value))

    def action_leave_line(self) -> None:
        """Go back to the table."""
        self.post_message(self.Left())
