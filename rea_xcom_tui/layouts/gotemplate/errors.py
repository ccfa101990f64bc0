"""How the reading of a Go template can end badly."""

from __future__ import annotations

from rea_xcom_tui.errors import ToolError


class TemplateError(ToolError):
    """A template that gives no text; `template` and `line` (from 1, 0 if unknown) say where."""

    def __init__(self, sentence: str, template: str = "", line: int = 0) -> None:
        super().__init__(sentence)
        self.template = template
        self.line = line


class Failed(TemplateError):
    """Go itself would refuse the template, or stop in it."""


class Unsupported(TemplateError):
    """The template uses something that only the real engine can answer."""


class TooMuch(TemplateError):
    """The template would take more time or memory than one repo's template may."""
