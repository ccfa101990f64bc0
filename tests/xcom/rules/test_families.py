from __future__ import annotations

import pytest

from rea_xcom_tui.edits import SetText
from rea_xcom_tui.xcom.names import (
    BACKEND_KEY,
    BACKEND_VARIABLE,
    COMPRESSION_VARIABLE,
    OBJECT_STORAGE_BACKEND,
    PATH_VARIABLE,
    THRESHOLD_VARIABLE,
)
from rea_xcom_tui.xcom.rules.examples import AZURE_CONNECTION, BACKEND_LINE, CLIENT_ID, ROLE, azure, example
from tests.xcom.rules.helpers import codes, found, loud

ROLE_NOTE = f"annotations:\n  eks.amazonaws.com/role-arn: {ROLE}"
WORKERS = "workers:\n  - name: default-worker\n    env:\n"


def path_codes(path: str, airflow: tuple[int, ...] | None = None, **more: object) -> set[str]:
    text = example(path=path, rest=ROLE_NOTE, **more)  # type: ignore[arg-type]
    return {f.code for f in found(text, airflow=airflow) if f.code.startswith("XC2")}


@pytest.mark.parametrize(
    "path",
    [
        '"s3://acme-xcom"',
        "s3://acme-xcom/etl/",
        '"s3a://acme.xcom.eu/etl"',
        '"gs://acme_xcom/etl"',
        '"gcs://acme-xcom/a b/c"',
        '"s3://my-ap-abcdefghijklmnop1234567890s3alias-s3alias/etl"',
        "abfs://wasb_xcom@$root/etl",
        "abfss://wasb_xcom@xcom/etl",
        '"msgraph://drive/etl"',
        "null\n    valueFrom:\n      secretKeyRef: {name: xcom, key: path}",
        '"vault:secret/data/xcom#path"',
        "ENC[AES256_GCM,data:abc,type:str]",
    ],
)
def test_sound_paths_are_left_alone(path: str) -> None:
    assert path_codes(path) == set()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ('"/var/xcom"', "XC203"),
        ('"s3//acme-xcom/etl"', "XC203"),
        ('"~/xcom"', "XC203"),
        ('"  "', "XC202"),
        ("~", "XC202"),
        ('"az://c@xcom/etl"', "XC204"),
        ('"hdfs://acme/etl"', "XC204"),
        ('"https://acme.s3.amazonaws.com/etl"', "XC204"),
        ('"s3n://acme-xcom/etl"', "XC204"),
        ('"sftp://files/etl"', "XC204"),
        ('"arn:aws:s3:::acme-xcom/etl"', "XC204"),
        ('"s3:acme-xcom/etl"', "XC205"),
        ('"gs:/acme-xcom/etl"', "XC205"),
        ('"abfs://xcom@acmexcom.blob.core.windows.net/etl"', "XC206"),
        ('"abfss://acmexcom.dfs.core.windows.net/xcom/etl"', "XC206"),
        ('"adl://wasb_xcom@xcom/etl"', "XC207"),
        ('"s3://aws_xcom@/etl"', "XC207"),
        ('"s3://<bucket>/etl"', "XC209"),
        ('"{{ bucket }}"', "XC210"),
        ('"${BUCKET}"', "XC211"),
        ('"s3://acme-xcom/$TEAM"', "XC211"),
        ('"s3://acme-xcom/$(TEAM)"', "XC211"),
        ('" s3://acme-xcom/etl"', "XC212"),
        ('"s3://acme-xcom/etl#v2"', "XC213"),
        ('"s3://acme-xcom/a//b"', "XC215"),
        ('"s3://Acme_Xcom/etl"', "XC216"),
        ('"s3://192.168.0.1/etl"', "XC216"),
        ('"gs://goog-xcom/etl"', "XC216"),
        ('"abfs://wasb_xcom@My-Container/etl"', "XC216"),
        ('"local:///tmp/xcom"', "XC217"),
    ],
)
def test_each_fault_of_a_path_is_found_once(path: str, code: str) -> None:
    assert path_codes(path) == {code}


def test_a_scheme_in_capitals_depends_on_the_version() -> None:
    severities = {
        version: [
            (f.code, f.severity)
            for f in found(example(path='"GS://acme-xcom/etl"'), airflow=version)
            if f.code != "XC610"
        ]
        for version in (None, (3, 0), (3, 1), (3, 2), (3, 3))
    }
    warning, error = [("XC208", "warning")], [("XC208", "error")]
    assert severities == {None: warning, (3, 0): error, (3, 1): error, (3, 2): [], (3, 3): []}


