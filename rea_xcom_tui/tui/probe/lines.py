"""Probes as lines: one for each deployment, and all that is known of one."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from rea_xcom_tui.fleet.probe.outcome import Outcome
from rea_xcom_tui.fleet.probe.places import Candidate
from rea_xcom_tui.fleet.probe.runners import spoken
from rea_xcom_tui.reports.probing import in_short, paragraph
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.kit.fit import fit, harmless, shorten
from rea_xcom_tui.tui.kit.styled_lines import Line

_NAME, _STATE, _VALUES, _LARGEST, _TOOK = 24, 12, 22, 20, 10
_PENDING = "as its pending edits will make it; they are not in the file yet"
_STYLES = {"passed": "good", "differs": "drift", "failed": "invalid"}


@dataclass(slots=True)
class Trial:
    """One deployment that is tried: what would be, the step it is in, and what came of it."""

    candidate: Candidate
    step: str = ""
    outcome: Outcome | None = None


def head_line(width: int) -> Line:
    """The head of the list."""
    cells = [fit("  NAME", _NAME + 2), fit("OUTCOME", _STATE)]
    if _has_room(width):
        cells += [fit("VALUES", _VALUES), fit("LARGEST OBJECT", _LARGEST), fit("TOOK", _TOOK, right=True)]
    return [(" ".join(cells), "quiet")]


def _has_room(width: int) -> bool:
    return width >= _NAME + _STATE + _VALUES + _LARGEST + _TOOK + 8


def trial_line(trial: Trial, width: int) -> Line:
    """One deployment on one line."""
    name = fit(harmless(trial.candidate.called), _NAME, "middle")
    head: Line = [("  ", ""), (name, "strong"), (" ", "")]
    room = max(10, width - _NAME - _STATE - 5)
    if trial.outcome is None:
        refusal = trial.candidate.refusal
        word, style = ("refused", "invalid") if refusal else (trial.step or "ready", "edited" if trial.step else "")
        rest = refusal or trial.candidate.target or "nothing is written: the settings use the database"
        return [*head, (fit(word, _STATE), style), (" ", ""), (shorten(harmless(rest), room, "middle"), "quiet")]
    short = in_short(trial.outcome)
    against = bool(trial.outcome.contradiction)
    word, style = (f"{short.status} ≠", "drift") if against else (short.status, _STYLES[short.status])
    cells: list[tuple[str, str]] = [(fit(word, _STATE), style), (" ", "")]
    if trial.outcome.status == "passed" and _has_room(width):
        cells += [
            (fit(short.sizes, _VALUES), ""), (" ", ""), (fit(short.largest, _LARGEST), ""), (" ", ""),
            (fit(short.took, _TOOK, right=True), "quiet"), ("  ", ""),
        ]  # fmt: skip
        room = max(0, width - _NAME - _STATE - _VALUES - _LARGEST - _TOOK - 9)
    return [*head, *cells, (shorten(harmless(short.note), room), "drift" if against else "quiet")]


def trial_details(trial: Trial, width: int) -> list[Line]:
    """All that is known of one."""
    deployment, place = trial.candidate.deployment, trial.candidate.place
    lines: list[Line] = [[(shorten(harmless(deployment.id), width, "middle"), "title")], []]
    if trial.outcome is not None:
        return lines + _told(paragraph(trial.outcome), width)
    if trial.candidate.refusal:
        return lines + _told(trial.candidate.refusal, width)
    if place is not None and trial.candidate.settings is not None:
        sizes = ", ".join(f"{size.bytes:,}" for size in trial.candidate.settings.sizes)
        lines += _told(f"values of {sizes} bytes\n{place.words}", width)
        if trial.candidate.settings.pending:
            lines += [[(part, "edited")] for part in textwrap.wrap(_PENDING, max(20, width))]
        lines.append([])
        if trial.candidate.target:
            lines += _told(f"below {trial.candidate.target}\n", width)
        lines += [[("runs", "quiet")], *_told(spoken(place.command), width)]
    return lines


def _told(text: str, width: int) -> list[Line]:
    """A text of several lines, wrapped; lines that say that something is wrong stand out."""
    lines: list[Line] = []
    for line in clean(text, keep_newlines=True).split("\n"):
        word = line.strip().partition(" ")[0]
        style = {"passed": "good", "failed": "invalid", "differs": "drift", "CONTRADICTS": "drift", "LEFT": "invalid"}
        wrapped = textwrap.wrap(line, max(20, width), subsequent_indent=" " * 4) or [""]
        lines += [[(part, style.get(word, ""))] for part in wrapped]
    return lines


def tally(trials: list[Trial]) -> str:
    """How many are done, and how they came out: `3 of 5 · 2 passed · 1 failed`."""
    done = [trial.outcome for trial in trials if trial.outcome is not None]
    parts = [f"{len(done)} of {plural(len(trials), 'deployment')}"]
    for status in ("passed", "differs", "failed"):
        count = sum(outcome.status == status for outcome in done)
        if count:
            parts.append(f"{count} {status}")
    against = sum(bool(outcome.contradiction) for outcome in done)
    if against:
        parts.append(f"≠ {against} against `check`")
    return " · ".join(parts)
