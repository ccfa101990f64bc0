"""A campaign in words: its waves, where each stands, and the text of each pull request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rea_xcom_tui.fleet.campaign.standing import STATES, CampaignStatus, Stand, Standing, WaveStatus
from rea_xcom_tui.fleet.campaign.waves import Campaign, Wave, trailers
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.reports.changes import worded
from rea_xcom_tui.reports.comment import Section, comment
from rea_xcom_tui.reports.machine import SCHEMA, dump
from rea_xcom_tui.reports.tables import markdown_table
from rea_xcom_tui.text import clean, plural, some, utc
from rea_xcom_tui.xcom.fields import impact_of

_NAMED = 10
_SPELT_OUT = 5
"""With so many repos each is named with its commit; of more it is told how many they are."""


def cut_text(campaign: Campaign) -> str:
    """The waves of a plan, one line each, with their deployments below."""
    lines: list[str] = []
    for number, wave in enumerate(campaign.waves, 1):
        edits = plural(len(campaign.edits_of(wave)), "edit")
        lines.append(f"{number}. {clean(wave.name)}: {plural(len(wave.deployments), 'deployment')}, {edits}")
        lines.append(f"   branch {clean(wave.branch)}")
        lines += [f"   {clean(id_)}" for id_ in wave.deployments[:_NAMED]]
        lines += [f"   and {len(wave.deployments) - _NAMED} more"] if len(wave.deployments) > _NAMED else []
        lines += [f"   {line}" for line in besides(campaign, number, wave)]
    return "\n".join(lines)


def besides(campaign: Campaign, number: int, wave: Wave, called: Callable[[str], str] = lambda id_: id_) -> list[str]:
    """A sentence for each shared layer by which a wave changes deployments that are not in it, and their own wave.

    `called` says what a deployment is called, by its id.
    """
    later = {id_: one.name for one in campaign.waves[number:] for id_ in one.deployments}
    lines = []
    for layer, ids in campaign.besides(wave).items():
        named = some(
            ids, _NAMED, lambda id_: clean(called(id_)) + (f" (of {clean(later[id_])})" if id_ in later else "")
        )
        lines.append(f"{clean(layer)} is shared, so this also changes {named}")
    return lines


def cut_json(campaign: Campaign) -> str:
    """The same as plain data, as the plan's file has it."""
    return dump({"schema": SCHEMA, "plan": str(campaign.plan.path), **campaign.as_data()})


def cut_markdown(campaign: Campaign) -> str:
    """The same as a table."""
    rows = [
        (
            str(number),
            wave.name,
            str(len(wave.deployments)),
            str(len(campaign.edits_of(wave))),
            "; ".join(besides(campaign, number, wave)),
            wave.branch,
        )
        for number, wave in enumerate(campaign.waves, 1)
    ]
    return markdown_table(("wave", "name", "deployments", "edits", "also changes", "branch"), rows)


CUTS = {"text": cut_text, "json": cut_json, "markdown": cut_markdown}


def status_text(found: CampaignStatus) -> str:
    """Where each wave stands, what is odd in it, and what is next."""
    lines = [f"campaign {found.campaign.id} on {_targets(found)}"]
    for one in found.waves:
        where = "" if one.repos else _where(one)
        lines.append(f"{one.number}. {clean(one.wave.name):<12}  {one.state:<8}  {_counted(one)}{where}")
        lines += [
            f"     in {clean(part.repo)}: {part.state}{_where(part)}" for part in one.repos if part.state != "planned"
        ]
        odd = [stand for stand in one.stands if _is_odd(one, stand)]
        lines += [f"     {clean(stand.deployment)}: {_stands(stand)}" for stand in odd[:_NAMED]]
        lines += [f"     and {len(odd) - _NAMED} more"] if len(odd) > _NAMED else []
    return "\n".join([*lines, found.advice()])


def _counted(one: WaveStatus) -> str:
    said = f"{one.count('new')} of {plural(len(one.stands), 'deployment')} as planned"
    removed = sum(stand.removed for stand in one.stands)
    said += f", {removed} no longer there" if removed else ""
    known = [stand for stand in one.stands if stand.running is not None]
    return f"{said}, {sum(bool(stand.running) for stand in known)} running" if known else said


def _targets(found: CampaignStatus) -> str:
    """What the waves are merged into, with its commit, in each repo."""
    if not found.targets:
        return f"{clean(found.onto)} ({found.head[:7]})"
    ontos = {one.onto for one in found.targets}
    if len(found.targets) > _SPELT_OUT and len(ontos) == 1:
        return f"{clean(found.onto)} of {plural(len(found.targets), 'repo')}"
    return ", ".join(f"{clean(one.onto)} of {clean(one.repo)} ({one.head[:7]})" for one in found.targets)


def _where(one: WaveStatus | Standing) -> str:
    if one.state == "proposed" and one.branch:
        return f", on {clean(one.branch)}"
    if one.commit is None:
        return ""
    when = f", {utc(one.time)[:10]}" if one.time is not None else ""
    return f", by {one.commit[:7]} ({clean(one.author, 40)}{when})"