def test_a_variable_that_the_file_defines_is_no_more_than_worth_knowing() -> None:
    known = example(path='"s3://acme-xcom/$TEAM"', env=(("TEAM", '"etl"'),), rest=ROLE_NOTE)
    assert [(f.code, f.severity) for f in found(known)] == [("XC211", "info")]
    kubernetes = example(path='"s3://acme-xcom/$(TEAM)"', env=(("TEAM", '"etl"'),), rest=ROLE_NOTE)
    assert found(kubernetes) == ()


def test_templates_are_left_alone_where_a_tool_fills_them_in() -> None:
    text = example(path='"s3://{{ .bucket }}/etl"', rest="annotations:\n  eks.amazonaws.com/role-arn: 'arn:{{ .x }}'")
    assert loud(text) == {"XC210", "XC601"}
    assert loud(text, templated=True) == set()


def test_a_mounted_volume_makes_a_local_path_fine() -> None:
    mounts = "workers:\n  - name: a\n    volumeMounts:\n      - name: shared\n        mountPath: /mnt/xcom\n"
    assert path_codes('"file:///mnt/xcom/etl"') == {"XC217"}
    assert "XC217" not in codes(example(path='"file:///mnt/xcom/etl"', rest=mounts))


@pytest.mark.parametrize(
    ("threshold", "airflow", "outcome"),
    [
        (None, None, ("XC201", "warning")),
        (None, (3, 1), ("XC201", "warning")),
        (None, (3, 3), ("XC201", "info")),
        ('"0"', None, ("XC201", "error")),
        ('"0"', (3, 3), ("XC201", "error")),
        ('"-1"', (3, 3), ("XC201", "info")),
    ],
)
def test_a_missing_path_is_as_bad_as_the_threshold_makes_it(
    threshold: str | None, airflow: tuple[int, ...] | None, outcome: tuple[str, str]
) -> None:
    text = example(path=None, threshold=threshold)
    assert outcome in [(f.code, f.severity) for f in found(text, airflow=airflow)]


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        ('"0"', set()),
        ('"-2"', {"XC305"}),
        ('"1048576"', {"XC306"}),
        ('"1073741824"', {"XC307"}),
        ('" 10 "', {"XC306", "XC308"}),
        ('"1_000"', {"XC306", "XC308"}),
        ('"1.5"', {"XC301"}),
        ('"0x10"', {"XC301"}),
        ('"10 # c"', {"XC301"}),
        ('"~"', {"XC301"}),
        ('"$HOME"', {"XC301"}),
        ('" "', {"XC302"}),
        ("~", {"XC302"}),
        ('"1.0"', {"XC303", "XC306"}),
        ('"9' + "9" * 5000 + '"', {"XC301"}),
    ],
)
def test_thresholds(threshold: str, expected: set[str]) -> None:
    assert {c for c in codes(example(threshold=threshold)) if c.startswith("XC3")} == expected


@pytest.mark.parametrize(
    ("compression", "expected"),
    [
        *((f'"{name}"', set[str]()) for name in ("gzip", "bz2", "xz", "lzma", "")),
        ("~", set()),
        ('"zip"', {"XC406"}),
        ('"lz4"', {"XC405"}),
        ('"snappy"', {"XC401"}),
        ('"infer"', {"XC401"}),
        ('"zst"', {"XC402"}),
        ('" gzip "', {"XC403"}),
        ('"Gzip"', {"XC403"}),
        ('"None"', {"XC404"}),
        ('" "', {"XC404"}),
        ("off", {"XC404", "XC701"}),
    ],
)
def test_compressions(compression: str, expected: set[str]) -> None:
    assert codes(example(compression=compression)) - {"XC610"} == expected


