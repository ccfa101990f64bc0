"""A rule that is not asked would have said nothing: usual files with one or two things out of the ordinary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rea_xcom_tui.text import clean
from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.values.quick import read_quickly
from rea_xcom_tui.values.quick_node import class_of
from rea_xcom_tui.values.quick_stack import Overlays
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.xcom.clouds import bucket_problem
from rea_xcom_tui.xcom.fields import STATE_VARIABLES, VARIABLES
from rea_xcom_tui.xcom.masking import hide_in_path
from rea_xcom_tui.xcom.model import Node
from rea_xcom_tui.xcom.names import (
    ANNOTATIONS,
    AZURE_LABEL,
    BACKEND_KEY,
    BACKEND_VARIABLE,
    COMPRESSION_VARIABLE,
    OBJECT_STORAGE_BACKEND,
    PATH_VARIABLE,
    STATE_BACKEND_KEY,
    THRESHOLD_VARIABLE,
    connection_variable,
)
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.rules.examples import CLIENT_ID, ROLE
from rea_xcom_tui.xcom.rules.families import concerned, rules
from rea_xcom_tui.xcom.rules.path import fault, show_path
from rea_xcom_tui.xcom.rules.settings import RuleContext, RuleSettings
from rea_xcom_tui.xcom.rules.shape import shape_of, store_of
from rea_xcom_tui.xcom.rules.subject import Subject
from tests.xcom.rules.helpers import TODAY

OTHER_ID = "99999999-8888-7777-6666-555555555555"
ACCOUNT = "xcom-agent@acme-project.iam.gserviceaccount.com"
PATHS = """s3://acme-xcom/etl s3://aws_xcom@acme-xcom/etl/ gs://gcp_xcom@acme-xcom abfs://wasb_xcom@xcom/etl gs://acme
abfss://xcom/etl s3://wasb_xcom@acme-xcom s3://s3://acme-xcom/etl S3://acme-xcom/etl s3://Acme/etl s3://a/b s3://a--b
gs://my-google-x/etl abfs://a--b/x s3://acme-xcom//x s3://aws-xcom@acme-xcom abfs://wasbxcom@xcom/x s3:/acme-xcom /x
s3://acme-xcom/$TEAM $WHERE s3://<b>/x abfs://c@acct.dfs.core.windows.net/x adl://xcom/x vault:x s3://sthree-a/x
s3://u:pw@acme-xcom/x s3://acme.xcom/etl s3://amzn-s3-demo-x/e wasb://c@x/y file:///tmp/x s3://acme-s3alias/x""".split()
NUMBERS = ["0", "1048576", "-1", "010", "1e6", "1.0", "10MB", "", " 5", str(1 << 40), "$SIZE", "~", "5_0"]
NAMES = [
    *VARIABLES.values(), *STATE_VARIABLES.values(), "TEAM", "SIZE", "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PAHT",
    "AIRFLOW_CONN_AWS_XCOM", "AIRFLOW_CONN_WASB_XCOM", "AIRFLOW_CONN_GCP_XCOM", "AIRFLOW_CONN_AWS_DEFAULT",
    "AIRFLOW_CONN_aws_xcom", "AIRFLOW_CON_AWS_XCOM", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AZURE_STORAGE_ANON",
    "AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_CONNECTION_STRING", "AWS_ROLE_ARN", "STORAGE_EMULATOR_HOST",
]  # fmt: skip
EXTRA = """account_name account_key account_host anon sas_token connection_string managed_identity_client_id tenant_id
workload_identity_client_id workload_identity_tenant_id client_id extra__wasb__account_name extra__azure__anon project
region_name endpoint_url role_arn profile_name config_kwargs service_config host session_kwargs client_kwargs
keyfile_dict key_path is_anonymous anonymous scope extra__google_cloud_platform__keyfile_dict""".split()
VALUES: list[Any] = [
    None, True, False, 0, "", "x", "acmexcom", "acme-xcom", "<account>", CLIENT_ID, CLIENT_ID.replace("1", "A"),
    OTHER_ID, "eu-west-1", "EU", "http://localhost:9000", "minio:9000", "http://minio:9000/acme-xcom", ROLE, "false",
    {}, {"s3": {}}, ["x"], "/keys/x.json", "UseDevelopmentStorage=true", "{{ x }}", "a" * 80,
]  # fmt: skip
members = st.dictionaries(st.sampled_from(EXTRA), st.sampled_from(VALUES), max_size=2)
kinds = st.sampled_from(["azure", "aws", "google_cloud_platform", "wasb", "s3", "http", "", None, 5])
connections = st.one_of(
    st.builds(lambda kind, extra: json.dumps({"conn_type": kind, "extra": extra}), kinds, members),
    st.builds(lambda kind, extra: json.dumps({"conn_type": kind, "extra": json.dumps(extra)}), kinds, members),
    st.builds(
        lambda extra, more: json.dumps({"conn_type": "azure", "extra": {"account_name": "acme", **extra}, **more}),
        members,
        st.dictionaries(st.sampled_from("host login password port description type".split()), st.sampled_from(VALUES)),
    ),
    st.sampled_from(["", "  ", "{", "aws://", "aws://u:p@/?region_name=x", '{"conn_type": "aws", "extra": 5}', "text"]),
)
texts = st.one_of(st.sampled_from([*PATHS, *NUMBERS, *VALUES, "gzip", "zip", "zstd", "GZIP", "none"]), connections)
entries = st.one_of(
    st.builds(lambda name, value: {"name": name, "value": value}, st.sampled_from(NAMES), texts),
    st.sampled_from([{"name": PATH_VARIABLE}, {"value": "x"}, {"name": 5, "value": "x"}, "x", None, {"name": "X"}]),
    st.builds(
        lambda name: {"name": name, "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}, st.sampled_from(NAMES)
    ),
)
lists = st.one_of(st.lists(entries, max_size=2), st.sampled_from([None, {}, "x", {"A": "x"}]))
identities = st.sampled_from(
    [ROLE, ROLE + "!", CLIENT_ID, OTHER_ID, ACCOUNT, "x@y", "", " ", None, 5, "{{ x }}", ["x"]]
)
note_keys = st.sampled_from([
    *ANNOTATIONS.values(), AZURE_LABEL, "azure.workload.identity/tenant-id", "eks.amazonaws.com/role_arn", "role-arn",
])  # fmt: skip
notes: st.SearchStrategy[Any] = st.one_of(
    st.dictionaries(note_keys, st.one_of(identities, st.sampled_from(["true", "false", True])), max_size=2),
    st.sampled_from([None, [], "x", {"labels": {AZURE_LABEL: "true"}}, {"x": {ANNOTATIONS["aws"]: ROLE}}]),
)
accounts = st.one_of(
    st.dictionaries(
        st.sampled_from(["annotations", "labels", "create", "annotation", "workers", "triggerer", "sentinel"]),
        st.one_of(notes, st.builds(lambda inner: {"annotations": inner, "create": False}, notes), st.just(False)),
        max_size=2,
    ),
    notes,
)
parts = st.one_of(
    st.fixed_dictionaries(
        {}, optional={"name": st.just("a"), "env": lists, "serviceAccount": accounts, "labels": notes}
    ),
    st.sampled_from([None, [], "x", {"volumeMounts": [{"mountPath": "/tmp"}]}]),
)
sections = {
    BACKEND_KEY: st.sampled_from([
        OBJECT_STORAGE_BACKEND, "", None, "a.B", OBJECT_STORAGE_BACKEND.lower(), "$X", {}, "airflow.sdk.BaseXCom",
    ]),
    "annotations": notes, "labels": notes, "podLabels": notes, "serviceAccount": accounts, "serviceAccounts": accounts,
    "workers": st.one_of(st.lists(parts, max_size=2), parts), "triggerer": parts, "dagProcessor": parts,
    "sentinel": parts, "loggingSidecar": parts, "agentToken": st.sampled_from(["", "x", "{{ x }}", {}]),
    "openLineage": st.sampled_from([{}, {"apiKey": "not-real"}, {"apiKey": ""}, "x"]), "xcom_backend": st.just("x"),
    "resourceNamePrefix": st.sampled_from(["", None, 5, "etl"]), "sops": st.sampled_from([{"mac": "x"}, {}]),
    STATE_BACKEND_KEY: st.sampled_from(["", OBJECT_STORAGE_BACKEND, None]), "commonenv": lists, "role-arn": identities,
    "image": st.sampled_from([f"x/astro-remote-execution-agent:3.{n}-1-astro-agent-1.{n}.0" for n in (0, 8)]),
}  # fmt: skip


def usual(cloud: str) -> dict[str, Any]:
    """A file in which nothing is out of the ordinary."""
    path, identity = {
        "aws": ("s3://acme-xcom/etl", ROLE),
        "gcp": ("gs://gcp_xcom@acme-xcom/etl", ACCOUNT),
        "azure": ("abfs://wasb_xcom@xcom/etl", CLIENT_ID),
    }[cloud]
    extra = {"account_name": "acmexcom", "managed_identity_client_id": CLIENT_ID, "anon": False}
    env = {PATH_VARIABLE: path, THRESHOLD_VARIABLE: "0", COMPRESSION_VARIABLE: "gzip"}
    if cloud != "aws":
        kind = "azure" if cloud == "azure" else "google_cloud_platform"
        name = "AIRFLOW_CONN_WASB_XCOM" if cloud == "azure" else "AIRFLOW_CONN_GCP_XCOM"
        env[name] = json.dumps({"conn_type": kind, "extra": extra if cloud == "azure" else {"project": "acme-project"}})
    return {
        "resourceNamePrefix": "etl",
        BACKEND_KEY: OBJECT_STORAGE_BACKEND,
        "annotations": {ANNOTATIONS[cloud]: identity},  # type: ignore[index]
        "labels": {AZURE_LABEL: "true"} if cloud == "azure" else {},
        "commonEnv": [{"name": name, "value": value} for name, value in env.items()],
        "workers": [{"name": "default-worker", "env": [], "serviceAccount": {}}],
        "sentinel": {"env": []},
    }


changes = st.one_of(
    st.tuples(
        st.just("key"), st.sampled_from(sorted(sections)).flatmap(lambda key: st.tuples(st.just(key), sections[key]))
    ),
    st.tuples(st.just("gone"), st.sampled_from([BACKEND_KEY, "annotations", "labels", "commonEnv", "workers"])),
    st.tuples(st.just("value"), st.tuples(st.integers(0, 3), texts)),
    st.tuples(st.just("more"), entries),
)


def changed(cloud: str, made: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = usual(cloud)
    for what, new in made:
        env = tree.get("commonEnv", [])
        if what == "key":
            tree[new[0]] = new[1]
        elif what == "gone":
            tree.pop(new, None)
        elif what == "value" and env:
            one = env[new[0] % len(env)]
            env[new[0] % len(env)] = {**one, "value": new[1]} if isinstance(one, dict) else new[1]
        elif what == "more":
            env.append(new)
    return tree


def yaml(tree: dict[str, Any]) -> str:
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in tree.items())


def nothing_is_missed(root: Node, context: RuleContext) -> None:
    subject = Subject(root, read(root, "", context.settings.airflow), context)
    asked = [(rule, hit) for rule, look in concerned(shape_of(subject), frozenset()) for hit in look(subject)]
    assert asked == [(rule, hit) for rule in rules() for hit in (rule.check(subject) if rule.check else ())]


fleets = st.tuples(st.sampled_from(["aws", "azure", "gcp"]), st.lists(changes, max_size=2))
versions = st.sampled_from([None, (3, 0), (3, 1), (3, 3)])


def one_thing_changed(cloud: str) -> Iterator[dict[str, Any]]:
    """A usual file with each value of the tables above in each place where it may matter."""
    for place, values in enumerate((PATHS, NUMBERS, ["zip", "zstd", "GZIP", "none", "", "$X"])):
        for value in values:
            yield changed(cloud, [("value", (place, value))])
    usual_extra = {"account_name": "acmexcom", "managed_identity_client_id": CLIENT_ID, "anon": False}
    clouds: dict[str, tuple[str, dict[str, Any], str, str]] = {
        "aws": ("aws", {"region_name": "eu-west-1"}, "AIRFLOW_CONN_AWS_XCOM", "s3://aws_xcom@acme-xcom/etl"),
        "gcp": ("google_cloud_platform", {}, "AIRFLOW_CONN_GCP_XCOM", "gs://gcp_xcom@acme-xcom/etl"),
        "azure": ("azure", usual_extra, "AIRFLOW_CONN_WASB_XCOM", "abfs://wasb_xcom@xcom/etl"),
    }
    kind, extra, name, path = clouds[cloud]
    texts = [{"conn_type": kind, "extra": {**extra, key: value}} for key in EXTRA for value in VALUES]
    texts += [{"conn_type": kind, "extra": {n: v for n, v in extra.items() if n != gone}} for gone in extra]
    for key in ("host", "login", "password", "port", "description", "type", "conn_type"):
        texts += [{"conn_type": kind, "extra": extra, key: value} for value in VALUES]
    for text in texts:
        tree = usual(cloud)
        tree["commonEnv"] = [one for one in tree["commonEnv"] if one["name"] != name]
        tree["commonEnv"][0]["value"] = path
        tree["commonEnv"].append({"name": name, "value": json.dumps(text)})
        yield tree
    for more in NAMES:
        for value in ("", "x", "http://localhost", "UseDevelopmentStorage=true", "s3://acme-xcom/etl", "-1", "zip"):
            yield changed(cloud, [("more", {"name": more, "value": value})])
    yield changed(cloud, [("value", (0, "$TEAM")), ("more", {"name": "TEAM", "value": "s3://acme-xcom/etl"})])
    bare = changed(cloud, [("value", (0, "abfs://xcom/etl"))])
    bare["commonEnv"].append({"name": "AZURE_STORAGE_ACCOUNT_NAME", "value": "acmexcom"})
    yield bare
    yield from odd_sections(cloud)


def odd_sections(cloud: str) -> Iterator[dict[str, Any]]:
    """A usual file with one section that is not."""
    plain: list[dict[str, Any]] = [{}, usual(cloud)["annotations"]]
    keys = ("azure.workload.identity/tenant-id", "eks.amazonaws.com/role_arn", "role-arn", "x")
    noted: list[Any] = [{key: ROLE} for key in keys]
    for value in (ROLE, CLIENT_ID, OTHER_ID, ACCOUNT, "", " ", None, 5):
        noted += [{key: value} for key in ANNOTATIONS.values()]
    noted += [{AZURE_LABEL: value} for value in ("true", "false", True, "", None)]
    noted += [{"x": {ANNOTATIONS["aws"]: ROLE}}, {ANNOTATIONS["aws"]: {}}, [], "x", None]
    for notes in noted:
        yield {**usual(cloud), "annotations": notes}
        yield {**usual(cloud), "labels": notes}
        yield {**usual(cloud), "podLabels": notes}
        for left in plain:
            for part in ("workers", "sentinel", "triggerer"):
                for create in ({}, {"create": False}):
                    account = {part: {"annotations": notes, **create}}
                    yield {**usual(cloud), "annotations": left, "serviceAccount": account}
            yield {**usual(cloud), "annotations": left, "serviceAccount": {"annotations": notes}}
        for key in ("annotations", "labels", "annotation"):
            yield {**usual(cloud), "triggerer": {"serviceAccount": {key: notes}, key: notes}}
            yield {**usual(cloud), "workers": [{"name": "a", "serviceAccount": {key: notes}, key: notes}]}
    for name in NAMES:
        env = {"env": [{"name": name, "value": "x"}]}
        for part in ("triggerer", "dagProcessor", "sentinel", "loggingSidecar"):
            yield {**usual(cloud), part: env}
            with_it = {**usual(cloud), part: env}
            with_it["commonEnv"] = [one for one in with_it["commonEnv"] if one["name"] != name]
            yield with_it
        yield {**usual(cloud), "workers": [{"name": "a", **env}, {"name": "b"}]}
    for key, value in ODD_KEYS:
        yield {**usual(cloud), key: value}
    for gone in usual(cloud):
        yield {key: value for key, value in usual(cloud).items() if key != gone}


ODD_KEYS: list[tuple[str, Any]] = [
    ("openLineage", {"apiKey": "not-real"}),
    ("agentToken", "not-real"),
    ("sentinelAuthSecret", "not-real"),
    ("imagePullSecretData", "not-real"),
    ("role-arn", ROLE),
    ("serviceAccounts", {"role-arn": ROLE}),
    ("xcom_backend", "x"),
    ("commonenv", []),
    ("sops", {"mac": "x"}),
    ("resourceNamePrefix", ""),
    ("resourceNamePrefix", None),
    (STATE_BACKEND_KEY, OBJECT_STORAGE_BACKEND),
    (BACKEND_KEY, {}),
    (BACKEND_KEY, ""),
    (BACKEND_KEY, "$X"),
    (BACKEND_KEY, "a.B"),
    ("commonEnv", {}),
    ("commonEnv", ["x"]),
    ("commonEnv", [{"value": "x"}]),
    ("commonEnv", [{"name": 5}]),
    ("commonEnv", [{"name": "X", "value": 5}]),
    ("image", "x/astro-remote-execution-agent:3.0-1-astro-agent-1.0.0"),
]


def test_nothing_is_missed_where_one_thing_is_out_of_the_ordinary() -> None:
    seen = set()
    for tree in (tree for cloud in ("aws", "azure", "gcp") for tree in one_thing_changed(cloud)):
        text = yaml(tree)
        root = read_quickly(text) if text not in seen else None
        seen.add(text)
        if root is not None:
            nothing_is_missed(root, RuleContext(TODAY))


MERGED: list[dict[str, Any]] = [
    {"agentToken": "not-real"},
    {"openLineage": {"apiKey": "not-real"}},
    {"serviceAccount": {"annotations": [ROLE]}},
    {"podLabels": {AZURE_LABEL: "true"}},
    {"loggingSidecar": {"env": [{"name": PATH_VARIABLE, "value": "x"}]}},
    {STATE_BACKEND_KEY: OBJECT_STORAGE_BACKEND},
    {"triggerer": {"env": [{"value": "x"}]}},
]


def test_nothing_is_missed_in_what_is_merged_into_the_top_level() -> None:
    for tree in MERGED:
        values = usual("aws")
        root = ValuesFile.parse((f"<<: {json.dumps(tree)}\n" + yaml(values)).encode()).root
        assert root.get(next(iter(tree))) is not None
        nothing_is_missed(root, RuleContext(TODAY))


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(fleets, versions, st.booleans())
def test_nothing_is_missed_in_a_file(made: tuple[str, Any], version: tuple[int, ...] | None, templated: bool) -> None:
    text = yaml(changed(*made))
    context = RuleContext(TODAY, RuleSettings(airflow=version), text=text, templated=templated)
    try:
        nothing_is_missed(ValuesFile.parse(text.encode()).root, context)
    except Unreadable:
        return
    quick = read_quickly(text)
    if quick is not None:
        nothing_is_missed(quick, context)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(fleets, fleets)
def test_nothing_is_missed_in_layers(under: tuple[str, Any], over: tuple[str, Any]) -> None:
    roots = [read_quickly(yaml(changed(*made)), class_of(layer)) for layer, made in enumerate((under, over))]
    known = [root for root in roots if root is not None]
    if len(known) == 2:
        nothing_is_missed(Overlays().merged(known), RuleContext(TODAY))


def test_a_usual_file_has_only_rules_to_ask_that_say_something() -> None:
    """Else the gates would be of no use, however right."""
    for cloud in ("aws", "azure", "gcp"):
        root = ValuesFile.parse(yaml(usual(cloud)).encode()).root
        quick = read_quickly(yaml(usual(cloud)))
        assert quick is not None
        subject = Subject(quick, read(root), RuleContext(TODAY))
        assert concerned(shape_of(subject), frozenset()) == ()
        nothing_is_missed(root, RuleContext(TODAY))


words = st.text("ab9-", max_size=4)
buckets = st.one_of(
    st.text("ab9-.G_", min_size=1, max_size=6),
    st.builds(
        "".join, st.lists(st.sampled_from(["goog", "google", "sthree-", "amzn-s3-demo-", "a", "-s3alias", "x" * 31]))
    ),
)
near_usual = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["s3", "s3a", "gs", "abfs", "abfss", "adl", "S3", "s3:"]),
    st.one_of(st.just(""), words.map("{}@".format), st.sampled_from(["a:b@", "[a]@", "Ab_9@", "@"])),
    buckets,
    st.one_of(
        st.just(""),
        words.map("/{}".format),
        st.sampled_from(["/", "//", "/a_b=c/d/", "/.", "/ ", "?x=y", "/" + "x" * 500]),
    ),
)


@settings(max_examples=500, deadline=None)
@given(near_usual)
def test_of_a_usual_path_nothing_can_be_said_but_where_it_leads(text: str) -> None:
    store, parsed = store_of(text), parse_path(text)
    if store is not None:
        assert fault(text) is None
        assert bucket_problem(parsed.cloud, parsed.bucket) is None
        assert store == (parsed.cloud, connection_variable(parsed.conn_id) if parsed.conn_id else None)
        assert show_path(text) == f'"{clean(text, 80)}"'
        assert hide_in_path(text) == text


def test_a_gate_is_given_nothing_but_plain_values() -> None:
    """So that it cannot look at what is different in each deployment of a shape."""

    def is_plain(value: object) -> bool:
        if isinstance(value, tuple | frozenset):
            return all(map(is_plain, value))
        return value is None or type(value) in (str, int)

    root = ValuesFile.parse(yaml(usual("azure")).encode()).root
    subject = Subject(root, read(root), RuleContext(TODAY))
    assert is_plain(shape_of(subject))
    assert shape_of(subject) == shape_of(Subject(root, read(root), RuleContext(TODAY, file="another", env="prod")))
    assert BACKEND_VARIABLE not in repr(shape_of(subject))
