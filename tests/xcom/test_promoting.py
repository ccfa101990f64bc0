"""Carrying values between environments: by their pattern, back again unchanged, and never a foreign bucket."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rea_xcom_tui.xcom.model import FieldName
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.placeholders import variants
from rea_xcom_tui.xcom.promoting import CannotCarry, End, Surroundings, carry, has_word

STAGING = {"name": "growth-etl", "short": "etl", "team": "growth", "env": "staging"}
PROD = {**STAGING, "env": "prod"}
UUIDS = ("3f0a6c1d-52b7-4e1a-9d0e-6a1c9f2b7e10", "b81d4e6f-0c35-4a92-8f47-d2e6a7c0915b")


def carried(
    field: FieldName, value: str | int | None, own: str | int | None, around: Surroundings | None = None
) -> str | int | None:
    sides = around or Surroundings(
        frozenset({value} if isinstance(value, str) else ()), frozenset({own} if isinstance(own, str) else ())
    )
    return carry(field, End("s", variants(STAGING), value), End("p", variants(PROD), own), sides)


@pytest.mark.parametrize(
    ("field", "value", "own", "made"),
    [
        ("threshold", 65536, 0, 65536),
        ("threshold", None, 0, None),
        ("compression", "zip", None, "zip"),
        ("path", "s3://growth-staging-xcom/etl", "s3://c@growth-prod-xcom/old", "s3://c@growth-prod-xcom/etl"),
        ("path", "s3://growth-staging-xcom/etl", None, "s3://growth-prod-xcom/etl"),
        ("path", "s3://growth-stg-xcom/etl", "s3://growth-production-xcom/old", "s3://growth-production-xcom/etl"),
        ("path", "s3://a_staging@growth-staging-xcom/etl", None, "s3://a_prod@growth-prod-xcom/etl"),
        # a bucket without the environment in its name: the target's own, with the new prefix
        ("path", "s3://sandpit-1/new/etl", "s3://vault-7/old/etl", "s3://vault-7/new/etl"),
        ("path", "s3://sandpit-1", "s3://vault-7/old/etl", "s3://vault-7"),
        (
            "identity",
            "arn:aws:iam::222233334444:role/growth-staging-agent",
            "arn:aws:iam::333344445555:role/old",
            "arn:aws:iam::333344445555:role/growth-prod-agent",
        ),
        ("identity", "a-b-c@growth-staging.iam.gserviceaccount.com", None, "a-b-c@growth-prod.iam.gserviceaccount.com"),
        ("identity", UUIDS[0], UUIDS[1], UUIDS[1]),
        ("connection", "aws_xcom", None, "aws_xcom"),
        ("connection", "xcom_staging", "xcom_prod_old", "xcom_prod"),
    ],
)
def test_what_becomes_of_a_value(field: FieldName, value: str | int, own: str | int, made: str | int) -> None:
    assert carried(field, value, own) == made


@pytest.mark.parametrize(
    ("field", "value", "own", "why"),
    [
        ("path", "s3://sandpit-1/etl", None, "p has no bucket yet"),
        ("path", "gs://sandpit-1/etl", "s3://vault-7/etl", "keeps its values in s3://vault-7"),
        ("identity", "arn:aws:iam::222233334444:role/growth-staging-agent", None, "the account in identity of s"),
        ("identity", UUIDS[0], None, "the client id in identity of s belongs to its own place"),
        ("identity", "shared@sandpit-one.iam.gserviceaccount.com", None, "which belongs to staging"),
    ],
)
def test_what_belongs_to_staging_is_refused(field: FieldName, value: str, own: str | None, why: str) -> None:
    with pytest.raises(CannotCarry, match=why):
        carried(field, value, own)


def test_a_bucket_that_both_environments_use_is_carried_as_it_is() -> None:
    shared = "s3://company-xcom/staging/etl"
    around = Surroundings(frozenset({shared}), frozenset({"s3://company-xcom/prod/other"}))
    assert carried("path", shared, None, around) == "s3://company-xcom/prod/etl"


def test_a_namespace_that_is_made_of_other_names_at_one_end_only_is_no_part_of_a_value() -> None:
    one = End("s", variants({**STAGING, "namespace": "default"}), "s3://growth-staging-xcom/etl")
    other = End("p", variants({**PROD, "namespace": "growth-prod"}), "s3://c@growth-prod-xcom/old")
    around = Surroundings(frozenset({str(one.value)}), frozenset({str(other.value)}))
    assert carry("path", one, other, around) == "s3://c@growth-prod-xcom/etl"
    plain = End("s", {**one.names, "namespace": "growth-staging"}, one.value)
    other = End("p", variants({**PROD, "namespace": "growth"}), "s3://growth-xcom/old")
    assert (
        carry("path", plain, other, Surroundings(target=frozenset({"s3://growth-xcom/old"}))) == "s3://growth-xcom/etl"
    )


def test_a_path_of_another_store_brings_its_connection_and_a_new_one_need_not_come_back() -> None:
    value, own = "s3://aws_xcom@growth-staging-xcom/etl", "abfs://wasb_xcom@xcom/etl"
    assert carried("path", value, own) == "s3://aws_xcom@growth-prod-xcom/etl"
    new = End("crm", variants({**PROD, "name": "crm", "short": "crm"}), None)
    source = End("p", variants(PROD), "s3://growth-prod-xcom/etl")
    with pytest.raises(CannotCarry, match="would not come back"):
        carry("path", source, new, Surroundings())
    assert carry("path", source, new, Surroundings(), both_ways=False) == "s3://growth-prod-xcom/crm"


def test_a_declared_bucket_stays_where_it_is() -> None:
    around = Surroundings(keep_bucket=True)
    own = "s3://c@growth-prod-legacy/old"
    assert carried("path", "s3://growth-staging-xcom/etl", own, around) == "s3://c@growth-prod-legacy/etl"
    with pytest.raises(CannotCarry, match="declared as their environment's own"):
        carried("path", "s3://growth-staging-xcom/etl", None, around)


WORDS = st.sampled_from(("growth", "ledger", "etl", "prod", "crm", "data-eng", "live", "staging", "x1"))
ENVS = st.sampled_from(("dev", "staging", "stage", "prod", "production", "qa", "dr"))
PIECES = st.lists(
    st.sampled_from(("{team}", "{env}", "{name}", "{short}", "xcom", "eu-west-1", "shared")), min_size=1, max_size=3
)


@given(WORDS, WORDS, ENVS, ENVS, PIECES, PIECES, st.booleans())
def test_promote_and_promote_back_is_the_identity(
    team: str, short: str, one: str, other: str, bucket: list[str], prefix: list[str], has_own: bool
) -> None:
    def names(env: str) -> dict[str, str]:
        return dict(variants({"name": f"{team}-{short}", "short": short, "team": team, "env": env}))

    def path(env: str, head: str) -> str:
        return f"{head}{'-'.join(bucket)}/{'/'.join(prefix)}".format_map(names(env))

    value, own = path(one, "s3://"), path(other, "s3://conn@") if has_own else None
    around = Surroundings(frozenset({value}), frozenset({own} if own else ()))
    source, target = End("s", names(one), value), End("t", names(other), own)
    try:
        made = carry("path", source, target, around)
    except CannotCarry:
        return
    assert isinstance(made, str)
    back = carry("path", End("t", names(other), made), source, around.turned())
    assert back == value
    if one != other and parse_path(made).bucket == parse_path(value).bucket:
        assert own is not None
        assert parse_path(own).bucket == parse_path(made).bucket


def test_words_are_words() -> None:
    assert has_word("growth-staging-xcom", ("stage", "staging")) == "staging"
    assert has_word("StagingRole", ("staging",)) == "staging"
    assert has_word("my-pre-prod-role", ("pre-prod",)) == "pre-prod"
    assert has_word("upstaging", ("staging",)) is None
