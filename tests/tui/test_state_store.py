from __future__ import annotations

from msgspec.structs import replace

from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.tui.cells.explain import panel_lines
from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.tui.home.command_line import SetLine, parse_line
from rea_xcom_tui.xcom.model import FieldReading
from tests.tui.fleets import deployment


def panel(state: dict[str, FieldReading]) -> list[str]:
    made = deployment()
    config = replace(made.config, fields={**made.config.fields, **state})
    lines = panel_lines(Row(replace(made, config=config), Pending()), 100)
    return ["".join(text for text, _ in line).rstrip() for line in lines]


def test_the_panel_shows_the_state_store_where_it_is_set() -> None:
    unset = FieldReading("state-path")
    assert panel({"state-path": unset}) == panel({})
    size = FieldReading("state-threshold", 1024, "1024", "set")
    shown = panel({"state-path": unset, "state-threshold": size})
    (line,) = [text for text in shown if "state-threshold" in text]
    assert "1024" in line
    assert not any("state-path" in text for text in shown)
    assert all(len(text) <= 100 for text in shown)


def test_the_command_line_takes_the_state_store() -> None:
    line = parse_line("set state-path=s3://acme-state/x where env:prod")
    assert isinstance(line, SetLine)
    assert line.field == "state-path"
