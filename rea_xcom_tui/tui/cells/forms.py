"""How each field is drawn: the letter that stands for it, how its values are cut short, and what one may type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from rea_xcom_tui.tui.kit.fit import Cut, short_account, short_class
from rea_xcom_tui.xcom.model import FieldName


def _as_it_is(text: str) -> str:
    return text


class Form(msgspec.Struct, frozen=True):
    """How one field is drawn."""

    sign: str = ""
    """Its letter in the gutter of a file."""
    cut: Cut = "middle"
    """Where a long value gives way."""
    short: Callable[[str], str] = _as_it_is
    """The short form of a value."""
    placeholder: str = "a value, x2, max 64KiB, zip => gzip, copy NAME, unset"
    """What may be typed for many deployments at once."""

    def cut_of(self, text: str) -> Cut:
        """Where this value gives way: an ARN at its start, which all of them share."""
        return "start" if self.cut == "middle" and text.startswith("arn:") else self.cut


_PLAIN: Final = Form()

FORMS: Final[Mapping[str, Form]] = {
    "backend": Form("b", "words", short_class),
    "path": Form("p", "path", placeholder="a value, s/old/new/ for a part of it, copy NAME, unset"),
    "threshold": Form("t"),
    "compression": Form("c", placeholder="a value, zip => gzip, copy NAME, unset"),
    "identity": Form(
        "i", short=short_account, placeholder="a value, s/old/new/ for a part of it, old => new, copy NAME, unset"
    ),
    "connection": Form("n"),
}


def form_of(field: FieldName | str) -> Form:
    """How a field, or another column, is drawn."""
    return FORMS.get(field, _PLAIN)
