"""Running `git commit` as its user would: what the hooks see is what plain git shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rea_xcom_tui.gitops.commit.request import Request
from rea_xcom_tui.gitops.process import environment
from rea_xcom_tui.gitops.process.runner import Output, Runner


def run_commit(
    runner: Runner, request: Request, options: Sequence[str] = (), env: Mapping[str, str] | None = None
) -> Output:
    """Run `git commit` with the message of `request`, whatever its exit code."""
    message, variables = _encoded(runner, request.message)
    if request.attached and is_set(runner, "commit.gpgSign"):
        variables.update(environment.terminal_of_gpg())
    return runner.follow(
        [*request.arguments(), *options],
        request.watch,
        stdin=message,
        env={**variables, **(env or {})},
        attached=request.attached,
    )


def _encoded(runner: Runner, message: str) -> tuple[bytes, dict[str, str]]:
    """Return the message in the encoding that the user's configuration says messages are in.

    One that cannot be written in it is committed as UTF-8; only then do hooks see a variable more.
    """
    name = runner.read(["config", "--get", "i18n.commitEncoding"], expect=(0, 1)).text.strip()
    try:
        return message.encode(name or "utf-8"), {}
    except (LookupError, UnicodeEncodeError):
        return message.encode(), environment.with_config({"i18n.commitEncoding": "UTF-8"})


def is_set(runner: Runner, key: str) -> bool:
    """Tell whether a setting of yes and no is on."""
    return runner.read(["config", "--type=bool", "--get", key], expect=(0, 1, 128)).text.strip() == "true"
