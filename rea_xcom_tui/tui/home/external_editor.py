"""The user's own editor: which one it is, and how it gets the line. No shell is ever involved."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import which

_PLUS_LINE = {
    "vi", "vim", "nvim", "view", "vimdiff", "gvim", "mvim", "rvim", "elvis", "nvi", "emacs", "emacsclient", "nano",
    "rnano", "pico", "micro", "kak", "joe", "jmacs", "jstar", "jpico", "ne", "mg", "zile", "gedit", "less", "more",
    "sensible-editor", "editor",
}  # fmt: skip
_GOTO = {"code", "code-insiders", "codium", "vscodium", "cursor", "windsurf", "code-oss", "positron"}
_COLON_LINE = {"hx", "helix", "subl", "sublime_text", "zed", "zeditor", "zed-editor"}
_LINE_OPTION = {
    "idea", "pycharm", "webstorm", "goland", "clion", "rubymine", "phpstorm", "rider", "fleet", "kate", "kwrite",
    "mate",
}  # fmt: skip

USUAL = ("sensible-editor", "editor", "nano", "vim", "vi", "emacs", "micro")
"""What is taken where no variable names an editor: Debian's own choice, then what is found."""

NO_EDITOR = (
    "No editor is set and none of the usual ones is installed: name one in VISUAL or EDITOR, such as EDITOR=vim."
)


def editor_command(
    environ: Mapping[str, str], file: Path, line: int, find: Callable[[str], str | None] = which
) -> list[str]:
    """The command that opens `file` (an absolute path) at a line, counted from 1.

    $VISUAL counts before $EDITOR, and each may carry options of its own. How an editor takes a line is in its own
    manual; one that is not known here is given the file alone. Where neither is set, the first of the usual ones that
    `find` finds is taken. Raises `ValueError` with a sentence.
    """
    name, text = next(((n, environ[n]) for n in ("VISUAL", "EDITOR") if environ.get(n, "").strip()), ("", ""))
    if not name:
        usual = next(filter(find, USUAL), None)
        if usual is None:
            raise ValueError(NO_EDITOR)
        return [usual, *_at_line(usual, str(file), max(1, line))]
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ValueError(f"${name} cannot be understood: {error}; write it like EDITOR='code --wait'") from error
    if not words:
        raise ValueError(NO_EDITOR)
    return [*words, *_at_line(Path(words[0]).name.removesuffix(".exe"), str(file), max(1, line))]


def _at_line(program: str, file: str, line: int) -> list[str]:
    if program in _PLUS_LINE:
        return [f"+{line}", file]
    if program in _GOTO:
        return ["--goto", f"{file}:{line}"]
    if program in _COLON_LINE:
        return [f"{file}:{line}"]
    if program in _LINE_OPTION:
        return ["--line", str(line), file]
    return [file]
