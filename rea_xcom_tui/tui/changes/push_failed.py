"""What is said of a push that was not made, of one repo or of several."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rea_xcom_tui.tui.kit.dialogs import Choice, Question

if TYPE_CHECKING:
    from textual.app import App

    from rea_xcom_tui.tui.background import jobs


def tell_push_failed(app: App[int], event: jobs.Failed, again: Callable[[], None]) -> None:
    """Show why a push was not made, unless the user has cancelled it.

    Where the server did not accept who the user is, `again` is offered: the same push with the terminal handed over,
    so that a password can be asked for.
    """
    if event.kind == "cancelled":
        return
    choices = [Choice("escape", "Esc", "close", "")]
    if event.kind == "authentication":
        choices.append(Choice("t", "t", "hand over the terminal and try again", "terminal"))
    question = Question("Could not push", event.reason, choices, output=event.output)
    question.add_class("-failure")
    app.push_screen(question, lambda answer: again() if answer else None)