def test_a_bad_compression_hurts_less_where_nothing_is_stored() -> None:
    text = example(compression='"snappy"', threshold='"-1"')
    severity = {
        v: next(f.severity for f in found(text, airflow=v) if f.code == "XC401") for v in (None, (3, 1), (3, 3))
    }
    assert severity == {None: "error", (3, 1): "error", (3, 3): "warning"}


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        (PATH_VARIABLE, f"${PATH_VARIABLE}", "XC211"),
        (PATH_VARIABLE, "s3://acme-xcom/$TEAM", "XC211"),
        (THRESHOLD_VARIABLE, f"${{{THRESHOLD_VARIABLE}}}", "XC301"),
        (COMPRESSION_VARIABLE, "$TEAM", "XC401"),
        (BACKEND_VARIABLE, f"${BACKEND_VARIABLE}", "XC112"),
        (BACKEND_KEY, f"${BACKEND_VARIABLE}", "XC112"),
    ],
)
def test_a_variable_that_leads_back_to_itself_is_never_filled_in(name: str, text: str, code: str) -> None:
    env = {"TEAM": "$UNIT", "UNIT": "the-${TEAM}", PATH_VARIABLE: "s3://acme-xcom/etl"}
    key = f"xcomBackend: {text if name == BACKEND_KEY else OBJECT_STORAGE_BACKEND}\n"
    if name != BACKEND_KEY:
        env[name] = text
    lines = "".join(f'  - {{name: {name}, value: "{text}"}}\n' for name, text in env.items())
    assert {f.severity for f in found(f"{key}commonEnv:\n{lines}", airflow=(3, 1)) if f.code == code} == {"error"}


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        ("XComObjectStorageBackend", {"XC107"}),
        ("airflow.providers.common.io.xcom.backend", {"XC107"}),
        ('" acme.xcom.Backend"', {"XC105"}),
        ("collections.OrderedDict", {"XC110"}),
        ("airflow.sdk.bases.xcom.BaseXCom", {"XC102"}),
        ("acme.xcom.Backend", {"XC112"}),
        ('"{{ .x }}"', {"XC107"}),
        ('""', {"XC101"}),
        ("~", {"XC101"}),
        ("[a, b]", {"XC108"}),
        ('"~"', {"XC107"}),
        ('"${XCOM_CLASS}"', {"XC112"}),
    ],
)
def test_backends(backend: str, expected: set[str]) -> None:
    seen = codes(example(backend=f"xcomBackend: {backend}"))
    assert {c for c in seen if c.startswith("XC1")} == expected


def test_the_database_makes_other_settings_idle() -> None:
    text = example(
        backend="xcomBackend: airflow.sdk.bases.xcom.BaseXCom", path='"/x"', threshold='"x"', compression='"gz"'
    )
    assert codes(text) == {"XC102"}


def test_the_backend_by_key_and_variable() -> None:
    other = example(env=((BACKEND_VARIABLE, "acme.xcom.Backend"),))
    assert [f.severity for f in found(other) if f.code == "XC109"] == ["error"]
    only = example(backend=None, env=((BACKEND_VARIABLE, OBJECT_STORAGE_BACKEND),), rest=ROLE_NOTE)
    assert codes(only) == set()


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        (AZURE_CONNECTION, set()),
        ('\'{"conn_type": "azure", "extra": "{\\"account_name\\": \\"acmexcom\\"}"}\'', {"XC520"}),
        ('\'{"conn_type": "wasb", "extra": {"extra__wasb__account_name": "acmexcom"}}\'', {"XC520"}),
        ('\'{"conn_type": "azure", "extra": {"extra__wasb__account_name": "acmexcom"}}\'', {"XC514", "XC522"}),
        ('\'{"conn_type": "azure", "port": "443", "extra": {"account_name": "acmexcom", "anon": false}}\'', set()),
        ('>-\n      {"conn_type": "azure",\n       "extra": {"account_name": "acmexcom"}}', {"XC520"}),
        ('"wasb://?account_name=acmexcom"', {"XC520"}),
        ('"vault:secret/data/conn#xcom"', set()),
        ('\'{"conn_type": "azure",}\'', {"XC501"}),
        ('\'{"conn_type": "azure"\'', {"XC501"}),
        ('\'{"conn_type": "azure", "account_name": "acmexcom"}\'', {"XC502"}),
        ('\'{"conn_type": "azure", "port": "x"}\'', {"XC503"}),
        ('\'{"conn_type": "azure", "extra": "{bad"}\'', {"XC504"}),
        ('\'{"conn_type": "azure", "extra": [1]}\'', {"XC504"}),
        ('"acmexcom"', {"XC507", "XC514"}),
        ('\'{"conn_type": "aws"}\'', {"XC513"}),
        ('"wasb://acmexcom@"', {"XC514"}),
        ('\'{"conn_type": "azure", "extra": {"account_name": "Acme"}}\'', {"XC519", "XC520"}),
        ('""', {"XC518"}),
    ],
)
def test_connections(connection: str, expected: set[str]) -> None:
    assert loud(azure(connection=connection)) == expected


