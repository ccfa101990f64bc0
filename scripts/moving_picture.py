"""Pictures of the app as SVG: one frame, or many that move; lines that several frames share are in the file once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.app import App

THEME = TerminalTheme((18, 18, 18), (224, 224, 224), [(0, 0, 0)] * 8)
WIDTH, HEIGHT = 8.13, 18
"""Of a cell, in pixels: as wide as a letter of the first font is at the size below."""
FONT = "'DejaVu Sans Mono', Menlo, Consolas, monospace"
BAR = 30
"""Height of the bar over the screen, where keys are told."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is on the screen at one moment, and what has just been pressed."""

    lines: tuple[str, ...]
    """Each line as SVG, drawn at its own origin."""
    columns: int
    keys: str = ""
    seconds: float = 1.5


def frame_of(app: App[Any], keys: str = "", seconds: float = 1.5) -> Frame:
    """The app's screen as it is now, with what lies beneath a dialog."""
    width, height = app.size
    console = Console(
        width=width, height=height, file=io.StringIO(), force_terminal=True, color_system="truecolor", record=True,
        legacy_windows=False, safe_box=False,
    )  # fmt: skip
    drawn = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens, simplify=True)
    console.print(drawn, end="")
    segments = [segment for segment in console._record_buffer if not segment.control]
    lines = tuple(map(_line, Segment.split_and_crop_lines(segments, width, include_new_lines=False)))
    return Frame(lines, width, keys, seconds)


def _line(segments: Sequence[Segment]) -> str:
    """One line: the backgrounds, then the texts, each at its own cell, so that no font shifts what follows."""
    backs, texts, column = [], [], 0
    for text, style, _ in segments:
        cells = cell_len(text)
        front, back, look = _colours(style or Style.null())
        x, w = f"{column * WIDTH:.1f}", f"{cells * WIDTH:.1f}"
        if back:
            backs.append(f'<rect x="{x}" width="{cells * WIDTH + 0.4:.1f}" height="{HEIGHT}" fill="{back}"/>')
        if text.strip():
            lead = len(text) - len(text.lstrip(" "))
            x, w = f"{(column + lead) * WIDTH:.1f}", f"{(cells - lead - len(text) + len(text.rstrip(' '))) * WIDTH:.1f}"
            texts.append(f'<text x="{x}" y="14" textLength="{w}" fill="{front}"{look}>{escape(text.strip(" "))}</text>')
        column += cells
    return "".join(backs + texts)


def _colours(style: Style) -> tuple[str, str, str]:
    """Foreground, background (empty where it is that of all), and attributes."""
    front = style.color.get_truecolor(THEME) if style.color else THEME.foreground_color
    back = style.bgcolor.get_truecolor(THEME, foreground=False) if style.bgcolor else THEME.background_color
    if style.reverse:
        front, back = back, front
    look = ' font-weight="bold"' if style.bold else ""
    look += ' font-style="italic"' if style.italic else ""
    look += ' opacity="0.7"' if style.dim else ""
    return front.hex, back.hex if back != THEME.background_color else "", look


def svg_of(frames: Sequence[Frame], title: str) -> str:
    """Frames one after the other, for ever; who wants no motion sees the last one."""
    width, height = max(frame.columns for frame in frames) * WIDTH + 2, BAR + len(frames[0].lines) * HEIGHT + 2
    known: dict[str, str] = {}
    for frame in frames:
        for line in frame.lines:
            known.setdefault(line, f"l{len(known)}")
    total = sum(frame.seconds for frame in frames)
    rules, groups, start = [], [], 0.0
    for number, frame in enumerate(frames):
        used = "".join(
            f'<use href="#{known[line]}" y="{BAR + at * HEIGHT}"/>' for at, line in enumerate(frame.lines) if line
        )
        keys = f'<text x="{width / 2:.0f}" y="20" text-anchor="middle" fill="#9aa4ae">{escape(frame.keys)}</text>'
        name = f' class="f{number}"' if len(frames) > 1 else ""
        groups.append(f"<g{name}>{keys}{used}</g>")
        begin, end = (round(100 * each / total, 3) for each in (start, start + frame.seconds))
        start += frame.seconds
        rules.append(_rule(number, begin, end, total))
    styles = f"text{{font-family:{FONT};font-size:13.5px;white-space:pre}}" + (
        "".join(rules) if len(frames) > 1 else ""
    )
    if len(frames) > 1:
        last = len(frames) - 1
        styles += (
            "@media (prefers-reduced-motion:reduce){g[class]{animation:none!important;visibility:hidden}"
            f".f{last}{{visibility:visible!important}}}}"
        )
    defs = "".join(f'<g id="{name}">{line}</g>\n' for line, name in known.items() if line)
    size = f'viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}"'
    lights = "".join(
        f'<circle cx="{x}" cy="15" r="5" fill="{colour}"/>'
        for x, colour in ((16, "#e06c60"), (33, "#d8b45c"), (50, "#7bbf6a"))
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" {size} role="img" aria-label="{escape(title)}">',
        f"<style>{styles}</style>",
        f"<defs>\n{defs}</defs>",
        f'<rect width="100%" height="100%" rx="8" fill="#121212"/>{lights}',
        *groups,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _rule(number: int, begin: float, end: float, total: float) -> str:
    """When a frame is seen."""
    before = "0%{visibility:hidden}" if begin > 0 else ""
    after = f"{end}%,100%{{visibility:hidden}}" if end < 100 else ""
    return (
        f"@keyframes k{number}{{{before}{begin}%{{visibility:visible}}{after}}}"
        f".f{number}{{visibility:hidden;animation:k{number} {total:.1f}s step-end infinite}}"
    )
