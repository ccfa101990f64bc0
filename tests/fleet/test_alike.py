"""A deployment that is judged by another one that is like it is what it is when it is judged for itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rea_xcom_tui.fleet.model import Deployment, Item
from rea_xcom_tui.fleet.scan.by_another import Parsed
from rea_xcom_tui.fleet.scan.read import as_deployment, read_ahead, read_content
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.gitops.objects import hash_bytes
from rea_xcom_tui.values.bytes_alike import KnownSections
from rea_xcom_tui.xcom.names import (
    ANNOTATIONS,
    BACKEND_VARIABLE,
    COMPRESSION_VARIABLE,
    OBJECT_STORAGE_BACKEND,
    PATH_VARIABLE,
    THRESHOLD_VARIABLE,
)
from rea_xcom_tui.xcom.rules.alike import SAME_FOR_ALL, Tally, glance
from rea_xcom_tui.xcom.rules.examples import CLIENT_ID, ROLE
from rea_xcom_tui.xcom.rules.families import rules
from rea_xcom_tui.xcom.rules.settings import Ignore, Policy, RuleSettings
from rea_xcom_tui.xcom.tree import Tree
from rea_xcom_tui.xcom.versions import header
from tests.xcom.rules.helpers import TODAY
from tests.xcom.rules.test_shapes import ACCOUNT, OTHER_ID, changed, fleets, one_thing_changed, usual

PAYS = Tally.pays


@pytest.fixture(autouse=True, scope="module")
def looks_at_each() -> Iterator[None]:
    """Look at each file and keep each, however seldom that is of use here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Tally, "pays", lambda self: True)
        patch.setattr(KnownSections, "pays", lambda self: True)
        yield


OWN = {
    "acme-xcom": ("beta-xcom", "other-xcom-of-team-7"),
    "etl": ("abc", "loads"),
    CLIENT_ID: ("0" * 8 + CLIENT_ID[8:], CLIENT_ID[::-1]),
    ROLE: (ROLE.replace("1", "7"), "arn:aws:iam::210987654321:role/team/Other"),
    ACCOUNT: ("xcom-other@acme-project.iam.gserviceaccount.com", "x@y"),
    "acmexcom": ("betaxcom", "beta"),
    "eu-west-1": ("us-east-1", "ap-southeast-2"),
}
"""What a deployment says for itself, with what others say instead, the first of them in as many letters."""


def siblings(text: str) -> Iterator[str]:
    """A text as other deployments may have it, with all or one of what they say for themselves."""
    yield text
    for number in (0, 1):
        other = text
        for own, others in OWN.items():
            other = other.replace(own, others[number])
        yield other
    for own, others in OWN.items():
        yield text.replace(own, others[0])
    yield f"# Made for somebody\n# agent 1.2.3\n{text}"


def written(tree: dict[str, Any]) -> Iterator[str]:
    """A tree in the styles that files have."""
    yield "".join(f"{key}: {json.dumps(value)}\n" for key, value in tree.items())
    yield yaml.safe_dump(tree, sort_keys=False, width=1 << 20)
    yield yaml.safe_dump(tree, sort_keys=False, width=1 << 20, default_style='"')


def in_full(file: str, text: str, reading: Reading) -> Item:
    """A file judged for itself."""
    data = text.encode()
    ahead = read_ahead(data)
    if not isinstance(ahead, Parsed):
        return read_content(file, data, ahead, reading, "sha1")[0]
    return as_deployment(file, ahead.text, Tree(ahead.root), reading, digest=hash_bytes(data))


def nothing_differs(tree: dict[str, Any], reading: Reading, style: int = 1, many: int | None = None) -> None:
    text = list(written(tree))[style]
    for number, sibling in enumerate(islice(siblings(text), many)):
        file = f"clusters/{('dev', 'prod')[number % 2]}/app{number}/values.yaml"
        data, whole = sibling.encode(), in_full(file, sibling, reading)
        for ahead in (read_ahead(data), read_ahead(data, reading)):  # by its nodes, and by its bytes
            assert read_content(file, data, ahead, reading, "sha1")[0] == whole


