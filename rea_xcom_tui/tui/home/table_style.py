"""How the fleet's table looks: the names of its styles, and their colours from theme variables only."""

from __future__ import annotations

NAMES = {
    "table--header", "table--header-cursor", "table--row", "table--cursor-row", "table--cursor",
    "table--marked", "table--mark", "table--quiet", "table--odd", "table--edited", "table--invalid",
    "table--drift", "table--reference", "table--unreadable",
}  # fmt: skip

CSS = """
FleetTable {
    background: $background; color: $foreground;
    overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1;
    & > .table--header { background: $background; color: $foreground 70%; text-style: bold; }
    & > .table--header-cursor { color: $text-primary; }
    & > .table--row { background: $background; }
    & > .table--cursor-row { background: $surface-lighten-1; }
    & > .table--cursor { background: $primary-darken-2; color: $text; text-style: bold; }
    &:focus > .table--cursor { background: $primary; }
    & > .table--marked { background: $primary 16%; }
    & > .table--mark { color: $text-primary; text-style: bold; }
    & > .table--quiet { color: $text-muted; }
    & > .table--odd { text-style: bold; }
    & > .table--edited { color: $text-warning; text-style: bold; }
    & > .table--invalid { color: $text-error; text-style: bold; }
    & > .table--drift { color: $text-secondary; text-style: bold; }
    & > .table--reference { color: $foreground 70%; text-style: italic; }
    & > .table--unreadable { color: $text-error; text-style: italic; }
}
"""
