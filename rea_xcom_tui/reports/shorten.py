"""Fitting values into columns: how a person reads them at a glance."""

from __future__ import annotations

from rea_xcom_tui.text import clean


def middle(text: str, width: int) -> str:
    """Shorten `text` to `width` characters by its middle, so that the end, which differs, is seen."""
    if len(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    tail = (width - 1) * 2 // 3
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"


def class_name(dotted: object) -> str:
    """The last part of a dotted class path, which is what tells backends apart."""
    return clean(dotted).rpartition(".")[2] if dotted is not None else ""
