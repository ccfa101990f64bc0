"""A path migration in words: what is lost, who shares what, the order, and the commands for a person to run."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rea_xcom_tui.fleet.campaign.migration import Migration, Move, Sharers
from rea_xcom_tui.reports.comment import Section, comment
from rea_xcom_tui.reports.machine import SCHEMA, dump
from rea_xcom_tui.text import clean, plural

LOST = (
    "Values stored before are not moved, and Airflow reads a value only by its old address: after the change, tasks "
    "that are running get a URL string instead of the data. Let runs finish first. Copies serve other readers of the "
    "bucket, and the way back."
)


def text(found: Migration) -> str:
    """The steps of each group, in order."""
    lines = [LOST]
    for number, group in enumerate(found.groups, 1):
        together = f", {plural(len(group), 'deployment')} that go together" if len(group) > 1 else ""
        lines += ["", f"{number}. {clean(group[0].deployment)}{together}"]
        for move in group:
            lines += _lines(move)
    return "\n".join(lines)


def _lines(move: Move) -> list[str]:
    lines = [f"   {clean(move.deployment)}: {move.field} {clean(move.old)} → {clean(move.new)}"]
    if move.left_behind.count:
        lines.append(f"     shares the old place with {_listed(move.left_behind)}, which the plan leaves there")
    if move.shares_new.count:
        lines.append(f"     shares the new place with {_listed(move.shares_new)}")
    lines += (
        ["     let its runs finish: pause its DAGs and wait"] if move.breaks else ["     running tasks lose nothing"]
    )
    lines += [f"     {step}" for step in steps(move)]
    return lines


def steps(move: Move) -> list[str]:
    """The commands around the change, in their order; none of them is ever run here."""
    probe = [move.probe] if move.probe else [f"(no probe: {clean(move.no_probe)})"]
    return [*probe, clean(move.copy), "(merge the change and wait for the pods)", *probe[:1]]


def _listed(sharers: Sharers) -> str:
    more = f" and {sharers.count - 3} more" if sharers.count > 3 else ""
    return ", ".join(clean(id_) for id_ in sharers.ids[:3]) + more


def markdown(found: Migration) -> str:
    """The same as a comment."""
    rows = [
        (
            str(number),
            move.deployment,
            move.old,
            move.new,
            "yes" if move.breaks else "no",
            _listed(move.left_behind),
            move.copy,
        )
        for number, group in enumerate(found.groups, 1)
        for move in group
    ]
    header = ("step", "deployment", "from", "to", "tasks in flight lose", "left at the old place", "copy")
    return comment("migrate", LOST, [Section("", header, rows)])


def as_json(found: Migration) -> str:
    """The same as plain data; of more deployments that share a place than are named, `..._count` says how many."""
    groups = [[_move_object(move) for move in group] for group in found.groups]
    return dump({"schema": SCHEMA, "plan": str(found.plan.path), "groups": groups})


def _move_object(move: Move) -> dict[str, Any]:
    data = asdict(move)
    for name in ("shares_old", "shares_new", "left_behind"):
        sharers = data[name]
        data |= {name: sharers["ids"], f"{name}_count": sharers["count"]}
    return data


FORMATS = {"text": text, "json": as_json, "markdown": markdown}
