"""`completion`: what a shell has to read to complete commands, deployments, fields, values and queries."""

from __future__ import annotations

import os
from functools import partial

import click
from click.shell_completion import BashComplete, add_completion_class, get_completion_class, split_arg_string

from rea_xcom_tui.cli.context import Session, common_options, out
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.text import clean, plural

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "rea-xcom-tui"
VARIABLE = "_REA_XCOM_TUI_COMPLETE"
"""The variable that click looks at, made of the program's name."""

_BASH = """\
%(complete_func)s() {
    local line="${COMP_LINE:0:COMP_POINT}" word type value
    word="${line##*[[:space:]]}"
    COMPREPLY=()
    while IFS=, read -r type value; do
        case "$type" in
            dir) compopt -o dirnames 2>/dev/null ;;
            file) compopt -o default 2>/dev/null ;;
            # bash takes `:` and `=` for the ends of words, and replaces only what follows the last of them
            plain) COMPREPLY+=("${value#"${word%%"${word##*[:=]}"}"}") ;;
        esac
    done < <(env COMP_LINE="$line" %(complete_var)s=bash_complete "$1" 2>/dev/null)
    [[ ${#COMPREPLY[@]} -eq 0 || "${COMPREPLY[0]}" == *[:=] ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null || complete -F %(complete_func)s %(prog_name)s
"""


class Bash(BashComplete):
    """Bash, which is asked for the whole line: it would cut `env:prod` and `threshold=0` into pieces."""

    source_template = _BASH

    @classmethod
    def _check_version(cls) -> None:
        """Nothing: what runs here need not be the bash that reads the script, which goes without `nosort` too."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and the one at it."""
        line = os.environ["COMP_LINE"]
        words = split_arg_string(line)[1:]
        return (words, "") if line[-1:].isspace() or not words else (words[:-1], words[-1])


add_completion_class(Bash, "bash")


def source(shell: str, command: click.Command) -> str:
    """The script for a shell, which asks `command`, the whole command line."""
    kind = get_completion_class(shell)
    assert kind is not None
    return kind(command, {}, PROGRAM, VARIABLE).source().strip("\n")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
@click.option(
    "--install", is_flag=True, help="Install it where SHELL finds it, with the man pages, for your user only."
)
@common_options
def completion(session: Session, shell: str, install: bool) -> int:
    """Print the completion of SHELL: bash, zsh or fish; or install it, and the man pages, with --install.

    Without --install: in bash, eval "$(rea-xcom-tui completion bash)" in ~/.bashrc; in zsh the same in ~/.zshrc after
    compinit; in fish, rea-xcom-tui completion fish > ~/.config/fish/completions/rea-xcom-tui.fish
    """
    program = click.get_current_context().find_root().command
    script = source(shell, program)
    if not install:
        out(script)
        return 0
    if session.read_only:
        raise Refused("--install writes files, and the tool was started with --read-only; leave one of them out")
    from rea_xcom_tui.cli.install import install as put
    from rea_xcom_tui.cli.manual import write_pages

    done = put(shell, script, partial(write_pages, program))
    pages = plural(len(done.files) - 1, "man page")
    out(f"installed {clean(done.files[0])}, and {pages} in {clean(done.files[-1].parent)}")
    if done.changed is not None:
        out(f"added two lines to {clean(done.changed)}; new shells read them")
    return 0
