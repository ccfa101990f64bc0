"""The six fields of a values file, their states and their places."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rea_xcom_tui.xcom.model import FIELDS, FieldName, State
from tests.xcom.trees import (
    AZURE_CONNECTION,
    AZURE_EXAMPLE,
    BACKEND,
    CLIENT_ID,
    COMPRESSION,
    PATH,
    ROLE,
    S3_EXAMPLE,
    THRESHOLD,
    config,
    env,
    field,
)


def test_the_vendors_s3_example() -> None:
    found = config(S3_EXAMPLE)
    assert {name: found.fields[name].value for name in FIELDS} == {
        "backend": BACKEND,
        "path": "s3://my_aws@team-bucket/xcom",
        "threshold": 0,
        "compression": "zip",
        "identity": ROLE,
        "connection": "my_aws",
    }
    assert {found.fields[name].state for name in FIELDS} == {"set"}
    assert found.cloud == "aws"
    assert found.fields["connection"].type is None
    place = found.fields["threshold"].place
    assert place is not None
    assert (place.line, place.column, place.raw, place.value) == (7, 11, "0", 0)
    assert place.address == ("commonEnv", ("name", THRESHOLD), "value")


def test_the_vendors_azure_example() -> None:
    found = config(AZURE_EXAMPLE)
    assert {name: found.fields[name].value for name in FIELDS} == {
        "backend": BACKEND,
        "path": "abfs://wasb_xcom@container/path",
        "threshold": 0,
        "compression": "zip",
        "identity": CLIENT_ID,
        "connection": "wasb_xcom",
    }
    assert {found.fields[name].state for name in FIELDS} == {"set"}
    assert (found.cloud, found.azure_label) == ("azure", "true")
    assert found.fields["connection"].type == "azure"
    kinds = {(place.kind, place.pointer) for place in found.fields["identity"].places}
    assert kinds == {("annotation", ()), ("json", ("extra", "managed_identity_client_id"))}


def test_an_untouched_download_has_a_backend_and_nothing_else() -> None:
    found = config(
        f"""\
        resourceNamePrefix: aws-re-dr
        namespace: agents
        image: images.astronomer.cloud/baseimages/astro-remote-execution-agent:3.2-2-python-3.13-astro-agent-1.6.0
        xcomBackend: {BACKEND}
        # commonEnv: [{{name: {PATH}, value: s3://no/no}}]
        commonEnv: [{{"name":"ASTRO_DEPLOYMENT_ID","value":"d"}}]
        annotations: {{}}
        """
    )
    states = {name: reading.state for name, reading in found.fields.items()}
    assert states.pop("backend") == "set"
    assert set(states.values()) == {"unset"}
    assert (found.cloud, found.prefix, found.namespace) == ("none", "aws-re-dr", "agents")
    assert (found.airflow, found.agent) == ((3, 2), (1, 6, 0))


VALUES: list[tuple[FieldName, str, str, State, str | int | None]] = [
    ("threshold", THRESHOLD, '"1048576"', "set", 1048576),
    ("threshold", THRESHOLD, "1048576", "set", 1048576),
    ("threshold", THRESHOLD, "0x10", "set", 16),
    ("threshold", THRESHOLD, "-1", "set", -1),
    ("threshold", THRESHOLD, '" 10 "', "set", 10),
    ("threshold", THRESHOLD, '"1_000"', "set", 1000),
    ("threshold", THRESHOLD, '""', "invalid", None),
    ("threshold", THRESHOLD, "~", "invalid", None),
    ("threshold", THRESHOLD, "true", "invalid", None),
    ("threshold", THRESHOLD, '"10MB"', "invalid", None),
    ("threshold", THRESHOLD, "{a: 1}", "invalid", None),
    ("threshold", THRESHOLD, '"$HOME"', "invalid", None),
    ("compression", COMPRESSION, "zip", "set", "zip"),
    ("compression", COMPRESSION, "zstd", "set", "zstd"),
    ("compression", COMPRESSION, '""', "unset", None),
    ("compression", COMPRESSION, "~", "unset", None),
    ("compression", COMPRESSION, "gz", "invalid", None),
    ("compression", COMPRESSION, "no", "invalid", None),
    ("path", PATH, "s3://b/x", "set", "s3://b/x"),
    ("path", PATH, "/local/dir", "set", "/local/dir"),
    ("path", PATH, '""', "unset", None),
    ("path", PATH, "~", "unset", None),
    ("path", PATH, "", "unset", None),
    ("path", PATH, "wasb://c@b/x", "invalid", "wasb://c@b/x"),
    ("path", PATH, "s3:/b/x", "invalid", "s3:/b/x"),
    ("path", PATH, "ENC[AES256_GCM,data:x,type:str]", "reference", None),
]


@pytest.mark.parametrize(("name", "variable", "value", "state", "expected"), VALUES)
def test_a_value_has_the_state_airflow_gives_it(
    name: FieldName, variable: str, value: str, state: State, expected: str | int | None
) -> None:
    reading = field(env(variable, value), name)
    assert (reading.state, reading.value) == (state, expected)
    assert reading.place is not None, "the place is kept, so that an edit sets it there"
    assert reading.place.address == ("commonEnv", ("name", variable), "value")
    assert (reading.problem is None) == (state != "invalid")


def test_an_entry_without_a_value_is_empty_and_has_the_entrys_address() -> None:
    text = f"xcomBackend: {BACKEND}\ncommonEnv:\n  - name: {PATH}\n"
    reading = field(text, "path")
    assert reading.state == "unset"
    assert reading.place is not None
    assert reading.place.address == ("commonEnv", ("name", PATH))


@pytest.mark.parametrize(
    ("source", "reference"),
    [
        ("secretKeyRef: {name: xcom, key: path}", "Secret xcom key path"),
        ("configMapKeyRef: {name: cm, key: k}", "ConfigMap cm key k"),
        ("fieldRef: {fieldPath: metadata.namespace}", "field metadata.namespace"),
        ("resourceFieldRef: {resource: limits.memory}", "resource limits.memory"),
        ("secretKeyRef: x", "Secret ? key ?"),
    ],
)
def test_value_from_is_a_reference(source: str, reference: str) -> None:
    text = f"xcomBackend: {BACKEND}\ncommonEnv:\n  - name: {PATH}\n    valueFrom: {{{source}}}\n"
    found = config(text)
    assert (found.fields["path"].state, found.fields["path"].value) == ("reference", None)
    assert found.fields["path"].reference == reference
    assert found.fields["connection"].state == "reference"
    assert found.cloud == "other"


def test_value_and_value_from_together_are_a_conflict() -> None:
    text = (
        f"xcomBackend: {BACKEND}\ncommonEnv:\n  - name: {PATH}\n    value: s3://b/x\n"
        "    valueFrom: {secretKeyRef: {name: a, key: b}}\n"
    )
    assert field(text, "path").state == "conflict"


def test_kubernetes_expands_variables_defined_before() -> None:
    text = f"""\
        xcomBackend: {BACKEND}
        commonEnv:
          - {{name: BUCKET, value: team-bucket}}
          - {{name: SECRET, valueFrom: {{secretKeyRef: {{name: a, key: b}}}}}}
          - {{name: {PATH}, value: "s3://$(BUCKET)/$(UNKNOWN)/$$(BUCKET)"}}
          - {{name: {THRESHOLD}, value: "$(SECRET)"}}
        """
    assert field(text, "path").value == "s3://team-bucket/$(UNKNOWN)/$(BUCKET)"
    assert field(text, "threshold").reference == "variable SECRET"


def test_a_threshold_from_a_known_variable_of_the_shell_kind_is_a_reference() -> None:
    text = f"xcomBackend: x.y\ncommonEnv:\n  - {{name: T, value: '5'}}\n  - {{name: {THRESHOLD}, value: '${{T}}'}}\n"
    assert (field(text, "threshold").state, field(text, "threshold").reference) == ("reference", "variable T")


CONFLICTS: dict[str, tuple[str, FieldName, State, str | int | None, list[int]]] = {
    "twice in one list, the last counts": (
        f"commonEnv:\n - {{name: {THRESHOLD}, value: '5'}}\n - {{name: {THRESHOLD}, value: '7'}}\n",
        "threshold", "conflict", 7, [3, 4],
    ),
    "twice in one list alike": (
        f"commonEnv:\n - {{name: {THRESHOLD}, value: '5'}}\n - {{name: {THRESHOLD}, value: '05'}}\n",
        "threshold", "set", 5, [3, 4],
    ),
    "two kinds of never": (
        f"commonEnv:\n - {{name: {THRESHOLD}, value: '-1'}}\n - {{name: {THRESHOLD}, value: '-2'}}\n",
        "threshold", "set", -2, [3, 4],
    ),
    "two blocks, the first is lost": (
        f"commonEnv:\n - {{name: {PATH}, value: 's3://a/x'}}\ncommonEnv:\n - {{name: {PATH}, value: 's3://b/x'}}\n",
        "path", "conflict", "s3://b/x", [3, 5],
    ),
    "two blocks that say the same": (
        f"commonEnv:\n - {{name: {PATH}, value: 's3://a/x'}}\ncommonEnv:\n - {{name: {PATH}, value: 's3://a/x'}}\n",
        "path", "set", "s3://a/x", [3, 5],
    ),
    "only the lost block sets it": (
        f"commonEnv:\n - {{name: {PATH}, value: 's3://a/x'}}\ncommonEnv: []\n",
        "path", "conflict", None, [3],
    ),
    "a worker's own env": (
        f"commonEnv:\n - {{name: {THRESHOLD}, value: '5'}}\n"
        f"workers:\n - name: big\n   env: [{{name: {THRESHOLD}, value: '9'}}]\n",
        "threshold", "conflict", 5, [3, 6],
    ),
    "a worker's own env alike": (
        f"commonEnv:\n - {{name: {THRESHOLD}, value: '5'}}\nworkers:\n - env: [{{name: {THRESHOLD}, value: '5'}}]\n",
        "threshold", "set", 5, [3, 5],
    ),
    "the triggerer's own env": (
        f"commonEnv:\n - {{name: {COMPRESSION}, value: zip}}\n"
        f"triggerer:\n  env: [{{name: {COMPRESSION}, value: xz}}]\n",
        "compression", "conflict", "zip", [3, 5],
    ),
    "a component alone": (
        f"dagProcessor:\n  env: [{{name: {COMPRESSION}, value: zip}}]\n",
        "compression", "set", "zip", [3],
    ),
    "a value twice in one entry": (
        f"commonEnv:\n - name: {THRESHOLD}\n   value: '5'\n   value: '7'\n",
        "threshold", "conflict", 7, [4, 5],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "name", "state", "value", "places"), CONFLICTS.values(), ids=CONFLICTS)
def test_several_places(text: str, name: FieldName, state: State, value: str | int | None, places: list[int]) -> None:
    reading = field(f"xcomBackend: {BACKEND}\n{text}", name)
    assert (reading.state, reading.value) == (state, value)
    assert [place.line for place in reading.places] == places
    if state == "conflict":
        assert reading.problem is not None
        assert all(str(line) in reading.problem for line in places)


def test_what_a_later_block_hides_has_no_address() -> None:
    text = f"xcomBackend: x.y\ncommonEnv:\n - {{name: {PATH}, value: a}}\ncommonEnv:\n - {{name: {PATH}, value: b}}\n"
    first, last = field(text, "path").places
    assert (first.shadowed, first.address) == (True, ())
    assert (last.shadowed, last.address) == (False, ("commonEnv", ("name", PATH), "value"))


def test_names_that_stand_twice_are_addressed_by_index() -> None:
    text = f"xcomBackend: x.y\ncommonEnv:\n - {{name: {PATH}, value: a}}\n - {{name: {PATH}, value: b}}\n"
    assert [place.address for place in field(text, "path").places] == [
        ("commonEnv", 0, "value"),
        ("commonEnv", 1, "value"),
    ]


def test_workers_are_addressed_by_name_where_it_is_unique() -> None:
    text = f"""\
        xcomBackend: x.y
        workers:
          - {{name: a, env: [{{name: {PATH}, value: s3://b/x}}]}}
          - {{name: b, env: [{{name: {PATH}, value: s3://b/x}}]}}
          - {{env: [{{name: {PATH}, value: s3://b/x}}]}}
        """
    reading = field(text, "path")
    assert [place.component for place in reading.places] == ["worker a", "worker b", "worker 3"]
    assert [place.address[1] for place in reading.places] == [("name", "a"), ("name", "b"), 2]
    assert reading.state == "set"


BACKENDS: dict[str, tuple[str, State, str | None]] = {
    "the key": (f"xcomBackend: {BACKEND}", "set", BACKEND),
    "the variable": (f"commonEnv: [{{name: AIRFLOW__CORE__XCOM_BACKEND, value: {BACKEND}}}]", "set", BACKEND),
    "an empty key beside the variable": (
        f"xcomBackend: ~\ncommonEnv: [{{name: AIRFLOW__CORE__XCOM_BACKEND, value: {BACKEND}}}]",
        "set",
        BACKEND,
    ),
    "both alike": (
        f"xcomBackend: {BACKEND}\ncommonEnv: [{{name: AIRFLOW__CORE__XCOM_BACKEND, value: {BACKEND}}}]",
        "set",
        BACKEND,
    ),
    "both, different": (
        f"xcomBackend: {BACKEND}\ncommonEnv: [{{name: AIRFLOW__CORE__XCOM_BACKEND, value: my.Own}}]",
        "conflict",
        BACKEND,
    ),
    "the key twice": ("xcomBackend: my.One\nxcomBackend: my.Two", "conflict", "my.Two"),
    "null": ("xcomBackend: ~", "unset", None),
    "empty": ('xcomBackend: ""', "unset", None),
    "a variable's name": ("xcomBackend: AIRFLOW__CORE__XCOM_BACKEND", "invalid", "AIRFLOW__CORE__XCOM_BACKEND"),
    "a mapping": ("xcomBackend: {type: k8s}", "invalid", None),
    "a class of one's own": ("xcomBackend: my.own.Backend", "set", "my.own.Backend"),
}


@pytest.mark.parametrize(("text", "state", "value"), BACKENDS.values(), ids=BACKENDS)
def test_backend(text: str, state: State, value: str | None) -> None:
    reading = field(text + "\n", "backend")
    assert (reading.state, reading.value) == (state, value)


def connection_file(path: str, *entries: str) -> str:
    lines = [f"  - {{name: {PATH}, value: '{path}'}}", *(f"  - {entry}" for entry in entries)]
    return f"xcomBackend: {BACKEND}\ncommonEnv:\n" + "\n".join(lines) + "\n"


CONNECTIONS: dict[str, tuple[str, State, str | None, str | None]] = {
    "no id": (connection_file("s3://b/x"), "unset", None, None),
    "defined elsewhere": (connection_file("s3://c@b/x"), "set", "c", None),
    "defined here": (
        connection_file("s3://Aws_X@b/x", "{name: AIRFLOW_CONN_AWS_X, value: 'aws://'}"), "set", "Aws_X", "aws",
    ),
    "lower case is never found": (
        connection_file("s3://c@b/x", "{name: AIRFLOW_CONN_c, value: 'aws://'}"), "set", "c", None,
    ),
    "by a Secret": (
        connection_file("s3://c@b/x", "{name: AIRFLOW_CONN_C, valueFrom: {secretKeyRef: {name: a, key: b}}}"),
        "set", "c", None,
    ),
    "not JSON": (
        connection_file("s3://c@b/x", "{name: AIRFLOW_CONN_C, value: '{\"conn_type\":'}"), "invalid", "c", None,
    ),
    "defined twice": (
        connection_file("s3://c@b/x", "{name: AIRFLOW_CONN_C, value: 'aws://'}", "{name: AIRFLOW_CONN_C, value: 'gcs://'}"),
        "conflict", "c", "gcs",
    ),
    "two paths": (
        connection_file("s3://c@b/x", f"{{name: {PATH}, value: 's3://d@b/x'}}"), "conflict", "d", None,
    ),
    "two paths with one id": (
        connection_file("s3://c@b/x", f"{{name: {PATH}, value: 's3://c@b/y'}}"), "set", "c", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "state", "value", "kind"), CONNECTIONS.values(), ids=CONNECTIONS)
def test_connection(text: str, state: State, value: str | None, kind: str | None) -> None:
    reading = field(text, "connection")
    assert (reading.state, reading.value, reading.type) == (state, value, kind)


def test_no_reading_holds_a_secret() -> None:
    secret = AZURE_CONNECTION.replace('"login":"acct"', '"login":"acct","password":"hunter2"')
    text = AZURE_EXAMPLE.replace(AZURE_CONNECTION, secret)
    found = config(text)
    assert "hunter2" in text
    assert "hunter2" not in repr(found)
    broken = config(text.replace('"conn_type"', '"type"'))
    assert broken.fields["connection"].state == "invalid"
    assert "hunter2" not in repr(broken)


ODD: list[Callable[[str], str]] = [
    lambda text: f"xcomBackend: x.y\n{text}: 5\n",
    lambda text: f"xcomBackend: x.y\n{text}: [1, [2], {{a: b}}, ~, {{name: 5}}, {{name: [x]}}, {{value: v}}]\n",
    lambda text: f"xcomBackend: x.y\n{text}: {{a: [b], name: {{c: d}}, annotations: 5, env: 7, workers: x}}\n",
    lambda text: f"xcomBackend: x.y\n{text}: {{workers: [1], annotations: [x], env: {{a: b}}, serviceAccount: ~}}\n",
]


@pytest.mark.parametrize("make", ODD)
@pytest.mark.parametrize(
    "key",
    [
        "commonEnv",
        "workers",
        "dagProcessor",
        "triggerer",
        "serviceAccount",
        "annotations",
        "labels",
        "image",
        "sentinel",
    ],
)
def test_odd_shapes_are_read_without_a_crash(key: str, make: Callable[[str], str]) -> None:
    found = config(make(key))
    assert found.fields["backend"].value == "x.y"
    assert found.fields["path"].state == "unset"
