"""Which deployments of a plan change together, and what a plan's file has to say of its waves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.actions.planfile import PlannedEdit, SavedPlan
from rea_xcom_tui.fleet.campaign.standing import CampaignStatus, Target
from rea_xcom_tui.fleet.campaign.waves import Campaign, campaign_of, cut
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.reports.waves import status_text


@dataclass
class Row:
    """As much of a deployment as waves look at."""

    id: str
    env: str | None
    cloud: str = "aws"
    config: SimpleNamespace = field(init=False)

    def __post_init__(self) -> None:
        self.config = SimpleNamespace(cloud=self.cloud)


ROWS = [
    Row("p1", "prod"), Row("p2", "prod", "gcp"), Row("q", "qa"), Row("d1", "dev"), Row("d2", "dev", "gcp"),
    Row("d3", "dev"), Row("x", None),
]  # fmt: skip
FLEET = cast(Fleet, SimpleNamespace(by_id={row.id: row for row in ROWS}))


def plan(*ids: str, layers: dict[str, str] | None = None, campaign: Any = None) -> SavedPlan:
    edits = tuple(PlannedEdit(id_, "threshold", 1, 0, "0", layer=(layers or {}).get(id_, "")) for id_ in ids)
    return SavedPlan(Path("plan.json"), {}, edits, "head", campaign)


ALL = plan(*(row.id for row in ROWS))


def waves(campaign: Campaign) -> list[tuple[str, tuple[str, ...]]]:
    return [(wave.name, wave.deployments) for wave in campaign.waves]


def test_environments_come_in_the_order_in_which_a_change_walks() -> None:
    assert waves(cut(FLEET, ALL, "env")) == [
        ("dev", ("d1", "d2", "d3")),
        ("qa", ("q",)),
        ("no environment", ("x",)),
        ("prod", ("p1", "p2")),
    ]


def test_growing_parts_and_canaries_with_the_rest() -> None:
    assert [(name, len(ids)) for name, ids in waves(cut(FLEET, ALL, "percent", steps=(1, 2, 50, 100)))] == [
        ("1%", 1), ("50%", 3), ("100%", 3),
    ]  # fmt: skip
    assert waves(cut(FLEET, ALL, "canary"))[0] == ("canary", ("d1", "d2"))
    assert waves(cut(FLEET, plan("d1"), "canary")) == [("canary", ("d1",))]
    with pytest.raises(ToolError, match="no deployment of the plan is a canary"):
        cut(FLEET, ALL, "canary", canary={"elsewhere"})


def test_who_shares_a_layer_is_in_the_wave_of_the_first_of_them() -> None:
    shared = plan("p1", "p2", "q", "d1", layers={"p1": "base.yaml", "d1": "base.yaml", "q": "qa.yaml", "p2": "qa.yaml"})
    assert waves(cut(FLEET, shared, "env"))[:2] == [("dev", ("d1", "p1")), ("qa", ("q", "p2"))]


@pytest.mark.parametrize(
    ("ids", "why"),
    [
        ((), "has no edit, so there is nothing to cut"),
        (("gone",), "1 deployment of the plan is not in this fleet, such as gone"),
        (("gone", "lost"), "2 deployments of the plan are not in this fleet"),
    ],
)
def test_a_plan_that_cannot_be_cut_says_why(ids: tuple[str, ...], why: str) -> None:
    with pytest.raises(ToolError, match=why):
        cut(FLEET, plan(*ids), "env")


def test_a_campaign_reads_back_as_it_was_kept_and_a_wave_has_a_name_and_a_number() -> None:
    made = cut(FLEET, ALL, "env")
    again = campaign_of(replace(ALL, campaign=made.as_data()))
    assert (again.id, again.by, again.waves) == (made.id, "env", made.waves)
    assert again.wave("qa") == again.wave("2")
    assert [edit.deployment for edit in again.edits_of(again.wave("2")[1])] == ["q"]
    with pytest.raises(ToolError, match="the plan has no wave 'uat'; its waves are dev, qa"):
        again.wave("uat")


@pytest.mark.parametrize(
    ("campaign", "why"),
    [
        (None, "is not cut into waves"),
        ({"id": 5, "waves": []}, "cannot be read"),
        ({"id": "a", "waves": {}}, "cannot be read"),
        ({"id": "a", "waves": [{"name": "x", "branch": 1, "deployments": []}]}, "cannot be read"),
        ({"id": "a", "waves": [{"name": "x", "branch": "b", "deployments": [1]}]}, "cannot be read"),
        ({"id": "a", "waves": [{"name": "x", "branch": "b", "deployments": ["q", "q"]}]}, "q is in two waves"),
        ({"id": "a", "waves": [{"name": "x", "branch": "b", "deployments": ["p1"]}]}, "p1 is in the plan or in a wave"),
        (
            {
                "id": "a",
                "waves": [
                    {"name": "x", "branch": "b", "deployments": ["q"]},
                    {"name": "x", "branch": "c", "deployments": []},
                ],
            },
            "two waves have the same name",
        ),
    ],
)
def test_waves_that_do_not_fit_their_plan_are_refused(campaign: Any, why: str) -> None:
    with pytest.raises(ToolError, match=why):
        campaign_of(plan("q", campaign=campaign))


def test_many_repos_are_counted_where_the_waves_are_merged_into_the_same_branch() -> None:
    made = cut(FLEET, ALL, "env")

    def said(*targets: Target) -> str:
        return status_text(CampaignStatus(made, "origin/main", "", (), targets=targets)).splitlines()[0]

    few = [Target(f"r{number}", "origin/main", f"{number}" * 40) for number in range(6)]
    assert said(*few[:2]) == f"campaign {made.id} on origin/main of r0 (0000000), origin/main of r1 (1111111)"
    assert said(*few) == f"campaign {made.id} on origin/main of 6 repos"
    assert "trunk of other (9999999)" in said(*few, Target("other", "trunk", "9" * 40))
