"""The command group, what is common to all commands, and the exit codes."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click

from rea_xcom_tui.cli import stdio as streams
from rea_xcom_tui.cli import stopping
from rea_xcom_tui.cli.context import CheckUi, OpenUi, Session, common_options
from rea_xcom_tui.cli.examples import epilog
from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.scan.gc_paused import ends_soon
from rea_xcom_tui.text import clean

DEBUG = "REA_XCOM_TUI_DEBUG"
"""When set, a mistake of the tool shows its traceback."""

_MADE_BEFORE_COLLECTION = 100_000
"""How many objects are made in a command before Python looks for cycles among them."""

_COMMANDS = {
    "demo": ("rea_xcom_tui.cli.commands.open", "demo"),
    "open": ("rea_xcom_tui.cli.commands.open", "open_repo"),
    "list": ("rea_xcom_tui.cli.commands.list", "list_command"),
    "check": ("rea_xcom_tui.cli.commands.check", "check"),
    "show": ("rea_xcom_tui.cli.commands.list", "show"),
    "set": ("rea_xcom_tui.cli.commands.set", "set_command"),
    "unset": ("rea_xcom_tui.cli.commands.set", "unset"),
    "promote": ("rea_xcom_tui.cli.commands.promote", "promote"),
    "new": ("rea_xcom_tui.cli.commands.new", "new"),
    "enable": ("rea_xcom_tui.cli.commands.new", "enable"),
    "wave": ("rea_xcom_tui.cli.commands.wave", "wave_group"),
    "migrate": ("rea_xcom_tui.cli.commands.migrate", "migrate"),
    "apply": ("rea_xcom_tui.cli.commands.apply", "apply_command"),
    "diff": ("rea_xcom_tui.cli.commands.diff", "diff"),
    "drift": ("rea_xcom_tui.cli.commands.drift", "drift"),
    "push": ("rea_xcom_tui.cli.commands.push", "push"),
    "history": ("rea_xcom_tui.cli.commands.history", "history"),
    "review": ("rea_xcom_tui.cli.commands.review", "review"),
    "revert": ("rea_xcom_tui.cli.commands.revert", "revert"),
    "undo": ("rea_xcom_tui.cli.commands.apply", "undo"),
    "explain": ("rea_xcom_tui.cli.commands.check", "explain"),
    "probe": ("rea_xcom_tui.cli.commands.probe", "probe"),
    "config": ("rea_xcom_tui.cli.commands.config", "config_group"),
    "schema": ("rea_xcom_tui.cli.commands.schema", "schema"),
    "completion": ("rea_xcom_tui.cli.commands.completion", "completion"),
    "lsp": ("rea_xcom_tui.cli.commands.lsp", "lsp"),
    "serve": ("rea_xcom_tui.cli.commands.serve", "serve"),
    "debug": ("rea_xcom_tui.cli.commands.debug", "debug"),
}
"""Each command's module, imported only when the command is used, so that every start stays quick."""


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for, and takes an unknown first word as a repo."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all visible commands, in the order of the contract."""
        return [name for name in _COMMANDS if name != "open"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in _COMMANDS:
            return None
        from importlib import import_module

        module, attribute = _COMMANDS[cmd_name]
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        _give_examples(command, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A word that is not a command is the repo to open, if there is such a folder."""
        word = args[0]
        if word in _COMMANDS:
            return super().resolve_command(ctx, args)
        if Path(word).exists():
            return "open", self.get_command(ctx, "open"), args
        import difflib

        near = difflib.get_close_matches(word, self.list_commands(ctx), n=1)
        hint = f"; did you mean '{near[0]}'?" if near else "; see --help for the commands"
        raise click.UsageError(f"'{clean(word)}' is neither a command nor a folder{hint}")


def _give_examples(command: click.Command, path: str) -> None:
    """Let the help of a command, and of those within it, end with examples."""
    command.epilog = epilog(path)
    for name, inner in command.commands.items() if isinstance(command, click.Group) else ():
        _give_examples(inner, f"{path} {name}")


@click.group(
    cls=LazyGroup,
    epilog=epilog(""),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="XCom settings of Astronomer Remote Execution Agents in a GitOps repo.\n\n"
    "Without a command, opens the fleet of REPO (default: the repo around the current folder), or of several "
    "REPOs as one.",
)
@common_options
@click.pass_context
def main(ctx: click.Context, session: Session) -> None:
    """Open the fleet when no command is named."""
    if ctx.invoked_subcommand is None:
        from rea_xcom_tui.cli.commands.open import open_fleet

        ctx.exit(open_fleet(session, session.entries()))


def run(
    args: Sequence[str] | None = None, *, open_ui: OpenUi | None = None, check_ui: CheckUi | None = None
) -> NoReturn:
    """Run the command line and leave with its exit code; never with a traceback for a foreseen problem."""
    # Nearly all that a command makes stays until it ends. Looking through it for what could go took a tenth of `drift`.
    gc.set_threshold(_MADE_BEFORE_COLLECTION, 20, 50)
    ends_soon()
    stopping.by_interrupt()
    try:
        code = execute(sys.argv[1:] if args is None else args, open_ui=open_ui, check_ui=check_ui)
        stopping.no_more()
    except KeyboardInterrupt:  # before or after its work, or once more
        code = _stopped()
    sys.exit(code)


def execute(args: Sequence[str], *, open_ui: OpenUi | None = None, check_ui: CheckUi | None = None) -> int:
    """Run the command line and return its exit code: 0, 1, 2 or 3 as the contract says."""
    streams.prepare()
    if "_REA_XCOM_TUI_COMPLETE" in os.environ:
        import rea_xcom_tui.cli.commands.completion  # noqa: F401 - its bash takes the place of click's
    try:
        session = Session(open_ui=open_ui, check_ui=check_ui)
        result = main.main(list(args), prog_name="rea-xcom-tui", standalone_mode=False, obj=session)
        sys.stdout.flush()
    except click.ClickException as error:
        return complain(error.format_message(), 2)
    except ToolError as error:
        said = getattr(error, "output", "")
        return complain("\n".join(part for part in (str(error), said.strip()) if part), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _stopped()
    except OSError as error:
        if stopping.requested():  # and the terminal is gone, as click's empty line after an interrupt has found out
            return _stopped()
        streams.silence()
        return complain(f"the system refused something: {error.strerror or error}", 2)
    except UnicodeEncodeError:
        return complain("this shell's locale cannot express a file's name; set LC_ALL=C.UTF-8 or PYTHONUTF8=1", 2)
    except Exception as error:
        # Whatever it is, a script must not take it for findings, which Python's own exit code of 1 would say.
        if DEBUG in os.environ:
            raise
        return complain(_unexpected(error), 2)
    return result if isinstance(result, int) else 0


def _stopped() -> int:
    stopping.no_more()
    complain("stopped", 0)
    # Where an interrupt ended one, as of a data class, Python would end by the signal in spite of the exit code.
    exec("")
    return stopping.code()


def _unexpected(error: Exception) -> str:
    """A mistake of this tool in one line; without the error's text, which may hold a part of a file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    return (
        f"an unexpected {type(error).__name__} at {where} stopped the tool, which is a bug; set {DEBUG}=1 to "
        "see all of it, and please report it"
    )


def complain(message: str, code: int) -> int:
    """Say on stderr what went wrong, in one line for each sentence, and return the exit code."""
    with suppress(ToolError):  # the terminal may be gone
        for line in message.splitlines() or [""]:
            streams.write(f"rea-xcom-tui: {clean(line)}", error=True)
    return code
