from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rea_xcom_tui.xcom.drift.patterns import Pattern, generalised, masked
from rea_xcom_tui.xcom.placeholders import variants

NAMES = variants({"name": "billing-etl", "short": "etl", "team": "billing", "env": "prod", "namespace": "ns"})


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("s3://billing-prod-xcom/etl", "s3://{team}-{env}-xcom/{short}"),
        ("s3://billing-prod-xcom/billing-etl", "s3://{team}-{env}-xcom/{name}"),
        ("arn:aws:iam::123456789012:role/billingAgentRole", "arn:aws:iam::123456789012:role/{team}AgentRole"),
        ("arn:aws:iam::123456789012:role/BillingAgent", "arn:aws:iam::123456789012:role/{Team}Agent"),
        ("xcom-prod@billing-project.iam.gserviceaccount.com", "xcom-{env}@{team}-project.iam.gserviceaccount.com"),
        ("s3://rebilling-production/etlx", "s3://rebilling-production/etlx"),
        ("s3://billing/billing/billing", "s3://{team}/{team}/{team}"),
        ("", ""),
    ],
)
def test_a_deployments_names_become_placeholders(value: str, pattern: str) -> None:
    assert generalised(value, NAMES).text == pattern


def test_a_kind_of_name_can_be_left_as_it_stands() -> None:
    names = variants({"namespace": "billing-prod", "team": "billing", "env": "prod"})
    assert generalised("s3://billing-prod-xcom", names).text == "s3://{namespace}-xcom"
    assert generalised("s3://billing-prod-xcom", names, without="namespace").text == "s3://{team}-{env}-xcom"


@given(
    st.text(string.ascii_lowercase + "-/:@.0123456789", max_size=40),
    st.fixed_dictionaries({key: st.text(string.ascii_lowercase, min_size=1, max_size=4) for key in ("team", "env")}),
)
@settings(max_examples=150, deadline=None)
def test_a_generalised_value_renders_back_to_itself(value: str, names: dict[str, str]) -> None:
    offered = variants(names)
    text = f"{names['team']}-{value}/{names['env']}"
    assert generalised(text, offered).render(offered) == text
    assert generalised(text, offered).matches(text, offered) is True


def test_wildcards_stand_for_any_account_uuid_and_region() -> None:
    pattern = Pattern.parse("arn:aws:iam::{account}:role/{team}")
    assert pattern.matches("arn:aws:iam::000000000001:role/billing", NAMES) is True
    assert pattern.matches("arn:aws:iam::00000000001:role/billing", NAMES) is False
    assert pattern.matches("arn:aws:iam::000000000001:role/other", NAMES) is False
    uuid = "59c2e8a4-7f1b-4d63-a0e5-18b3d94f6c2a"
    assert Pattern.parse("{uuid}").matches(uuid.upper(), NAMES) is True
    assert masked(f"b-eu-central-1/{uuid}", ("region", "uuid")) == "b-{region}/{uuid}"
    assert masked("59c2e8a4-7f1b-4d63-a0e5-000000000001 a-000000000001", ("account", "uuid")) == "{uuid} a-{account}"


def test_a_star_in_a_written_pattern_stands_for_anything() -> None:
    pattern = Pattern.parse("s3://*-{env}-*/x")
    assert pattern.matches("s3://a-prod-b/x", NAMES) is True
    assert pattern.matches("s3://a-dev-b/x", NAMES) is False
    assert Pattern.parse("ab*ba").matches("aba", NAMES) is False


def test_a_missing_name_gives_no_verdict() -> None:
    assert Pattern.parse("{team}").matches("billing", {}) is None


def test_what_a_pattern_leaves_open_is_filled_only_from_what_is_known() -> None:
    pattern = Pattern.parse("arn:aws:iam::{account}:role/{team}")
    assert pattern.concrete(NAMES, {}) is None
    assert pattern.concrete(NAMES, {"account": "1"}) == "arn:aws:iam::1:role/billing"
    assert Pattern.parse("{team}-*").concrete(NAMES, {}) is None


@pytest.mark.parametrize("text", ["{tem}", "{team", "team}", "{}", "{{team}}"])
def test_a_pattern_with_a_mistake_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="placeholder"):
        Pattern.parse(text)


def test_the_names_of_forms_are_kept_once_for_all_deployments() -> None:
    one, other = variants({"team": "billing", "name": "etl-01"}), variants({"team": "data_eng", "name": "etl-02"})
    by_name = {name: name for name in one}
    assert all(name is by_name[name] for name in other if name in by_name)
    assert one["team-slug"] is one["team"]
    assert (other["team-slug"], other["TEAM"], other["team-snake"]) == ("data-eng", "DATA_ENG", "data_eng")
