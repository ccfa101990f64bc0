"""What git finds in its environment when this tool runs it."""

from __future__ import annotations

import os
from collections.abc import Mapping

FOREIGN_VARIABLES = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_EXTERNAL_DIFF",
)
"""Variables that git sets for its hooks, or that change what a path means.

A tool started from a hook inherits them, and git would then work on another repo or index than the one that
was asked for. They are taken away from every command.
"""

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

_ALWAYS: Mapping[str, str] = {
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": ":",
    "GIT_SEQUENCE_EDITOR": ":",
}


def for_reading(*, view: bool) -> dict[str, str]:
    """Return the variables for a command that only reads: no locks taken, nothing asked.

    With `view`, also whatever keeps the repo's own configuration from running a program.
    """
    variables = {**_ALWAYS, **_locale(), "GIT_OPTIONAL_LOCKS": "0"}
    if view:
        variables.update(VIEW_VARIABLES)
        variables.update(_with_config(VIEW_CONFIG))
    return variables


def for_writing(*, attached: bool = False) -> dict[str, str]:
    """Return the variables for a command that changes the repo with the user's own configuration.

    With `attached` the command may ask on the terminal (a passphrase, a PIN), which the caller has cleared.
    """
    # Messages are given in UTF-8, whatever other encoding the user's configuration would call them.
    variables = {**_ALWAYS, **_locale(), **_with_config({"i18n.commitEncoding": "UTF-8"})}
    if attached:
        variables["GIT_TERMINAL_PROMPT"] = "1"
        variables.update(_terminal_of_gpg())
    return variables


def _terminal_of_gpg() -> dict[str, str]:
    """Return what tells GnuPG's agent where to ask; git gives gpg a pipe, from which gpg learns of no terminal."""
    if "GPG_TTY" in os.environ:
        return {}
    try:
        return {"GPG_TTY": os.ttyname(0)}
    except OSError:
        return {}


def foreign(*, attached: bool) -> tuple[str, ...]:
    """Return the inherited variables that a command must not see.

    Without a terminal, GPG_TTY is among them: pinentry would otherwise draw over the app's screen.
    """
    names = FOREIGN_VARIABLES if attached else (*FOREIGN_VARIABLES, "GPG_TTY")
    return tuple(name for name in names if name in os.environ)


def _locale() -> dict[str, str]:
    """Return English messages (they are parsed) over the user's own character set (hooks print in it)."""
    inherited = os.environ
    charset = inherited.get("LC_ALL") or inherited.get("LC_CTYPE") or inherited.get("LANG") or "C.UTF-8"
    return {"LC_ALL": "", "LC_CTYPE": charset, "LC_MESSAGES": "C", "LANGUAGE": "C"}


def _with_config(settings: Mapping[str, str]) -> dict[str, str]:
    """Return GIT_CONFIG_* variables that add `settings` after those the user already gave that way."""
    given = os.environ.get("GIT_CONFIG_COUNT", "")
    start = int(given) if given.isdigit() else 0
    variables = {"GIT_CONFIG_COUNT": str(start + len(settings))}
    for index, (key, value) in enumerate(settings.items(), start):
        variables[f"GIT_CONFIG_KEY_{index}"] = key
        variables[f"GIT_CONFIG_VALUE_{index}"] = value
    return variables
