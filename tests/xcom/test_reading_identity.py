"""Identities at every level the chart takes them, and the client id inside an Azure connection."""

from __future__ import annotations

import pytest

from rea_xcom_tui.xcom.model import State
from tests.xcom.trees import AZURE_EXAMPLE, BACKEND, CLIENT_ID, OTHER_ID, PATH, ROLE, config, env, field

S3 = env(PATH, "s3://bucket/x")
OTHER_ROLE = "arn:aws:iam::123456789012:role/Other"
KEY = "eks.amazonaws.com/role-arn"


def note(role: str) -> str:
    return f'annotations: {{{KEY}: "{role}"}}'


CASES: dict[str, tuple[str, State, str | None, int]] = {
    "top level": (note(ROLE), "set", ROLE, 1),
    "all service accounts": (f"serviceAccount: {{{note(ROLE)}}}", "set", ROLE, 1),
    "the workers' account": (f"serviceAccount: {{workers: {{{note(ROLE)}}}}}", "set", ROLE, 1),
    "one worker's account": (f"workers: [{{name: w, serviceAccount: {{{note(ROLE)}}}}}]", "set", ROLE, 1),
    "the dag processor's alone": (f"serviceAccount: {{dagProcessor: {{{note(ROLE)}}}}}", "set", ROLE, 1),
    "another role for the dag processor": (
        f"serviceAccount: {{{note(ROLE)}, dagProcessor: {{{note(OTHER_ROLE)}}}}}", "set", ROLE, 2,
    ),
    "workers and triggerer alike": (
        f"serviceAccount: {{workers: {{{note(ROLE)}}}, triggerer: {{{note(ROLE)}}}}}", "set", ROLE, 2,
    ),
    "workers and triggerer differ": (
        f"serviceAccount: {{workers: {{{note(ROLE)}}}, triggerer: {{{note(OTHER_ROLE)}}}}}", "conflict", ROLE, 2,
    ),
    "the general one is overridden everywhere": (
        f"serviceAccount: {{{note(OTHER_ROLE)}, workers: {{{note(ROLE)}}}, triggerer: {{{note(ROLE)}}}}}",
        "set", ROLE, 3,
    ),
    "the triggerer keeps the general one": (
        f"serviceAccount: {{{note(OTHER_ROLE)}, workers: {{{note(ROLE)}}}}}", "conflict", ROLE, 2,
    ),
    "top level and account differ": (f"{note(ROLE)}\nserviceAccount: {{{note(OTHER_ROLE)}}}", "conflict", ROLE, 2),
    "two blocks": (f"{note(ROLE)}\n{note(OTHER_ROLE)}", "conflict", OTHER_ROLE, 2),
    "two blocks alike": (f"{note(ROLE)}\n{note(ROLE)}", "set", ROLE, 2),
    "the last block has none": (f"{note(ROLE)}\nannotations: {{}}", "conflict", None, 1),
    "one key twice": (f'annotations:\n  {KEY}: "{ROLE}"\n  {KEY}: "{OTHER_ROLE}"', "conflict", OTHER_ROLE, 2),
    "malformed": (note("arn:aws:iam::123:role/X"), "invalid", "arn:aws:iam::123:role/X", 1),
    "a placeholder": (note("arn:aws:iam::<ID>:role/X"), "invalid", "arn:aws:iam::<ID>:role/X", 1),
    "null": (f"annotations: {{{KEY}: ~}}", "unset", None, 1),
    "none": ("annotations: {}", "unset", None, 0),
    "by a merge": (f"x-notes: &n {{{KEY}: {ROLE}}}\nannotations: {{<<: *n}}", "set", ROLE, 1),
}  # fmt: skip


@pytest.mark.parametrize(("text", "state", "value", "count"), CASES.values(), ids=CASES)
def test_levels(text: str, state: State, value: str | None, count: int) -> None:
    reading = field(S3 + text + "\n", "identity")
    assert (reading.state, reading.value, len(reading.places)) == (state, value, count)
    assert (reading.problem is not None) == (state in ("conflict", "invalid"))


def test_the_path_decides_whose_identity_counts() -> None:
    both = (
        f"annotations:\n  iam.gke.io/gcp-service-account: sa-name@project-1.iam.gserviceaccount.com\n  {KEY}: {ROLE}\n"
    )
    assert field(S3 + both, "identity").value == ROLE
    google = field(env(PATH, "gs://bucket/x") + both, "identity")
    assert google.value == "sa-name@project-1.iam.gserviceaccount.com"
    assert len(google.places) == 2


def test_an_identity_of_another_cloud_is_still_shown() -> None:
    reading = field(env(PATH, "gs://bucket/x") + note(ROLE) + "\n", "identity")
    assert (reading.state, reading.value) == ("set", ROLE)


def test_the_client_id_in_the_connection_alone() -> None:
    reading = field(AZURE_EXAMPLE.partition("annotations")[0], "identity")
    assert (reading.state, reading.value) == ("set", CLIENT_ID)
    assert reading.place is not None
    assert (reading.place.kind, reading.place.line) == ("json", 5)


def test_annotation_and_connection_differ() -> None:
    text = AZURE_EXAMPLE.replace(f'client-id: "{CLIENT_ID}"', f'client-id: "{OTHER_ID}"')
    reading = field(text, "identity")
    assert (reading.state, reading.value) == ("conflict", OTHER_ID)
    assert reading.problem == "The annotation at line 19 names a different client id than the connection at line 5."


def test_the_case_of_a_client_id_does_not_matter() -> None:
    lower, upper = "aaaaaaaa-2222-3333-4444-555555555555", "AAAAAAAA-2222-3333-4444-555555555555"
    text = AZURE_EXAMPLE.replace(f'client-id: "{CLIENT_ID}"', f'client-id: "{upper}"').replace(CLIENT_ID, lower)
    assert field(text, "identity").state == "set"


def test_connections_that_the_path_does_not_use_have_no_say() -> None:
    text = AZURE_EXAMPLE.replace("abfs://wasb_xcom@", "abfs://other@").replace(
        f'client-id: "{CLIENT_ID}"', f'client-id: "{OTHER_ID}"'
    )
    assert field(text, "identity").state == "set"


def test_the_label() -> None:
    base = f"xcomBackend: {BACKEND}\n"
    assert config(base).azure_label is None
    assert config(base + "labels: {azure.workload.identity/use: true}\n").azure_label == "true"
    assert config(base + 'labels: {azure.workload.identity/use: "no"}\n').azure_label == "no"
