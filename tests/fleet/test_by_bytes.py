"""A file that is judged by another one because of its bytes is what it is when it is judged for itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, repeat

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rea_xcom_tui.fleet.model import Deployment, Manifest
from rea_xcom_tui.fleet.scan import by_bytes
from rea_xcom_tui.fleet.scan.by_bytes import ByBytes
from rea_xcom_tui.fleet.scan.moved import is_movable
from rea_xcom_tui.fleet.scan.read import read_ahead, read_content, read_deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.gitops.objects import hash_bytes
from rea_xcom_tui.values.bytes_alike import KnownSections, Section, varying
from rea_xcom_tui.values.quick_node import QuickNode
from rea_xcom_tui.xcom.model import UNSET, Configuration, Finding
from rea_xcom_tui.xcom.rules.alike import SAME_FOR_ALL, Judged, Tally, known_under
from rea_xcom_tui.xcom.rules.examples import CLIENT_ID, ROLE
from rea_xcom_tui.xcom.rules.families import rules
from rea_xcom_tui.xcom.rules.fleet_row import FleetRow
from rea_xcom_tui.xcom.rules.settings import RuleSettings
from tests.xcom.rules.helpers import TODAY
from tests.xcom.rules.test_shapes import usual

PAYS = KnownSections.pays


@pytest.fixture(autouse=True)
def keeps_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at each file and keep each, however seldom that is of use here."""
    monkeypatch.setattr(Tally, "pays", lambda self: True)
    monkeypatch.setattr(KnownSections, "pays", lambda self: True)


@pytest.fixture
def reading() -> Reading:
    """Settings that no other test has, so that nothing is known of files."""
    keeps_each.number = number = getattr(keeps_each, "number", 0) + 1  # type: ignore[attr-defined]
    return Reading(today=TODAY, rules=RuleSettings(agent=(1, 6, number)))


def fleet_file(cloud: str = "aws", **more: object) -> str:
    """Values as a fleet has them."""
    tree = {"resourceNamePrefix": "etl", "namespace": "etl-dev", **usual(cloud), **more}
    return yaml.safe_dump(tree, sort_keys=False, width=1 << 20)


def read(text: str | bytes, reading: Reading, file: str = "clusters/dev/a/values.yaml") -> tuple[bool, object]:
    """Whether the bytes of a file tell what is to be said of it, and what is said; that is held against what the full
    reader and all rules say of it."""
    data = text.encode() if isinstance(text, str) else text
    ahead = read_ahead(data, reading)
    found = read_content(file, data, ahead, reading, "sha1")
    without = read_content(file, data, read_ahead(data), reading, "sha1")
    assert found == without
    if not isinstance(found[0], Manifest):
        assert found[0] == read_deployment(file, data, reading, digest=hash_bytes(data))
    return isinstance(ahead, ByBytes), found[0]


def known(text: str, reading: Reading) -> None:
    """Have a file with this text read, and one with other names."""
    read(text, reading)
    read(text.replace("acme", "beta"), reading)


@pytest.mark.parametrize("cloud", ["aws", "azure", "gcp"])
def test_files_of_a_fleet_are_judged_by_their_bytes(cloud: str, reading: Reading) -> None:
    text = fleet_file(cloud)
    known(text, reading)
    told, found = read(text.replace("acme", "gamma").replace("etl", "loads"), reading)
    assert told
    assert isinstance(found, Deployment)
    assert (found.namespace, found.config.fields["path"].state) == ("loads-dev", "set")


def moved(text: str) -> Iterator[str]:
    """A text with its lines elsewhere."""
    yield f"# Of the team that loads\n\n{text}"
    yield text.replace("\ncommonEnv:", "\n# What all of them have\n\ncommonEnv:")
    yield text.replace("\nxcomBackend:", "\n\n\nxcomBackend:")
    for number in range(text.count("\n- name: ")):
        parts = text.split("\n- name: ")
        yield "\n- name: ".join(parts[: number + 1]) + "\n# next\n- name: " + "\n- name: ".join(parts[number + 1 :])


