"""Checking the values people type before anything is changed. Imports pydantic: import it only when needed."""

from __future__ import annotations

from rea_xcom_tui.xcom.editing.checking import CheckedValue, check

__all__ = ["CheckedValue", "check"]
