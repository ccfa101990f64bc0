"""stdout and stderr as they really are: closed, full, read by nobody any more, or too narrow for a name."""

from __future__ import annotations

import io
import os
import sys

import click

from rea_xcom_tui.errors import ToolError


def prepare() -> None:
    """Make both streams take any text: a closed one swallows it, characters it does not know become escapes."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process lives
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write(text: str | bytes, *, error: bool = False, color: bool | None = None, end: bool = True) -> None:
    """Print a text, or plain ASCII as bytes, and a newline. A reader that has gone stops nothing: what was asked for is
    done all the same.

    With `color`, colours are kept also where no terminal reads; without `end`, more of the same line follows.

    Raises `ToolError` when the text cannot be written for another reason, such as a full disk.
    """
    try:
        click.echo(text, err=error, color=color, nl=end)
    except BrokenPipeError:
        silence(error=error)
    except OSError as problem:
        silence(error=error)
        raise ToolError(f"the output cannot be written: {problem.strerror}") from problem


def silence(*, error: bool = False) -> None:
    """Lead a stream into nothing, so that Python does not complain about it once more when it closes it."""
    stream = sys.stderr if error else sys.stdout
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
