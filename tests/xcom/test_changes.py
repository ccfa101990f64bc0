"""From wanted values to changes, and through the real editor back to the value that was wanted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rea_xcom_tui import values
from rea_xcom_tui.edits import Remove, SetMember, SetText
from rea_xcom_tui.xcom.changes import CannotChange, changes_for
from rea_xcom_tui.xcom.model import FieldName, add_env, add_key
from tests.xcom.trees import (
    AZURE_CONNECTION,
    AZURE_EXAMPLE,
    BACKEND,
    CLIENT_ID,
    COMPRESSION,
    OTHER_ID,
    PATH,
    ROLE,
    S3_EXAMPLE,
    THRESHOLD,
    config,
    env,
)

NOTE = "azure.workload.identity/client-id"
LABEL = "azure.workload.identity/use"
CONNECTION = ("commonEnv", ("name", "AIRFLOW_CONN_WASB_XCOM"), "value")


def address(variable: str) -> tuple[str | tuple[str, str], ...]:
    return ("commonEnv", ("name", variable), "value")


def edited(text: str, field: FieldName, value: str | int | None) -> str:
    """The text after the changes, made by the real editor; the field has the value then, and others keep theirs."""
    before = config(text)
    after = values.edit(text.encode(), changes_for(before, field, value)).decode()
    read = config(after)
    assert (read.fields[field].value, read.fields[field].state) == (value, "unset" if value is None else "set")
    linked = {"path", "connection"} if field in ("path", "connection") else {field}
    for name, reading in before.fields.items():
        if name not in linked:
            assert read.fields[name].value == reading.value
    return after


def changed_lines(before: str, after: str) -> list[str]:
    known = before.splitlines()
    return [line for line in after.splitlines() if line not in known]


def test_set_in_place() -> None:
    assert changes_for(config(S3_EXAMPLE), "threshold", 4096) == (SetText(address(THRESHOLD), "4096"),)
    after = edited(S3_EXAMPLE, "threshold", 4096)
    assert changed_lines(S3_EXAMPLE, after) == ['   value: "4096" # Zero means always store in the object store']


@pytest.mark.parametrize(
    ("field", "value", "change"),
    [
        ("path", "s3://bucket/x", add_env(("commonEnv",), PATH, "s3://bucket/x")),
        ("threshold", 0, add_env(("commonEnv",), THRESHOLD, "0")),
        ("compression", "zip", add_env(("commonEnv",), COMPRESSION, "zip")),
        ("identity", ROLE, add_key(("annotations",), "eks.amazonaws.com/role-arn", ROLE)),
    ],
)
def test_add_what_is_missing(field: FieldName, value: str | int, change: object) -> None:
    text = f"xcomBackend: {BACKEND}\n"
    assert changes_for(config(text), field, value) == (change,)
    edited(text, field, value)


def test_add_the_backend() -> None:
    text = "astroDeploymentAPIURL: https://x.example\n"
    assert changes_for(config(text), "backend", BACKEND) == (add_key((), "xcomBackend", BACKEND),)
    edited(text, "backend", BACKEND)


@pytest.mark.parametrize("empty", ["~", "", '""'])
def test_an_empty_value_is_filled_in_place(empty: str) -> None:
    text = env(PATH, empty)
    assert changes_for(config(text), "path", "s3://bucket/x") == (SetText(address(PATH), "s3://bucket/x"),)
    edited(text, "path", "s3://bucket/x")
    assert changes_for(config(f"xcomBackend: {empty}\n"), "backend", "my.own.C") == (
        SetText(("xcomBackend",), "my.own.C"),
    )


def test_an_entry_without_a_value_gets_one() -> None:
    text = f"xcomBackend: {BACKEND}\ncommonEnv:\n  - name: {PATH}\n"
    assert changes_for(config(text), "path", "s3://b/x") == (add_key(address(PATH)[:-1], "value", "s3://b/x"),)


@pytest.mark.parametrize("field", ["path", "threshold", "compression", "identity", "backend", "connection"])
@pytest.mark.parametrize("text", [S3_EXAMPLE, AZURE_EXAMPLE])
def test_the_value_it_has_is_no_change(text: str, field: FieldName) -> None:
    found = config(text)
    assert changes_for(found, field, found.fields[field].value) == ()


@pytest.mark.parametrize("field", ["path", "threshold", "compression", "identity", "backend", "connection"])
@pytest.mark.parametrize("text", [S3_EXAMPLE, AZURE_EXAMPLE])
def test_unset_and_set_again(text: str, field: FieldName) -> None:
    value = config(text).fields[field].value
    without = edited(text, field, None)
    assert changes_for(config(without), field, None) == ()
    if not (field == "identity" and text == AZURE_EXAMPLE):
        edited(without, field, value)


def test_unset_removes_the_entry() -> None:
    assert changes_for(config(S3_EXAMPLE), "compression", None) == (Remove(address(COMPRESSION)[:-1]),)
    assert changes_for(config(S3_EXAMPLE), "backend", None) == (Remove(("xcomBackend",)),)


def test_an_invalid_value_is_mended_in_place() -> None:
    edited(env(THRESHOLD, '""'), "threshold", 0)
    edited(env(COMPRESSION, "gz"), "compression", "gzip")


def test_every_place_that_agrees_is_changed_alike() -> None:
    text = env(THRESHOLD, '"5"') + f"workers:\n  - name: w\n    env:\n      - name: {THRESHOLD}\n        value: '5'\n"
    after = edited(text, "threshold", 7)
    assert len(changed_lines(text, after)) == 2


def test_the_backend_is_set_where_it_lives() -> None:
    text = (
        f"secretBackend: a.B\ncommonEnv:\n  - name: AIRFLOW__CORE__XCOM_BACKEND\n    value: {BACKEND}\n"
        "  - {name: ASTRO_DEPLOYMENT_ID, value: d}\n"
    )
    assert changes_for(config(text), "backend", "my.own.C") == (
        SetText(address("AIRFLOW__CORE__XCOM_BACKEND"), "my.own.C"),
    )
    edited(text, "backend", "my.own.C")


# -- identity ------------------------------------------------------------------------------------------------------


def test_azure_annotation_and_connection_change_together() -> None:
    assert changes_for(config(AZURE_EXAMPLE), "identity", OTHER_ID) == (
        SetText(("annotations", NOTE), OTHER_ID),
        SetMember(CONNECTION, ("extra", "managed_identity_client_id"), OTHER_ID),
    )
    after = edited(AZURE_EXAMPLE, "identity", OTHER_ID)
    assert after == AZURE_EXAMPLE.replace(CLIENT_ID, OTHER_ID)


def test_azure_without_annotation_gets_it_and_the_label() -> None:
    text = AZURE_EXAMPLE.partition("\nlabels")[0] + "\n"
    assert changes_for(config(text), "identity", OTHER_ID) == (
        SetMember(CONNECTION, ("extra", "managed_identity_client_id"), OTHER_ID),
        add_key(("annotations",), NOTE, OTHER_ID),
        add_key(("labels",), LABEL, "true"),
    )
    after = edited(text, "identity", OTHER_ID)
    assert config(after).azure_label == "true"


def test_a_wrong_label_is_set_right() -> None:
    text = AZURE_EXAMPLE.partition("\nannotations")[0].replace('use: "true"', 'use: "no"') + "\n"
    assert SetText(("labels", LABEL), "true") in changes_for(config(text), "identity", OTHER_ID)
    assert config(edited(text, "identity", OTHER_ID)).azure_label == "true"


def test_setting_the_client_id_settles_a_disagreement_with_the_connection() -> None:
    text = AZURE_EXAMPLE.replace(f'client-id: "{CLIENT_ID}"', f'client-id: "{OTHER_ID}"')
    assert edited(text, "identity", CLIENT_ID) == AZURE_EXAMPLE


def test_both_client_ids_of_a_connection_change() -> None:
    both = AZURE_CONNECTION.replace(
        '\\"workload_identity_tenant_id', f'\\"workload_identity_client_id\\":\\"{CLIENT_ID}\\",\\"w'
    )
    text = AZURE_EXAMPLE.replace(AZURE_CONNECTION, both)
    assert text.count(CLIENT_ID) == 3
    assert edited(text, "identity", OTHER_ID) == text.replace(CLIENT_ID, OTHER_ID)


def test_a_client_id_in_a_uri_cannot_be_changed_alone() -> None:
    text = AZURE_EXAMPLE.replace(AZURE_CONNECTION, f"wasb://acct@?managed_identity_client_id={CLIENT_ID}")
    with pytest.raises(CannotChange, match="line 5 that is not JSON"):
        changes_for(config(text), "identity", OTHER_ID)


def test_service_accounts_are_changed_where_they_are_and_bystanders_stay() -> None:
    other = "arn:aws:iam::123456789012:role/DagProcessor"
    text = env(PATH, "s3://bucket/x") + (
        "serviceAccount:\n"
        f"  workers:\n    annotations:\n      eks.amazonaws.com/role-arn: {ROLE}\n"
        f"  triggerer:\n    annotations:\n      eks.amazonaws.com/role-arn: {ROLE}\n"
        f"  dagProcessor:\n    annotations:\n      eks.amazonaws.com/role-arn: {other}\n"
    )
    new = "arn:aws:iam::123456789012:role/New"
    assert edited(text, "identity", new) == text.replace(ROLE, new)


# -- connection ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "conn_id", "after"),
    [
        ("s3://bucket/x", "aws_x", "s3://aws_x@bucket/x"),
        ("s3://old@bucket/x", "new", "s3://new@bucket/x"),
        ("s3://old@bucket/x", None, "s3://bucket/x"),
        ("s3://user:pw@bucket", "new", "s3://new@bucket"),
    ],
)
def test_a_connection_is_part_of_the_path(path: str, conn_id: str | None, after: str) -> None:
    text = env(PATH, path)
    assert changes_for(config(text), "connection", conn_id) == (SetText(address(PATH), after),)
    assert config(edited(text, "connection", conn_id)).fields["path"].value == after


# -- refusals ------------------------------------------------------------------------------------------------------

TWICE = f"xcomBackend: x.y\ncommonEnv:\n - {{name: {THRESHOLD}, value: '5'}}\n - {{name: {THRESHOLD}, value: '7'}}\n"
SECRET = f"xcomBackend: x.y\ncommonEnv:\n - name: {PATH}\n   valueFrom: {{secretKeyRef: {{name: xcom, key: path}}}}\n"
ROLES = (
    "xcomBackend: x.y\nserviceAccount:\n"
    "  annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::123456789012:role/A'}\n"
    f"annotations: {{eks.amazonaws.com/role-arn: '{ROLE}'}}\n"
)

REFUSALS: list[tuple[str, FieldName, str | int | None, str]] = [
    (TWICE, "threshold", 0, r"lines 3 and 4"),
    (TWICE, "threshold", None, r"lines 3 and 4"),
    (SECRET, "path", "s3://b/x", r"comes from Secret xcom key path \(line 4\)"),
    (SECRET, "path", None, r"Secret xcom key path"),
    (SECRET, "connection", "c", r"part of the path, which comes from Secret xcom key path"),
    (ROLES, "identity", "arn:aws:iam::123456789012:role/B", r"lines 3 and 4"),
    ("xcomBackend: x.y\n", "connection", "c", r"set the path first"),
    (env(PATH, "/local"), "connection", "c", r"set the path first"),
    (env(PATH, "abfss://cont@acct.dfs.core.windows.net/x"), "connection", "c", r"misreads"),
    ("xcomBackend: {type: k8s}\n", "backend", "a.B", r"`xcomBackend` is a mapping.*shape of `xcomBackend` first"),
    ("commonEnv: {A: b}\n", "threshold", 0, r"`commonEnv` is a mapping.*shape of `commonEnv` first"),
    ("commonEnv: [x]\n", "threshold", 0, r"has an entry that is a plain value.*shape of `commonEnv` first"),
    (env(PATH, "s3://b/x") + "commonEnv: []\n", "path", "s3://b/y", r"line 4"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "field", "value", "reason"), REFUSALS)
def test_refusals(text: str, field: FieldName, value: str | int | None, reason: str) -> None:
    with pytest.raises(CannotChange, match=reason):
        changes_for(config(text), field, value)


EDITS: list[tuple[FieldName, str | int | None]] = [
    ("threshold", 7),
    ("threshold", None),
    ("compression", "xz"),
    ("compression", None),
    ("path", "s3://bucket/a"),
    ("path", "gs://c@bucket/b"),
    ("path", None),
    ("backend", "my.own.C"),
    ("connection", "other"),
    ("connection", None),
]
FILES = [S3_EXAMPLE, AZURE_EXAMPLE, f"xcomBackend: {BACKEND}\n", env(PATH, "~"), env(THRESHOLD, "12")]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(FILES), st.lists(st.sampled_from(EDITS), min_size=1, max_size=6))
def test_a_row_of_edits_always_ends_in_the_wanted_values(
    text: str, wanted: list[tuple[FieldName, str | int | None]]
) -> None:
    for field, value in wanted:
        if field == "connection" and config(text).fields["path"].value is None:
            continue
        text = edited(text, field, value)