READINGS = [
    Reading(today=TODAY),
    Reading(today=TODAY, rules=RuleSettings(airflow=(3, 0), severities={"XC306": "error", "XC520": "info"})),
    Reading(today=TODAY, rules=RuleSettings(airflow=(3, 3), off=frozenset(("XC406",)))),
    Reading(today=TODAY, rules=RuleSettings(ignores=(Ignore("XC306", "known", ("clusters/dev/*",)),))),
    Reading(
        today=TODAY, rules=RuleSettings(policies=(Policy("threshold is 0", "threshold", "is", ("0",), ("prod",)),))
    ),
]


def is_judged_by_another(text: str, reading: Reading) -> bool:
    ahead = read_ahead(text.encode())
    assert isinstance(ahead, Parsed)
    seen = glance(ahead.root, header(text), reading.rules)
    return seen is not None and seen.judged("f", None, reading.rules) is not None


@pytest.mark.parametrize("cloud", ["aws", "azure", "gcp"])
@pytest.mark.parametrize("threshold", ["0", "1048576", "-1"])
def test_a_usual_file_is_judged_by_another(cloud: str, threshold: str) -> None:
    tree = changed(cloud, [("value", (1, threshold))])
    tree["astroDeploymentAPIURL"] = "https://acme-xcom.example.com/etl"
    text = yaml.safe_dump(tree, sort_keys=False, width=1 << 20)
    reading = Reading(today=TODAY)
    for one in siblings(text):
        in_full("values.yaml", one, reading)
    nothing_differs(tree, reading)
    assert is_judged_by_another(text.replace("acme-xcom", "gamma-xcom").replace("etl", "gamma"), reading)
    assert not is_judged_by_another(text.replace("etl", "${X}"), reading)


@pytest.mark.parametrize("cloud", ["aws", "azure", "gcp"])
def test_with_one_thing_out_of_the_ordinary(cloud: str) -> None:
    for number, tree in enumerate(one_thing_changed(cloud)):
        nothing_differs(tree, READINGS[number % len(READINGS)], number % 3, 3)


@settings(max_examples=100, deadline=None)
@given(fleets, st.sampled_from(READINGS), st.integers(0, 2))
def test_with_some_things_out_of_the_ordinary(
    made: tuple[str, list[tuple[str, Any]]], reading: Reading, style: int
) -> None:
    nothing_differs(usual(made[0]), reading, style)
    nothing_differs(changed(*made), reading, style)


def test_a_message_with_the_path_is_of_the_file_itself() -> None:
    tree = usual("azure")
    tree["commonEnv"] = [{"name": PATH_VARIABLE, "value": "abfs://acme-xcom/etl"}]
    tree["commonEnv"].append({"name": "AZURE_STORAGE_ACCOUNT_NAME", "value": "acmexcom"})
    nothing_differs(tree, Reading(today=TODAY))


@pytest.mark.parametrize("name", ["$CLASS", "${CLASS}", "airflow.providers.common.io.xcom.backend.$CLASS"])
def test_a_backend_that_a_variable_names_is_of_the_file_itself(name: str) -> None:
    module, _, own = OBJECT_STORAGE_BACKEND.rpartition(".")
    reading = Reading(today=TODAY)
    for named in (own, own, own, "XComObjectStoreBackend", "BaseXCom"):
        tree: dict[str, Any] = {**usual("aws"), "xcomBackend": name}
        text = named if "." in name else f"{module}.{named}"
        tree["commonEnv"] = [*tree["commonEnv"], {"name": "CLASS", "value": text}]
        nothing_differs(tree, reading)


