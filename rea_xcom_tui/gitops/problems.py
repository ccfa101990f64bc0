"""How work with git can end badly."""

from __future__ import annotations

from typing import Literal

from rea_xcom_tui.errors import Refused, ToolError


class GitProblem(ToolError):
    """There is no usable repo, or git failed. Exit code 2; the text is one sentence."""


class GitFailed(GitProblem):
    """One git command ended with an exit code that its caller did not expect."""

    def __init__(self, sentence: str, *, status: int, stderr: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.stderr = stderr


class CommitRefused(Refused):
    """A commit that was not made. Exit code 3; nothing that the user had staged or changed is different now.

    `output` holds the words of git or of a hook, as they came (foreign text: pass it through `clean`). `path` names the
    file that is in the way, where there is one.
    """

    def __init__(self, sentence: str, *, output: str = "", path: str | None = None) -> None:
        super().__init__(sentence)
        self.output = output
        self.path = path


class SwitchRefused(Refused):
    """A branch that was not checked out. Exit code 3; nothing is different now.

    `output` holds the words of git or of a hook, as they came (foreign text: pass it through `clean`).
    """

    def __init__(self, sentence: str, *, output: str = "") -> None:
        super().__init__(sentence)
        self.output = output


PushKind = Literal["remote", "behind", "refused", "hook", "authentication", "network", "cancelled", "other"]


class PushFailed(GitProblem):
    """A branch that was not pushed. Exit code 2; nothing here has changed.

    `output` holds the words of git, the hook and the server (foreign text: pass it through `clean`).
    """

    def __init__(self, sentence: str, *, kind: PushKind, output: str = "") -> None:
        super().__init__(sentence)
        self.kind: PushKind = kind
        self.output = output
