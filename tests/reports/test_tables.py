"""Cells of the tables that reports print."""

from __future__ import annotations

import pytest

from rea_xcom_tui.reports.tables import backend
from rea_xcom_tui.xcom.model import FieldReading


@pytest.mark.parametrize(
    ("reading", "cell"),
    [
        (FieldReading("backend", value="acme.xcom.OurBackend", state="set"), "OurBackend"),
        (FieldReading("backend", raw="acme.xcom.OurBakend", state="invalid"), "OurBakend !"),
        (FieldReading("backend", reference="a.yaml of the chart b", state="reference"), "(a.yaml of the chart b)"),
        (FieldReading("backend"), "-"),
    ],
)  # fmt: skip
def test_a_backend_is_told_by_its_class_and_a_reference_is_not_cut(reading: FieldReading, cell: str) -> None:
    assert backend(reading) == cell