def test_a_connection_that_is_not_here_matters_by_cloud() -> None:
    assert "XC512" in codes(azure(connection=None))
    assert "XC512" in codes(example(path='"gs://gcp_xcom@acme-xcom/etl"'))
    assert "XC512" in codes(example(path='"s3://aws_xcom@acme-xcom/etl"'))
    with_role = example(path='"s3://aws_xcom@acme-xcom/etl"', rest=ROLE_NOTE)
    assert codes(with_role) == set()
    assert [f.severity for f in found(azure(connection=None))] == ["info"]


def test_upper_and_lower_case_of_a_connection_id_are_the_same() -> None:
    assert codes(azure(path='"abfs://Wasb_Xcom@xcom/etl"')) == set()


def test_an_account_by_variable_needs_no_connection() -> None:
    env = (("AZURE_STORAGE_ACCOUNT_NAME", '"acmexcom"'),)
    assert loud(example(path='"abfs://xcom/etl"', env=env)) == {"XC520"}
    assert loud(example(path='"abfs://xcom/etl"', env=(*env, ("AZURE_STORAGE_ANON", '"false"')))) == set()


@pytest.mark.parametrize(
    ("arn", "fine"),
    [
        ("arn:aws-us-gov:iam::123456789012:role/team/sub/AgentRole", True),
        ("arn:aws-cn:iam::123456789012:role/a+b=c,d.e@f_g-h", True),
        ('""', True),
        ("~", True),
        ("arn:aws:iam::123456789012:user/x", False),
        ("arn:aws:iam::123456789012:role/" + "x" * 65, False),
        ("arn:aws:sts::123456789012:assumed-role/x/y", False),
        ("AgentRole", False),
    ],
)
def test_role_arns(arn: str, fine: bool) -> None:
    assert ("XC601" not in codes(example(rest=f"annotations:\n  eks.amazonaws.com/role-arn: {arn}"))) == fine


def test_the_label_may_be_missing_where_no_client_id_asks_for_it() -> None:
    assert loud(azure(label=None, client_id=None)) == set()
    assert loud(azure(label='"false"', client_id=None)) == set()
    assert loud(azure(label='"false"')) == {"XC606"}
    assert loud(azure(label='"True"')) == {"XC606"}


def test_an_account_that_is_not_created_carries_nothing() -> None:
    every = "".join(f"  {part}:\n    create: false\n" for part in ("workers", "dagProcessor", "triggerer"))
    top = example(rest=f"{ROLE_NOTE}\nserviceAccount:\n{every}")
    assert loud(top) == set()
    below = example(rest=f"serviceAccount:\n  annotations:\n    eks.amazonaws.com/role-arn: {ROLE}\n{every}")
    assert loud(below) == {"XC608"}
    some = example(
        rest=f"serviceAccount:\n  annotations:\n    eks.amazonaws.com/role-arn: {ROLE}\n  workers:\n    create: false"
    )
    assert loud(some) == set()


def test_an_identity_of_another_cloud_is_fine_beside_a_connection_with_a_key() -> None:
    path = '"gs://gcp_xcom@acme-xcom/etl"'
    key = (("AIRFLOW_CONN_GCP_XCOM", '\'{"conn_type": "google_cloud_platform", "extra": {"key_path": "/k.json"}}\''),)
    bare = (("AIRFLOW_CONN_GCP_XCOM", '\'{"conn_type": "google_cloud_platform", "extra": {"project": "acme"}}\''),)
    assert codes(example(path=path, env=key, rest=ROLE_NOTE)) == {"XC524"}
    assert loud(example(path=path, env=bare, rest=ROLE_NOTE)) == {"XC609"}
    assert [f.severity for f in found(example(path=path, rest=ROLE_NOTE)) if f.code == "XC609"] == ["info"]


def test_pods_may_have_an_identity_that_leaves_no_trace() -> None:
    assert [(f.code, f.severity) for f in found(example())] == [("XC610", "info")]
    assert codes(example(rest=ROLE_NOTE)) == set()
    assert codes(example(env=(("AWS_ACCESS_KEY_ID", '"AKIAEXAMPLE"'),))) == set()
    own = "serviceAccount:\n  workers:\n    create: false\n    name: agent"
    assert codes(example(rest=own)) == set()


def test_a_client_id_is_compared_without_case() -> None:
    assert codes(azure(client_id=CLIENT_ID.upper())) == set()