@pytest.mark.parametrize("cloud", ["aws", "azure", "gcp"])
@pytest.mark.parametrize("threshold", ["0", "1048576", "-1"])
def test_lines_may_be_elsewhere(cloud: str, threshold: str, reading: Reading) -> None:
    tree = usual(cloud)
    tree["commonEnv"][1]["value"] = threshold
    text = yaml.safe_dump(tree, sort_keys=False, width=1 << 20)
    lines: set[int] = set()
    for one in [*moved(text), *moved(text), *moved(text.replace("acme", "gamma"))]:
        _, found = read(one, reading)
        assert isinstance(found, Deployment)
        lines.update(place.line for place in found.config.fields["threshold"].places)
    for one in moved(text.replace("acme", "delta")):
        assert read(one, reading)[0]
    assert len(lines) > 2


def test_a_sentence_that_names_a_line_is_of_one_file(reading: Reading) -> None:
    text = fleet_file("azure")
    text += f"triggerer:\n  env:\n  - name: AZURE_CLIENT_ID\n    value: {CLIENT_ID}\n"
    for one in (*moved(text), *moved(text)):
        read(one, reading)


STYLES = ["{}", '"{}"', "'{}'", "{} ", '"{}"  # zero stores all', "{} # as the others", "'{}'   "]


@given(st.lists(st.tuples(st.sampled_from(STYLES), st.sampled_from(STYLES), st.sampled_from(STYLES)), max_size=6))
@settings(max_examples=60, deadline=None)
def test_how_a_scalar_is_written_makes_no_difference(styles: list[tuple[str, str, str]]) -> None:
    reading = Reading(today=TODAY, rules=RuleSettings(agent=(1, 7, 9)))
    text = fleet_file().replace("resourceNamePrefix: etl", "resourceNamePrefix: PREFIX")
    text = text.replace("namespace: etl-dev", "namespace: NAMESPACE").replace(ROLE, "ROLE")
    known(text, reading)
    for one, other, third in styles:
        read(
            text.replace("PREFIX", one.format("loads"))
            .replace("NAMESPACE", other.format("loads-dev"))
            .replace("ROLE", third.format(ROLE.replace("1", "2"))),
            reading,
        )


BOM = b"\xef\xbb\xbf"
WORDS = [
    "null", "y", "off", "~", "0x10", "1e5", "017", "1_000", ".inf", "2026-01-01", "12:30", "a:", "a:b", "=", "@x", "-x",
    "+1", "<<", "!x", "&x", "*x", "a#b", "a #b", "{a}", "[a]", "$X", "${X}", "ENC[x]", "E", "kind:Application",
    "rea-xcom:", "etl\n  dev", "\u00e9", "", " ", "\t", "Etl", "x" * 300, "a, b", "%x", "`x`", "|", ">", "?x", "a\\/b",
    "a\\nb", "null:", "~:",
]  # fmt: skip


@pytest.mark.parametrize("style", STYLES[:3])
@pytest.mark.parametrize("old", ["etl-dev", "s3://acme-xcom/etl", ROLE, "'0'", "gzip"])
def test_a_word_that_means_something_else_is_read_as_it_is(style: str, old: str, reading: Reading) -> None:
    text = fleet_file()
    known(text, reading)
    assert text.count(old) == 1
    for word in WORDS:
        one = text.replace(old, style.format(word))
        read(one, reading)
        read(one, reading)


def test_a_section_does_not_end_within_a_word(reading: Reading) -> None:
    text = fleet_file()
    for name in ("acme", "beta", "gamma"):
        for end in ("", "\n", "b", " # b\n", "\n\n", "\n", ""):
            one = text.replace("acme", name)
            read(f"{one}image: quay.io/a{end}", reading)
            read(f"{one}image: quay.io/a{end}more: {{}}\n", reading)