def with_rules(*codes: str) -> Reading:
    """A reading for which no rules are on but these and those that say the same of all that are alike."""
    every = frozenset(rule.code for rule in rules())
    return Reading(today=TODAY, rules=RuleSettings(off=every - SAME_FOR_ALL - {*codes}))


def each_for_itself(reading: Reading, *trees: dict[str, Any]) -> list[set[str]]:
    """Read files one after the other, of which none may be judged by one before it; the codes of their findings."""
    texts = [yaml.safe_dump(tree, sort_keys=False, width=1 << 20) for tree in trees]
    alone = [in_full("values.yaml", text, reading) for text in texts]  # what they share is known from now on
    for text, item in zip(texts, alone, strict=True):
        assert not is_judged_by_another(text, reading)
        assert read_content("values.yaml", text.encode(), read_ahead(text.encode()), reading, "sha1")[0] == item
    return [{finding.code for finding in item.findings} for item in alone if isinstance(item, Deployment)]


def with_variables(tree: dict[str, Any], **variables: str) -> dict[str, Any]:
    """A tree with these variables, in the places of those with the same names."""
    texts = {entry["name"]: entry["value"] for entry in tree["commonEnv"]} | variables
    return {**tree, "commonEnv": [{"name": name, "value": value} for name, value in texts.items()]}


def test_a_path_that_a_message_has_is_of_the_file_itself_though_no_rule_asks_for_a_connection() -> None:
    paths = ("abfs://acme-xcom/etl", "abfs://acme-xcom/other")
    trees = [
        with_variables(usual("azure"), **{PATH_VARIABLE: path, "AZURE_STORAGE_ACCOUNT_NAME": "acmexcom"})
        for path in paths
    ]
    assert each_for_itself(with_rules(), *trees) == [{"XC520"}, {"XC520"}]


@pytest.mark.parametrize(
    ("variable", "texts"),
    [
        (THRESHOLD_VARIABLE, ("0", "-1", "1048576")),
        (COMPRESSION_VARIABLE, ("gzip", "zip", "zip")),
        (BACKEND_VARIABLE, (OBJECT_STORAGE_BACKEND, "airflow.sdk.BaseXCom", "a.B")),
        (PATH_VARIABLE, ("s3://acme-xcom/etl", "s3://acme-xcom/other", "s3://beta-xcom/etl")),
    ],
)
def test_a_field_that_names_a_variable_is_of_the_file_itself(variable: str, texts: tuple[str, ...]) -> None:
    tree = usual("aws")
    if variable == BACKEND_VARIABLE:
        del tree["xcomBackend"]
    for way in ("$OWN", "${OWN}"):
        each_for_itself(with_rules(), *(with_variables(tree, **{variable: way, "OWN": text}) for text in texts))


def test_a_connection_with_a_variable_in_it_is_of_the_file_itself() -> None:
    connection = '{"conn_type": "aws", "extra": {"region_name": "$OWN", "region_name": "eu-west-1"}}'
    tree = with_variables(
        usual("aws"), **{PATH_VARIABLE: "s3://a_xcom@acme-xcom/etl", "AIRFLOW_CONN_A_XCOM": connection}
    )
    each_for_itself(with_rules(), *(with_variables(tree, OWN=text) for text in ("us-east-1", "eu-west-1")))


def test_a_bad_identity_is_of_the_file_itself_though_another_cloud_asks_for_it() -> None:
    tree = usual("aws")
    trees = [
        {**tree, "annotations": {**tree["annotations"], ANNOTATIONS["azure"]: identity}}
        for identity in (CLIENT_ID, "agent-identity", "<id>", "")
    ]
    assert each_for_itself(with_rules("XC602", "XC614"), *trees) == [set(), {"XC602"}, {"XC602"}, {"XC614"}]