def test_components_that_agree_are_left_alone() -> None:
    entry = f"      - name: {THRESHOLD_VARIABLE}\n        value: '0'\n"
    triggerer = f"triggerer:\n  env:\n{entry}".replace("      -", "    -").replace("        value", "      value")
    assert codes(example(rest=ROLE_NOTE + "\n" + WORKERS + entry)) == set()
    assert codes(example(threshold=None, rest=ROLE_NOTE + "\n" + WORKERS + entry + triggerer)) == set()
    processor = triggerer.replace("triggerer", "dagProcessor").replace("'0'", "'4096'")
    assert loud(example(rest=ROLE_NOTE + "\n" + processor)) == set()


def test_two_paths_are_an_error() -> None:
    entry = f"      - name: {PATH_VARIABLE}\n        value: s3://other-xcom/etl\n"
    (finding,) = (f for f in found(example(rest=ROLE_NOTE + "\n" + WORKERS + entry)))
    assert (finding.code, finding.severity) == ("XC709", "error")
    assert "worker default-worker gets a different path here than triggerer" in finding.message


def test_a_second_document() -> None:
    assert codes("---\n" + example(rest=ROLE_NOTE)) == set()
    assert codes("# head\n---\n" + example(rest=ROLE_NOTE) + "---\n# nothing\n") == set()
    assert codes(example(rest=ROLE_NOTE) + "---\nother: 1\n") == set()
    late = example(rest=ROLE_NOTE) + "---\nlabels:\n  a: b\n"
    assert [(f.code, f.line, f.column) for f in found(late)] == [("XC707", 10, 1)]


@pytest.mark.parametrize(
    "rest",
    [
        "labels: {a: b, a: c}",
        "serviceAccount: {create: true, create: false}",
        "serviceAccount: {workers: {create: true, create: false}}",
        f"serviceAccount: {{workers: {{annotations: {{x: '{ROLE}', x: y}}}}}}",
        "workers:\n  - {name: a, env: [], env: []}",
        "workers:\n  - {name: a, env: [{name: A, value: b, value: c}]}",
        "workers:\n  - {name: a, serviceAccount: {create: true, create: false}}",
        "triggerer: {env: [], env: []}",
    ],
)
def test_where_a_key_may_not_stand_twice(rest: str) -> None:
    assert [f.severity for f in found(example(rest=rest)) if f.code == "XC705"] == ["error"]


def test_the_same_text_twice_is_a_warning_and_what_is_far_from_xcom_nothing() -> None:
    text = example(rest=ROLE_NOTE + "\ntriggerer:\n  resources: {cpu: 1, cpu: 2}")
    assert found(text) == ()
    same = BACKEND_LINE + "\n" + example(rest=ROLE_NOTE)
    assert [(f.code, f.severity) for f in found(same)] == [("XC705", "warning")]


@pytest.mark.parametrize(
    ("keys", "name"), [("null: a\nnull: b", "null"), ('~: a\n"null": b', "null"), ("true: a\nTrue: b", "true")]
)
def test_a_key_that_is_no_text_is_named_as_helm_has_it(keys: str, name: str) -> None:
    (told,) = [f.message for f in found(example(rest=f"{keys}\n")) if f.code == "XC705"]
    assert told.startswith(f'the key "{name}" is also on line ')


@pytest.mark.parametrize(
    "name",
    [
        "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH",
        "AIRFLOW__COMMON_IO__STATE_STORE_OBJECTSTORAGE_PATH",
        "AIRFLOW__CORE__LOAD_EXAMPLES",
        "AIRFLOW__SECRETS__BACKEND",
        "AIRFLOW_HOME",
        "AIRFLOW_CONN_AWS_XCOM",
        "XCOM_BUCKET",
    ],
)
def test_names_that_are_no_near_miss(name: str) -> None:
    value = '"s3://acme-xcom/etl"' if name == PATH_VARIABLE else '"aws://"'
    path = None if name == PATH_VARIABLE else '"s3://acme-xcom/etl"'
    assert "XC708" not in codes(example(path=path, env=((name, value),)))


@pytest.mark.parametrize(
    "name",
    [
        "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH_CMD",
        "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH_SECRET",
        "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORE_PATH",
        "AIRFLOW__COMMON_IO__XCOM_OBJECT_STORAGE_PATH",
        "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PAHT",
        "AIRFLOW__COMMONIO__XCOM_OBJECTSTORAGE_PATH",
        "Airflow__Common_IO__Xcom_Objectstorage_Path",
        '"AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH "',
        "AIRFLOW_CORE_XCOM_BACKEND",
        "AIRFLOW__CORE__XCOM_BACKEND_CMD",
    ],
)
def test_near_misses(name: str) -> None:
    assert "XC708" in codes(example(env=((name, '"s3://acme-xcom/etl"'),)))


