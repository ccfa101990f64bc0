"""What git finds in its environment when this tool runs it."""

from __future__ import annotations

import os
from collections.abc import Mapping

_OF_ANOTHER_REPO = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_IMPLICIT_WORK_TREE",
)
"""Variables that git sets for its hooks.

A tool started from a hook inherits them, and git would then work on another repo or index than the one that
was asked for. They are taken away from every command.
"""

_OTHER_MEANINGS = (
    "GIT_NAMESPACE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_EXTERNAL_DIFF",
)
"""Variables that change what a path or an answer means. They are taken away from commands that only read; the
user's hooks are to see them, as they would with plain git."""

VIEW_CONFIG: Mapping[str, str] = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.askPass": "",
    "core.sshCommand": "ssh",
    "core.alternateRefsCommand": "true",
    "credential.helper": "",
    "log.showSignature": "false",
    "diff.external": "",
    "diff.autoRefreshIndex": "false",
    "protocol.ext.allow": "never",
    "safe.bareRepository": "explicit",
    "gc.auto": "0",
    "maintenance.auto": "false",
}
"""Settings that keep a repo's own configuration from running anything while it is only looked at.

Measured with marker files on git 2.39: with these and VIEW_VARIABLES no hook, fsmonitor, pager, external
diff, signature program or transport of a hostile repo runs in any read command; textconv still needs
`--no-textconv`, and filters are avoided by not asking git about the work tree.
"""

VIEW_VARIABLES: Mapping[str, str] = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_ALLOW_PROTOCOL": "https:ssh:file",
}

_NOTHING_ASKED: Mapping[str, str] = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": ":",
    "GIT_SEQUENCE_EDITOR": ":",
}


def for_reading(*, view: bool) -> dict[str, str]:
    """Return the variables for a command that only reads: no locks taken, nothing asked, answers in English.

    With `view`, also whatever keeps the repo's own configuration from running a program.
    """
    variables = {**_NOTHING_ASKED, **english(), "GIT_OPTIONAL_LOCKS": "0"}
    if view:
        variables.update(VIEW_VARIABLES)
        variables.update(with_config(VIEW_CONFIG))
    return variables


def for_writing(directory: str) -> dict[str, str]:
    """Return the variables for a command that changes the repo, with the user's own configuration.

    The user's hooks inherit them and have to see what plain git shows them, so there are none of this tool's: what is
    asked has no terminal to ask on (a session of its own), and an outcome is never judged by git's words alone, which
    may be in any language. GitPython would set two, LANGUAGE and LC_ALL.
    """
    inherited = {name: os.environ[name] for name in _OF_GITPYTHON if name in os.environ}
    return {**inherited, "PWD": directory}


_OF_GITPYTHON = ("LANGUAGE", "LC_ALL")


def unwanted_for_writing(*, attached: bool) -> tuple[str, ...]:
    """Return the variables to take away from a command that changes the repo.

    Paths that ignore case would commit other files. Without a terminal, GPG_TTY is among them: GnuPG's agent, which
    no session of its own keeps out, would let pinentry draw over the app's screen.
    """
    names = (*_OF_ANOTHER_REPO, "GIT_ICASE_PATHSPECS", *(() if attached else ("GPG_TTY",)))
    absent = tuple(name for name in _OF_GITPYTHON if name not in os.environ)
    return (*(name for name in names if name in os.environ), *absent)


def unwanted_for_reading() -> tuple[str, ...]:
    """Return the inherited variables to take away from a command that only reads."""
    names = (*_OF_ANOTHER_REPO, *_OTHER_MEANINGS, "GPG_TTY")
    return tuple(name for name in names if name in os.environ)


def literal_pathspecs() -> bool:
    """Tell whether the user has git take every path literally, where `:(literal)` would be a part of a name."""
    return os.environ.get("GIT_LITERAL_PATHSPECS", "").lower() not in ("", "0", "false", "no", "off")


def speaks_english() -> bool:
    """Tell whether git speaks English in the user's own environment."""
    found = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((value for value in found if value), "C")
    if locale in ("C", "POSIX"):
        return True
    language = os.environ.get("LANGUAGE", "").split(":")[0] or locale
    return language.split(".")[0] in ("C", "POSIX") or language.startswith("en")


def terminal_of_gpg() -> dict[str, str]:
    """Return what tells GnuPG's agent where to ask; git gives gpg a pipe, from which gpg learns of no terminal."""
    if "GPG_TTY" in os.environ:
        return {}
    try:
        return {"GPG_TTY": os.ttyname(0)}
    except OSError:
        return {}


def english() -> dict[str, str]:
    """Return English messages (they are parsed) over the user's own character set (filters print in it)."""
    inherited = os.environ
    charset = inherited.get("LC_ALL") or inherited.get("LC_CTYPE") or inherited.get("LANG") or "C.UTF-8"
    return {"LC_ALL": "", "LC_CTYPE": charset, "LC_MESSAGES": "C", "LANGUAGE": "C"}


def with_config(settings: Mapping[str, str]) -> dict[str, str]:
    """Return GIT_CONFIG_* variables that add `settings` after those the user already gave that way."""
    given = os.environ.get("GIT_CONFIG_COUNT", "")
    start = int(given) if given.isdigit() else 0
    variables = {"GIT_CONFIG_COUNT": str(start + len(settings))}
    for index, (key, value) in enumerate(settings.items(), start):
        variables[f"GIT_CONFIG_KEY_{index}"] = key
        variables[f"GIT_CONFIG_VALUE_{index}"] = value
    return variables
