"""Man pages, made from the commands."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from rea_xcom_tui import __version__
from rea_xcom_tui.cli.examples import EXAMPLES

PROGRAM = "rea-xcom-tui"

_EXIT = """\
.SH EXIT STATUS
.TP
.B 0
done; nothing to report
.TP
.B 1
findings at or above \\-\\-fail\\-on; differences; drift
.TP
.B 2
wrong usage, or it could not run: no repo, unreadable, git failed
.TP
.B 3
refused, and nothing was written
"""
_ENVIRONMENT = """\
.SH ENVIRONMENT
.TP
.B NO_COLOR\\fR, \\fBCLICOLOR_FORCE
no colour at all; colour even where the output is not a terminal
.TP
.B REA_XCOM_TUI_CONFIG
a configuration file to use instead of the user's own
.TP
.B REA_XCOM_TUI_DEBUG
when set, a bug in the tool shows its traceback
"""


def manual_pages(command: click.Command) -> dict[str, str]:
    """Each man page of section 1, for the whole command line `command`, as its file's name and its roff text."""
    return dict(_pages(command, click.Context(command, info_name=PROGRAM, **command.context_settings)))


def _pages(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    name = context.command_path.replace(" ", "-")
    yield f"{name}.1", _page(command, context, name)
    if isinstance(command, click.Group):
        for word in command.list_commands(context):
            inner = command.get_command(context, word)
            assert inner is not None
            yield from _pages(inner, click.Context(inner, info_name=word, parent=context))


def _page(command: click.Command, context: click.Context, name: str) -> str:
    said = inspect.cleandoc(command.help or "").replace("\b\n", "")
    first, _, rest = said.partition("\n\n")
    usage = " ".join(command.collect_usage_pieces(context))
    parts = [
        f'.TH "{name.upper()}" "1" "" "{PROGRAM} {__version__}" "User Commands"',
        f".SH NAME\n{_text(name)} \\- {_text(' '.join(first.split()).rstrip('.'))}",
        f".SH SYNOPSIS\n.B {_text(context.command_path)}\n{_text(usage)}",
        ".SH DESCRIPTION\n" + "\n.PP\n".join(_lines(part) for part in (first, *rest.split("\n\n")) if part.strip()),
    ]
    if isinstance(command, click.Group):
        parts.append(".SH COMMANDS\n" + "\n".join(_commands(command, context)))
    parts.append(".SH OPTIONS\n" + "\n".join(_options(command, context)))
    path = context.command_path.removeprefix(PROGRAM).strip()
    parts.append(".SH EXAMPLES\n" + "\n".join(_examples(path)))
    also = f".SH SEE ALSO\n.BR {_text(PROGRAM)} (1)" if path else ".SH SEE ALSO\n.BR git (1)"
    return "\n".join([*parts, _EXIT.rstrip(), _ENVIRONMENT.rstrip(), also, ""])


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    for word in group.list_commands(context):
        inner = group.get_command(context, word)
        assert inner is not None
        page = f"{context.command_path.replace(' ', '-')}-{word}"
        yield f".TP\n.BR {_text(page)} (1)\n{_text(inner.get_short_help_str(200))}"


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            yield f".TP\n.B {_text(record[0])}\n{_text(' '.join(record[1].split()))}"


def _examples(path: str) -> Iterator[str]:
    for example, what in EXAMPLES.get(path, ()):
        yield f".PP\n{_text(what[:1].upper() + what[1:])}:\n.PP\n.nf\n.RS 4\n{_text(example)}\n.RE\n.fi"


def _lines(paragraph: str) -> str:
    """A paragraph; one with lines that begin with blanks stays as it is laid out."""
    if any(line.startswith("    ") for line in paragraph.splitlines()):
        return f".nf\n{_text(paragraph)}\n.fi"
    return _text(" ".join(paragraph.split()))


def _text(text: str) -> str:
    """Plain text for roff: backslashes, hyphens that are typed, and lines that would be requests."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" if line[:1] in (".", "'") else line for line in escaped.splitlines())


def write_pages(command: click.Command, folder: Path) -> list[Path]:
    """Write all pages into a folder, which is made where it is missing; returns where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in manual_pages(command).items():
        (folder / name).write_text(text, "utf-8")
        written.append(folder / name)
    return written