def test_a_misspelt_setting_is_not_reported_as_missing_too() -> None:
    text = example(path=None, env=(("AIRFLOW__COMMON_IO__XCOM_OBJECTSTORE_PATH", '"s3://acme-xcom/etl"'),))
    assert loud(text) == {"XC708"}


def test_a_path_for_the_dag_processor_alone_is_none_for_tasks() -> None:
    processor = f"dagProcessor:\n  env:\n    - name: {PATH_VARIABLE}\n      value: s3://acme-xcom/etl\n"
    assert loud(example(path=None, rest=processor)) == {"XC201"}


def test_a_scheme_that_another_provider_brings_is_a_warning() -> None:
    assert [f.severity for f in found(example(path='"ssh://files/etl"')) if f.code == "XC204"] == ["warning"]
    assert [f.severity for f in found(example(path='"hdfs://files/etl"')) if f.code == "XC204"] == ["error"]


def test_an_account_of_one_worker_that_is_not_created() -> None:
    account = f"create: CREATE\n      annotations: {{eks.amazonaws.com/role-arn: '{ROLE}'}}"
    worker = f"workers:\n  - name: a\n    serviceAccount:\n      {account}"
    assert loud(example(rest=worker.replace("CREATE", "false"))) == {"XC608"}
    assert loud(example(rest=worker.replace("CREATE", "true"))) == set()


def test_blanks_around_an_identity_are_trimmed() -> None:
    (finding,) = found(example(rest=f"annotations:\n  eks.amazonaws.com/role-arn: ' {ROLE}'"))
    assert (finding.code, finding.message.endswith("It has blanks around it")) == ("XC601", True)
    assert finding.fix == (SetText(("annotations", "eks.amazonaws.com/role-arn"), ROLE),)


def test_a_connection_from_a_secret_may_bring_an_identity() -> None:
    secret = (("AIRFLOW_CONN_AWS_XCOM", "null\n    valueFrom:\n      secretKeyRef: {name: xcom, key: conn}"),)
    assert codes(example(path='"s3://aws_xcom@acme-xcom/etl"', env=secret)) == set()
    assert loud(example(path='"s3://gcp_xcom@acme-xcom/etl"', env=secret)) == set()


def test_a_label_below_a_component_has_no_effect() -> None:
    text = azure(label=None, rest='triggerer:\n  podLabels:\n    azure.workload.identity/use: "true"\n')
    assert loud(text) == {"XC607"}
    harmless = azure(rest='triggerer:\n  labels:\n    azure.workload.identity/use: "true"\n')
    assert loud(harmless) == set()


@pytest.mark.parametrize(
    ("path", "airflow", "severity", "ends"),
    [
        ('"s3://aws_xcom@/etl"', None, "error", "it names no bucket"),
        ('"s3://aws_xcom@/etl"', (3, 1, 8), "warning", "it names no bucket"),
        ('"adl://wasb_xcom@xcom/etl"', None, "error", "Airflow loses the container of an adl:// path; write abfs://"),
        (
            '"abfs://wasb_xcom@/etl"',
            (3, 2, 2),
            "warning",
            "it names no bucket, and the first folder becomes the container",
        ),
        ('"abfs://wasb_xcom@/"', (3, 2, 2), "error", "it names no bucket"),
        ('"s3a:////etl?x=1"', (3, 3), "warning", "after which etl?x=1 is taken for the bucket; write two"),
        ('"gs:////acme-xcom/etl"', None, "warning", "after which acme-xcom is taken for the bucket; write two"),
        ('"s3://///acme-xcom/etl"', (3, 3), "error", "it names no bucket"),
        ('"s3:////xcom@etl/x"', (3, 3), "error", "it names no bucket"),
        ('"adl:////etl/x"', (3, 3), "error", "Airflow loses the container of an adl:// path; write abfs://"),
    ],
)
def test_what_becomes_of_a_path_without_a_bucket(
    path: str, airflow: tuple[int, ...] | None, severity: str, ends: str
) -> None:
    (hit,) = (one for one in found(example(path=path), airflow=airflow) if one.code == "XC207")
    assert (hit.severity, hit.message.endswith(ends)) == (severity, True), hit.message