def test_an_identity_that_is_in_conflict_is_of_the_file_itself() -> None:
    tree = usual("azure")
    for other in ({ANNOTATIONS["azure"]: OTHER_ID}, {"x": "y", ANNOTATIONS["azure"]: OTHER_ID}):
        each_for_itself(with_rules(), *[{**tree, "annotations": other}] * 2)
    tree["serviceAccount"] = {"workers": {"annotations": {**tree["annotations"]}}}
    each_for_itself(with_rules(), tree, {**tree, "annotations": other})


def test_a_client_id_that_no_annotation_has_is_told_of_the_file_itself() -> None:
    """It is in no conflict with the identity of the sentinel, which is none of the agent's."""
    annotations = {ANNOTATIONS["azure"]: CLIENT_ID}
    tree = {**usual("azure"), "annotations": {}, "serviceAccount": {"sentinel": {"annotations": annotations}}}
    name = "AIRFLOW_CONN_WASB_XCOM"
    connection = next(entry["value"] for entry in tree["commonEnv"] if entry["name"] == name)
    other = with_variables(tree, **{name: connection.replace(CLIENT_ID, OTHER_ID)})
    assert each_for_itself(with_rules("XC516"), tree, other, other) == [set(), {"XC516"}, {"XC516"}]


def test_identities_of_service_accounts_count() -> None:
    for cloud in ("aws", "azure", "gcp"):
        for other, name in ANNOTATIONS.items():
            account = {
                "serviceAccount": {
                    "workers": {"annotations": {name: {"aws": ROLE, "gcp": ACCOUNT}.get(other, CLIENT_ID)}}
                }
            }
            nothing_differs({**usual(cloud), **account}, Reading(today=TODAY))
            nothing_differs({**usual(cloud), **account, "annotations": {}}, Reading(today=TODAY))


def test_the_rules_are_those_that_there_are() -> None:
    from rea_xcom_tui.xcom.rules import alike

    assert {rule.code for rule in rules()} >= alike.SAME_FOR_ALL


def with_connection(path: str, connection: dict[str, Any]) -> dict[str, Any]:
    """A tree with a path and a connection."""
    tree = usual("azure" if path.startswith("abfs") else "aws")
    tree["image"] = "x"
    tree["commonEnv"] = tree["commonEnv"][:3]
    tree["commonEnv"][0]["value"] = path
    tree["commonEnv"].append({"name": "AIRFLOW_CONN_A_XCOM", "value": json.dumps(connection)})
    tree["commonEnv"].append({"name": "AWS_REGION", "value": ""})
    tree["sentinel"] = {"enabled": False}
    return tree


def alike_but_for_one_thing() -> Iterator[dict[str, Any]]:
    """Trees of which each differs from the others in one thing that decides what is said of a deployment."""
    extras: list[dict[str, Any]] = [{"region_name": "eu-west-1"}, {"region_name": "us-east-1"}, {}]
    azure: dict[str, Any] = {"account_name": "acmexcom", "managed_identity_client_id": CLIENT_ID}
    of_azure = [
        {**azure, "anon": False},
        azure,
        {"account_name": "acmexcom"},
        {"account_name": "acmexcom", "anon": False},
    ]
    for kind, scheme, some in (("aws", "s3", extras), ("s3", "s3", extras), ("azure", "abfs", of_azure)):
        for extra in some:
            for name in ("a_xcom@", "A_xcom@", "b_xcom@", ""):
                path = f"{scheme}://{name}acme-xcom/etl"
                yield with_connection(path, {"conn_type": kind, "extra": extra})
                yield with_connection(path, {"conn_type": kind, "extra": json.dumps(extra)})
    tree = with_connection("s3://a_xcom@acme-xcom/etl", {"conn_type": "aws"})
    sections: dict[str, list[Any]] = {
        "image": ["x/astro-remote-execution-agent:3.0-1-astro-agent-1.4.0", "x:1", None, 5],
        "resourceNamePrefix": ["", None, 5, "ENC[x]", "Etl"],
        "xcomBackend": ["", "a.B", "airflow.sdk.BaseXCom", None],
        "annotations": [{}, {"x": ROLE}, {ANNOTATIONS["gcp"]: ACCOUNT}, {ANNOTATIONS["azure"]: CLIENT_ID}, {"x": 5}],
    }
    for what, values in sections.items():
        for value in values:
            yield {**tree, what: value}
            yield {**with_connection("abfs://a_xcom@xcom/etl", {"conn_type": "azure", "extra": azure}), what: value}
    texts = [["5", "-1", "x"], ["zip", "none", "x"], ['{"conn_type": "aws", "x": 1}', "x"], ["x"]]
    for number, others in enumerate(texts):
        for value in others:
            other = json.loads(json.dumps(tree))
            other["commonEnv"][number + 1]["value"] = value
            yield other


