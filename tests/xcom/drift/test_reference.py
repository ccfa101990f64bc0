from __future__ import annotations

from rea_xcom_tui.xcom.drift import Cause, Since, Target, gather, majority_deviations
from rea_xcom_tui.xcom.drift.model import Row
from rea_xcom_tui.xcom.drift.reference import component_deviations, deployment_deviations, state_deviations
from rea_xcom_tui.xcom.model import FieldReading, Place
from tests.xcom.drift.rows import fleet, row


def test_another_deployment_is_a_pattern_for_the_others() -> None:
    model = row("model", env="prod", compression="gzip")
    rows: list[Row] = [model, row("a", env="dev", team="crm"), row("b", path="s3://aws_xcom@tmp/b")]
    found = {(d.deployment, d.field): d for d in deployment_deviations(rows, model).deviations}
    assert set(found) == {
        ("dev/crm/a", "compression"),
        ("prod/billing/b", "compression"),
        ("prod/billing/b", "path"),
    }
    assert found["prod/billing/b", "path"].target == Target("s3://aws_xcom@billing-prod-xcom/b")


def test_what_belongs_to_another_cloud_is_told_and_not_compared() -> None:
    rows: list[Row] = [row("model"), row("a", cloud="gcp", path="gs://x/a", identity="a@b.iam.gserviceaccount.com")]
    outcome = deployment_deviations(rows, rows[0])
    assert outcome.deviations == ()
    assert [notice.deployments for notice in outcome.notices] == [("prod/billing/a",)]


def test_a_field_of_the_reference_that_is_no_value_is_told() -> None:
    model = row("model", threshold=FieldReading("threshold", None, "1e6", "invalid"))
    rows: list[Row] = [model, row("a", threshold=7)]
    outcome = deployment_deviations(rows, model)
    assert outcome.deviations == ()
    assert "threshold of prod/billing/model" in outcome.notices[0].text


def test_another_state_is_compared_by_meaning() -> None:
    rows: list[Row] = [row("a", threshold=None), row("b", compression=None), row("new")]
    states = {"prod/billing/a": row("a", threshold=-1).config, "prod/billing/b": row("b").config}
    outcome = state_deviations(rows, states, "HEAD~1", "not in HEAD~1:")
    assert [(d.deployment, d.field, d.expected, d.actual, d.target) for d in outcome.deviations] == [
        ("prod/billing/b", "compression", "zip", None, Target("zip"))
    ]
    assert [notice.text for notice in outcome.notices] == ["not in HEAD~1: 1 deployment: prod/billing/new"]


def test_a_secret_on_one_side_is_a_difference_by_name() -> None:
    secret = FieldReading("threshold", None, "", "reference", reference="Secret x key y")
    rows: list[Row] = [row("a", threshold=secret)]
    same = state_deviations(rows, {"prod/billing/a": rows[0].config}, "x", "y")
    assert same.deviations == ()
    (deviation,) = state_deviations(rows, {"prod/billing/a": row("a").config}, "x", "y").deviations
    assert deviation.actual == "from Secret x key y"


def test_components_that_disagree_are_told_with_their_lines() -> None:
    places = (
        Place(("commonEnv",), 5, 1, "0", 0),
        Place(("workers", 0), 9, 1, "65536", 65536, component="worker big"),
        Place(("triggerer",), 12, 1, "0", 0, component="triggerer"),
    )
    conflict = FieldReading("threshold", 0, "0", "conflict", places[0], places)
    rows: list[Row] = [row("a", threshold=conflict), row("b")]
    (deviation,) = component_deviations(rows).deviations
    assert (deviation.expected, deviation.actual, deviation.target) == ("0", "65536", None)
    assert deviation.reason == "worker big (line 9) counts there, and commonEnv (line 5) for the rest"


def test_places_that_override_each_other_are_told_with_which_one_counts() -> None:
    key = Place(("xcomBackend",), 3, 1, "a.A", "a.A", kind="key")
    variable = Place(("commonEnv",), 7, 1, "b.B", "b.B")
    hidden = Place((), 2, 1, "gzip", "gzip", shadowed=True)
    rows: list[Row] = [
        row("a", backend=FieldReading("backend", "a.A", "a.A", "conflict", key, (key, variable))),
        row("b", compression=FieldReading("compression", None, "gzip", "conflict", hidden, (hidden,))),
    ]
    backend, compression = component_deviations(rows).deviations
    assert backend.reason == "xcomBackend (line 3) counts, and commonEnv (line 7) has no effect"
    assert (compression.expected, compression.actual) == (None, "gzip")
    assert compression.reason.endswith("hides the earlier one (line 2), and nothing sets it in its place")


def causes(rows: list[Row], since: dict[tuple[str, str], Since] | None = None) -> list[Cause]:
    return gather(majority_deviations(rows).deviations, since)


def test_one_cause_is_one_row_whatever_the_letters() -> None:
    role = "arn:aws:iam::123456789012:role/shared"
    rows: list[Row] = [*[r for team in ("billing", "crm") for r in fleet(9, team=team)]]
    rows += [row(f"s{n}", team=team, identity=role) for team in ("billing", "crm") for n in range(2)]
    rows += [row("t", path="s3://aws_xcom@tmp-xcom/t"), row("u", path="s3://aws_xcom@tmp-xcom/u")]
    found = causes(rows)
    assert [(c.field, c.actual, len(c.deployments)) for c in found] == [
        ("path", "s3://tmp-xcom/{short}", 2),
        ("identity", role, 4),
    ]
    assert found[1].groups == ("prod/aws",)


def test_causes_are_ranked_by_severity_then_reach_then_age() -> None:
    rows: list[Row] = [*fleet(40), row("a", compression="xz"), row("b", threshold=9), row("c", backend="x.y.Z")]
    old, new = Since("a" * 40, "Ana", "2025-01-01T00:00:00+02:00"), Since("b" * 40, "Tom", "2026-01-01T00:00:00+00:00")
    since: dict[tuple[str, str], Since] = {
        ("prod/billing/a", "compression"): old,
        ("prod/billing/b", "threshold"): new,
    }
    assert [cause.field for cause in causes(rows, since)] == ["backend", "threshold", "compression"]
    rows += [row("d", threshold=8), row("e", threshold=8)]
    found = [(cause.actual, cause.since) for cause in causes(rows, since) if cause.field == "threshold"]
    assert found == [(8, None), (9, new)]
    since["prod/billing/d", "threshold"] = old
    rows += [row("f", threshold=9)]
    found = [(cause.actual, cause.since) for cause in causes(rows, since) if cause.field == "threshold"]
    assert found == [(8, old), (9, new)]


def test_the_very_same_text_is_no_difference_whatever_its_pattern() -> None:
    rows: list[Row] = [row("model", identity="arn:aws:iam::123456789012:role/modelAgent")]
    rows.append(row("a", identity="arn:aws:iam::123456789012:role/modelAgent"))
    rows.append(row("b", identity="arn:aws:iam::123456789012:role/bAgent"))
    assert deployment_deviations(rows, rows[0]).deviations == ()