def _is_odd(one: WaveStatus, stand: Stand) -> bool:
    if one.state in ("drifted", "partial"):
        return stand.cell != "new"
    return stand.cell in ("other", "gone") or (stand.running is False and one.state == "merged")


def _stands(stand: Stand) -> str:
    words = {
        "old": "has the old values",
        "other": "has other values",
        "gone": "is not there",
        "new": "does not run with the planned values yet",
    }
    return f"{words[stand.cell]}{f', {stand.was}' if stand.was else ''}"


def status_json(found: CampaignStatus) -> str:
    """Where each wave stands, as plain data; see `schema wave-status`."""
    upcoming = found.next
    return dump(
        {
            "schema": SCHEMA,
            "campaign": found.campaign.id,
            "plan": str(found.campaign.plan.path),
            "onto": found.onto,
            "commit": found.head,
            "repos": [{"repo": one.repo, "onto": one.onto, "commit": one.head} for one in found.targets],
            "asked": found.asked or None,
            "waves": [_wave_object(one) for one in found.waves],
            "next": {"wave": upcoming.wave.name if upcoming else None, "advice": found.advice()},
        }
    )


def _wave_object(one: WaveStatus) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.wave.name,
        "branch": one.wave.branch,
        "state": one.state,
        **_made(one),
        "repos": [{"repo": part.repo, "state": part.state, **_made(part)} for part in one.repos],
        "deployments": [
            {
                "id": stand.deployment,
                "values": stand.cell,
                "running": stand.running,
                "was": stand.was or None,
                "removed": stand.removed,
            }
            for stand in one.stands
        ],
    }


def _made(one: WaveStatus | Standing) -> dict[str, Any]:
    """By which commit a wave was merged, and where it is proposed."""
    date = utc(one.time) if one.time is not None else None
    return {"commit": one.commit, "author": one.author, "date": date, "proposed_on": one.branch}


def status_markdown(found: CampaignStatus) -> str:
    """Where each wave stands, as a comment."""
    rows = [
        (str(one.number), one.wave.name, f"{one.state}: {STATES[one.state]}", _counted(one), _commits(one))
        for one in found.waves
    ]
    odd = [
        (one.wave.name, stand.deployment, _stands(stand))
        for one in found.waves
        for stand in one.stands
        if _is_odd(one, stand)
    ]
    sections = [
        Section("", ("wave", "name", "state", "values", "commit"), rows),
        Section("not as planned", ("wave", "deployment", "how it stands"), odd),
    ]
    return comment("wave", f"Campaign {found.campaign.id} on {clean(found.onto)}; {found.advice()}", sections)


def _commits(one: WaveStatus) -> str:
    """The commits by which a wave was merged, with their repos where there are several."""
    if not one.repos:
        return (one.commit or "")[:12]
    return ", ".join(f"{clean(part.repo)} {part.commit[:12]}" for part in one.repos if part.commit is not None)


STATUS = {"text": status_text, "json": status_json, "markdown": status_markdown}


def pull_request(campaign: Campaign, number: int, wave: Wave, fleet: Fleet) -> str:
    """The text of a wave's pull request: what it is part of, what it changes, and what that does."""
    edits = campaign.edits_of(wave)
    rows = [(one.deployment, one.field, worded(one.old), worded(one.new)) for one in edits]
    told = dict.fromkeys(
        impact_of(one.field, one.old, one.new, fleet.by_id[one.deployment].config)
        for one in edits
        if one.deployment in fleet.by_id
    )
    fields = ", ".join(dict.fromkeys(one.field for one in edits))
    lead = (
        f"Wave {number} of {len(campaign.waves)} ({clean(wave.name)}): {fields} of "
        f"{plural(len(wave.deployments), 'deployment')}."
    )
    after = _after(campaign.waves, number)
    parts = [
        comment("wave", lead, [Section("", ("deployment", "field", "before", "after"), rows)]),
        "\n".join(
            f"* {clean(layer)} is shared: {_others(ids, fleet)}" for layer, ids in campaign.besides(wave).items()
        ),
        "\n".join(f"* {clean(text)}" for text in told if text),
        after,
        "Keep the lines at the end in the merge commit: by them the wave is known after a squash or a rebase.",
        trailers(campaign, wave),
    ]
    return "\n\n".join(part for part in parts if part)


def _others(ids: Sequence[str], fleet: Fleet) -> str:
    """The deployments that a shared layer changes although no edit of the wave was made for them."""
    verb = "changes" if len(ids) == 1 else "change"
    return f"{plural(len(ids), 'other deployment')} {verb} with it, {', '.join(clean(fleet.called(i)) for i in ids)}."


def _after(waves: Sequence[Wave], number: int) -> str:
    before, behind = _names(waves[: number - 1]), _names(waves[number:])
    told = [f"It comes after {before}."] if before else []
    return " ".join([*told, *([f"After it comes {behind}."] if behind else [])])


def _names(waves: Iterable[Wave]) -> str:
    return ", ".join(clean(one.name) for one in waves)