@pytest.mark.parametrize("reading", READINGS[:3])
def test_each_thing_that_decides_is_compared(reading: Reading) -> None:
    for tree in (*alike_but_for_one_thing(), *alike_but_for_one_thing()):
        nothing_differs(tree, reading)
        nothing_differs(tree, reading, 0, 1)


@pytest.mark.parametrize("login", [None, "acmexcom", "betaxcom", "Acme", "", CLIENT_ID, 5])
def test_azures_account_may_be_the_login_too(login: object) -> None:
    tree = usual("azure")
    named = next(entry for entry in tree["commonEnv"] if entry["name"].startswith("AIRFLOW_CONN_"))
    named["value"] = json.dumps({**json.loads(named["value"]), "login": login})
    reading = Reading(today=TODAY)
    for _ in range(3):
        nothing_differs(tree, reading)
    other = yaml.safe_dump(tree, sort_keys=False, width=1 << 20).replace("acme-xcom", "gamma-xcom")
    assert is_judged_by_another(other, reading) == (login in ("acmexcom", "betaxcom"))


def test_a_version_in_the_header_is_of_the_file_itself() -> None:
    text = yaml.safe_dump({**usual("aws"), "image": "x"}, sort_keys=False, width=1 << 20)
    reading = Reading(today=TODAY)
    told = set()
    for number, version in enumerate(("1.4.0", "1.6.0", "1.4.0", "1.6.0", "1.4.0", "1.6.0")):
        data = f"# agent version {version}\n{text.replace('etl', f'etl{number}')}".encode()
        found = read_content(f"a{number}/values.yaml", data, read_ahead(data), reading, "sha1")[0]
        assert found == in_full(f"a{number}/values.yaml", data.decode(), reading)
        told.add(found.config.agent if isinstance(found, Deployment) else None)
    assert told == {(1, 4, 0), (1, 6, 0)}
    assert is_judged_by_another(f"# agent version 1.6.0\n{text}", reading)


def test_files_of_a_kind_that_are_hardly_ever_alike_are_looked_at_seldom() -> None:
    def looks(tally: Tally, many: int, *, of_use: bool) -> int:
        looked = 0
        for _ in range(many):
            if PAYS(tally):
                looked += 1
                tally.of_use += of_use
        return looked

    tally = Tally()
    assert looks(tally, 1000, of_use=True) == 1000
    assert looks(tally, 10_000, of_use=False) < 1900
    assert looks(tally, 8000, of_use=True) > 6000  # soon all of them again


def test_repos_with_the_same_settings_know_the_same() -> None:
    text = yaml.safe_dump(usual("gcp"), sort_keys=False, width=1 << 20)
    for number in range(2):
        data = text.replace("etl", f"one{number}").encode()
        read_content(
            "values.yaml", data, read_ahead(data), Reading(today=TODAY, rules=RuleSettings(airflow=(3, 2))), "sha1"
        )
    assert is_judged_by_another(text, Reading(today=TODAY, rules=RuleSettings(airflow=(3, 2))))
    assert not is_judged_by_another(text, Reading(today=TODAY, rules=RuleSettings(airflow=(3, 1))))