def test_a_value_on_a_line_of_its_own_may_look_like_a_key(reading: Reading) -> None:
    text = fleet_file().replace("namespace: etl-dev", "namespace:\n  etl-dev")
    known(text, reading)
    for word in ("gamma", "kind: Application", "kind:Application", "a:b"):
        read(text.replace("etl-dev", word), reading)


@pytest.mark.parametrize("cloud", ["aws", "azure", "gcp"])
@pytest.mark.parametrize("order", [1, -1])
def test_lists_in_brackets(cloud: str, order: int, reading: Reading) -> None:
    """What is in one line begins further to the right where what is before it is longer."""
    tree = usual(cloud)
    more = [{"name": "ASTRO_DEPLOYMENT_ID", "value": "acme"}, {"name": "NOTE", "value": "of \u00e9"}]
    more += [{"name": name, "value": value} for name, value in (("TEAM", "acme"), ("CENTRE", "5"))]
    tree["commonEnv"] = [more[0], more[2], more[3], *tree["commonEnv"], more[1]][::order]
    columns: set[int] = set()
    told: list[bool] = []
    rest = yaml.safe_dump({**tree, "commonEnv": None}, sort_keys=False, width=1 << 20)
    for number, name in enumerate(("one", "two", "another-one", "six", "one-of-many-more", "a")):
        for threshold in ("0", "1048576", "-1"):
            next(one for one in tree["commonEnv"] if "THRESHOLD" in one["name"])["value"] = threshold
            text = json.dumps(tree["commonEnv"], ensure_ascii=number % 2 == 0).replace("acme", name)
            text = text.replace("xcom/etl", f"xcom/{name}")
            for line in (f"commonEnv: {text}", f"commonEnv:\n  {text}", f"# {name}\ncommonEnv: {text} # {name}"):
                whole = rest.replace("commonEnv: null", line).replace(CLIENT_ID, CLIENT_ID.replace("1", str(number)))
                is_told, found = read(whole, reading)
                told.append(is_told)
                assert isinstance(found, Deployment)
                columns.update(place.column for place in found.config.fields["threshold"].places)
    assert len(columns) > 2
    if order == 1:
        assert sum(told[len(told) // 2 :]) > len(told) // 8


@pytest.mark.parametrize(
    "before", [b"\xef\xbb\xbf", b"\xef\xbb\xbf# a\n", b"# a\r\n", b"\xef\xbb\xbf\xef\xbb\xbf", b"\xff"]
)
def test_what_is_no_text_to_the_quick_reader(before: bytes, reading: Reading) -> None:
    text = fleet_file()
    known(text, reading)
    for other in ("gamma", "delta"):
        data = before + text.replace("acme", other).encode()
        for one in (data, data.replace(b"\n", b"\r\n"), data.replace(b"\n", b"\r")):
            read(one, reading)
    assert read(BOM + text.encode().replace(b"\n", b"\r\n"), reading)[0]


@pytest.mark.parametrize(
    "header", ["# agent version 1.4.0\n", "# Agent: v1.6.1\n", "# rea-xcom: ignore[XC306] known\n", "---\n"]
)
def test_a_comment_in_front_that_says_something(header: str) -> None:
    reading = Reading(today=TODAY, rules=RuleSettings(airflow=(3, 1)))
    text = fleet_file("azure", image="x")
    known(text, reading)
    for one in ("gamma", "delta", "omega"):
        read(header + text.replace("acme", one), reading)
        read(text.replace("acme", one), reading)


@pytest.mark.parametrize("comment", ["# rea-xcom: ignore[XC306] known", "# rea-xcom: ignore[XC306]", "# so: it is"])
def test_a_comment_behind_a_value_that_says_something(comment: str, reading: Reading) -> None:
    tree = usual("aws")
    tree["commonEnv"][1]["value"] = "4096"
    text = yaml.safe_dump(tree, sort_keys=False, width=1 << 20)
    known(text, reading)
    for one in ("gamma", "delta"):
        read(text.replace("'4096'", f"'4096' {comment}").replace("acme", one), reading)


@pytest.mark.parametrize("word", ["rea-xcom:", "a/rea-xcom:b", "rea-xcom"])
def test_a_word_that_begins_an_ignore_comment_elsewhere(word: str, reading: Reading) -> None:
    text = f"# Of a team\n{fleet_file()}"
    known(text, reading)
    for style in STYLES[:3]:
        read(text.replace("etl-dev", style.format(word)), reading)
        read(text.replace("etl-dev", style.format(word)), reading)


@pytest.mark.parametrize("kind", ["kind: Foo", '"kind": Foo', "kind : Foo", "?\n    kind\n  : Foo"])
def test_an_annotation_that_may_be_the_kind_of_an_object(kind: str, reading: Reading) -> None:
    text = fleet_file().replace("annotations:\n", f"annotations:\n  {kind}\n")
    known(text, reading)
    for word in ("Foo", "Application", "'Application'", "HelmRelease  # of a team"):
        read(text.replace("Foo", word), reading)


def test_releases_behind_a_comment_may_be_those_of_a_helmfile() -> None:
    every = frozenset(rule.code for rule in rules() if rule.code not in SAME_FOR_ALL)
    reading = Reading(today=TODAY, rules=RuleSettings(agent=(1, 5, 9), off=every))
    text = f"releases: []\n{fleet_file()}repositories: []\n"
    for name in ("acme", "beta", "gamma"):
        known(text.replace("acme", name), reading)
    for before in ("# Of a team\n", "\n", ""):
        read(before + text, reading)


def test_what_begins_an_ignore_comment_is_one_where_a_comment_is_in_front_of_it(reading: Reading) -> None:
    text = f"{fleet_file()}zoneName: rea-xcom:ignore\n"
    for name in ("acme", "beta", "gamma"):
        known(text.replace("acme", name), reading)
    read(f"# Of a team\n{text}", reading)
    read(text.replace("etl-dev", "etl-dev # as before"), reading)


def test_json_in_double_quotes(reading: Reading) -> None:
    text = yaml.safe_dump(usual("azure"), sort_keys=False, width=1 << 20, default_style='"')
    known(text, reading)
    for one in (CLIENT_ID.replace("1", "2"), CLIENT_ID.replace("1", "3")):
        told, found = read(text.replace(CLIENT_ID, one).replace("acmexcom", "betaxcom"), reading)
        assert told
        assert isinstance(found, Deployment)
        assert found.config.fields["identity"].value == one


@pytest.mark.parametrize("label", [True, "true", 1, "1", {}, ["true"], None])
def test_sections_with_one_text_may_say_different_things(label: object, reading: Reading) -> None:
    text = fleet_file("azure")
    known(text, reading)
    for one in ("gamma", "delta"):
        read(fleet_file("azure", labels={"azure.workload.identity/use": label}).replace("acme", one), reading)
        read(fleet_file("azure", labels={}).replace("acme", one), reading)
        read(fleet_file("azure", labels={"azure.workload.identity/used": "true"}).replace("acme", one), reading)


def test_a_section_that_another_kind_of_file_has_too(reading: Reading) -> None:
    text = fleet_file("azure")
    other = fleet_file("azure", labels={"azure.workload.identity/use": True})
    for name in ("acme", "beta"):
        known(text.replace("acme", name), reading)
        known(other.replace("acme", name).replace("wasb_xcom@", "wasb_default@"), reading)
    read(other, reading)


def test_a_section_that_appears_twice(reading: Reading) -> None:
    text = fleet_file()
    known(text, reading)
    for more in ("sentinel:\n  env: []\n", "namespace: etl-dev\n", "labels: {}\n", text):
        read(text + more, reading)
        read(more + text, reading)


def test_a_scalar_behind_letters_of_more_bytes_is_somewhere_else() -> None:
    node = QuickNode("scalar", 1, 30, "aa", "aa")
    for letter, found in (("\u00e9", []), ("e", [29])):  # with the wide one, the first "aa" begins at byte 29
        data = f'["{letter * 12}", "aa", "bb", "aa"]\n'.encode()
        assert [one.start for one in varying(data, [node])] == found


def test_what_is_said_of_another_place_stays_with_the_file() -> None:
    def judged(line: int, message: str) -> Judged:
        findings = (Finding("XC306", "info", message, line, 1),)
        return Judged(Configuration(dict(UNSET), "aws"), findings, FleetRow("a", "", "", None, None, 0, 0))

    assert is_movable(judged(3, "threshold 4096"), [(3, 1), (4, 1)])
    assert not is_movable(judged(5, "threshold 4096"), [(3, 1), (4, 1)])
    assert not is_movable(judged(3, "as line 3 says"), [(3, 1), (4, 1)])
    assert not is_movable(judged(3, "threshold 4096"), [(3, 1), (3, 1)])


def test_places_in_a_section_are_those_of_one_file_while_another_thread_reads_it(reading: Reading) -> None:
    text = fleet_file()
    other = Reading(today=TODAY, rules=RuleSettings(agent=(1, 5, 8)))
    found, unders = [], []
    for before, one in (("", reading), ("# Of a team\n" * 9, other)):
        known(before + text, one)
        unders.append(known_under(one.rules).by_bytes)
        found.append(unders[-1].sections.find(text.encode(), 0, 1).sections)

    class Moving:
        def __init__(self, here: Section, there: Section) -> None:
            self.places, self.number = here.places, here.number
            self.read = chain([here], repeat(there))

        @property
        def shown(self) -> object:
            return next(self.read).shown

    under = unders[0]
    made = by_bytes._made(under, found[0], "", reading.rules)
    moving: list[object] = [Moving(*both) for both in zip(*found, strict=True)]
    again = by_bytes._made(under, moving, "", reading.rules)  # type: ignore[arg-type]
    assert made is not None
    assert again is not None
    assert again.places == made.places


def test_identities_of_service_accounts_stand_where_they_stand() -> None:
    every = frozenset(rule.code for rule in rules() if rule.code not in SAME_FOR_ALL)
    reading = Reading(today=TODAY, rules=RuleSettings(off=every))
    account = {"serviceAccount": {"workers": {"annotations": {"eks.amazonaws.com/role-arn": ROLE}}}}
    text = fleet_file("aws", annotations={}, **account)
    for one in (*moved(text), *moved(text.replace("acme", "beta")), *moved(text.replace("acme", "gamma"))):
        _, found = read(one, reading)
        assert isinstance(found, Deployment)
        assert found.config.fields["identity"].value == ROLE


def test_what_is_seldom_of_use_is_seldom_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = KnownSections()
    assert sum(PAYS(texts) for _ in range(10_000)) < 1200


def test_contents_never_get_the_number_of_others(reading: Reading) -> None:
    text = fleet_file()
    known(text, reading)
    kept = known_under(reading.rules).by_bytes
    before = set(kept.contents.values())
    kept.forget()
    assert not kept.contents
    known(text.replace("default-worker", "other-worker"), reading)
    assert before.isdisjoint(kept.contents.values())


def test_what_is_known_of_patterns_is_bounded(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    from rea_xcom_tui.fleet.scan import by_bytes

    monkeypatch.setattr(by_bytes, "_MOST_TOLD", 5)
    text = fleet_file()
    for number in range(40):
        read(text.replace("'0'", f"'{number % 9}'").replace("acme", f"acme{number}"), reading)
        patterns = known_under(reading.rules).by_bytes.patterns.values()
        assert sum(len(one.known) for one in patterns) <= 5
