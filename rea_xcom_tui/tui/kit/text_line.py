"""An input whose Enter belongs to the widget around it, so that the footer can tell what Enter does."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class TextLine(Input, inherit_bindings=False):
    """An input without Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding for binding in Input.BINDINGS if not (isinstance(binding, Binding) and binding.key == "enter")
    ]

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)
    """How far it scrolls. As it is as wide as it was told to be, whatever is typed, no other widget has to move; laying
    the screen out at each key cost half of it."""
