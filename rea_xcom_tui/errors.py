"""The two ways a request can end badly, each carrying one sentence for the user and its exit code."""


class ToolError(Exception):
    """Something kept the tool from running: wrong usage, no repo, an unreadable thing. Exit code 2.

    The text is one sentence that says what, where, why and what to do; it may hold foreign text and so
    must pass `clean()` before it reaches a terminal.
    """

    exit_code = 2


class Refused(ToolError):
    """The tool could run but will not do this, and nothing at all was written. Exit code 3."""

    exit_code = 3
