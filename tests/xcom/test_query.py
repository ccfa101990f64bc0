"""The whole grammar of queries over plain rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rea_xcom_tui.xcom.model import FieldName, State
from rea_xcom_tui.xcom.query import FLAGS, KEYS, QueryError, complete, narrowed, parse
from tests.xcom.trees import BACKEND, ROLE


@dataclass
class Line:
    """A row for the tests."""

    name: str
    file: str
    env: str | None = None
    namespace: str | None = None
    layout: str = "values"
    cloud: str = "none"
    flags: Collection[str] = ()
    codes: Collection[str] = ()
    severities: Collection[str] = ()
    values: Mapping[str, str | int] = field(default_factory=dict)
    states: Mapping[str, State] = field(default_factory=dict)
    words: str = ""
    files: Collection[str] = ()
    cluster: str | None = None
    repo: str | None = None

    def __post_init__(self) -> None:
        self.words = f"{self.name} {self.file}".lower()
        self.files = (self.file,)

    def value(self, field: FieldName) -> str | int | None:
        return self.values.get(field)

    def state(self, field: FieldName) -> State | None:
        if "unreadable" in self.flags:
            return None
        return self.states.get(field, "set" if field in self.values else "unset")


ROWS = [
    Line(
        "billing-etl", "clusters/prod/billing/etl/values.yaml", "prod", "billing", cloud="aws",
        flags=("dirty", "edited"), codes=("XC101", "XC305"), severities=("error", "info"),
        values={"backend": BACKEND, "path": "s3://aws_x@billing-prod/etl", "threshold": 1048576, "compression": "zip",
                "identity": ROLE, "connection": "aws_x"},
    ),
    Line(
        "billing-ml", "clusters/staging/billing/ml/values.yaml", "staging", "billing", cloud="azure",
        values={"backend": BACKEND, "path": "abfs://wasb@billing/ml", "threshold": 0, "compression": "gzip"},
        states={"identity": "reference"},
    ),
    Line("Crm Sync", "apps/crm.yaml", "prod", None, "argocd", flags=("layered",),
         values={"threshold": -2, "compression": "ZIP"}, states={"compression": "invalid"}),
    Line("old", "legacy/values.yaml", flags=("unreadable",)),
]  # fmt: skip

A, B, C, D = "billing-etl", "billing-ml", "Crm Sync", "old"

QUERIES: dict[str, list[str]] = {
    "": [A, B, C, D],
    "  ": [A, B, C, D],
    "billing": [A, B],
    "BILLING etl": [A],
    "values.yaml": [A, B, D],
    "prod*etl": [A],
    '"crm sync"': [C],
    "-billing": [C, D],
    "billing OR old": [A, B, D],
    "billing -etl OR old": [B, D],
    "billing -(etl OR ml)": [],
    "-(etl OR billing-ml) -old": [C],
    "--old": [D],
    "env:prod": [A, C],
    "env:PROD": [A, C],
    "env:prod,staging": [A, B, C],
    "env:?": [D],
    "env:*": [A, B, C],
    "env:p*": [A, C],
    "-env:prod": [B, D],
    "namespace:billing": [A, B],
    "namespace:?": [C, D],
    "name:billing": [],
    "name:billing-*": [A, B],
    'name:"crm sync"': [C],
    "file:clusters/prod/*": [A],
    "file:*/values.yaml": [A, B, D],
    "layout:argocd": [C],
    "cloud:aws,azure": [A, B],
    "cloud:none": [C, D],
    "cloud:*": [A, B],
    "cloud:?": [C, D],
    "code:XC101": [A],
    "code:xc3*": [A],
    "code:?": [B, C, D],
    "code:*": [A],
    "severity:error": [A],
    "severity:warning": [],
    "is:dirty": [A],
    "is:layered,unreadable": [C, D],
    "-is:unreadable": [A, B, C],
    "threshold:0": [B],
    "threshold:always": [B],
    "threshold:never": [C],
    "threshold:-1": [C],
    "threshold:1MiB": [A],
    'threshold:"1 MiB"': [A],
    "threshold:>0": [A],
    "threshold:>=0": [A, B],
    "threshold:<1KB": [B, C],
    "threshold:<=0": [B, C],
    'threshold:">=1 MiB"': [A],
    "threshold:1*": [A],
    "threshold:?": [],
    "threshold:*": [A, B, C],
    "threshold:0,1MiB": [A, B],
    "threshold:<0,>=1MiB": [A, C],
    "compression:zip": [A],
    "compression:ZIP": [C],
    "compression:*zip": [A, B],
    "compression:*": [A, B, C],
    "compression:?": [],
    "-compression:?": [A, B, C, D],
    "identity:*": [A, B],
    "identity:?": [C],
    f"identity:{ROLE}": [A],
    "identity:*Role": [A],
    "connection:aws_x": [A],
    "path:s3://*": [A],
    "path:*billing*": [A, B],
    "backend:XComObjectStorageBackend": [A, B],
    f"backend:{BACKEND}": [A, B],
    "(env:prod OR env:staging) threshold:>=0 -is:dirty": [B],
    "PATH:s3://*": [A],
    'path:"s3://*"': [A],
}


@pytest.mark.parametrize(("text", "names"), QUERIES.items())
def test_what_a_query_selects(text: str, names: list[str]) -> None:
    query = parse(text)
    assert [row.name for row in query.select(ROWS)] == names
    assert query.is_empty == (not text.strip())


ERRORS: list[tuple[str, int, str]] = [
    ("env:prod thresold:0", 9, 'There is no key "thresold"; did you mean threshold?'),
    ("compresion:zip", 0, "did you mean compression?"),
    ("zzzzz:1", 0, "known are name, file, env"),
    ("s3://bucket/x", 0, "path:s3://"),
    ("is:drity", 3, "did you mean dirty?"),
    ("severity:fatal", 9, "known are error, warning, info"),
    ("layout:helm", 7, "did you mean helmfile?"),
    ("cloud:amazon", 6, "has no"),
    ("threshold:abc", 10, "is not a size"),
    ("threshold:>", 11, "is not a size"),
    ("threshold:>=1XB", 12, "is not a unit"),
    ("path:>1", 5, "Only threshold can be compared"),
    ("env:<5", 4, "Only threshold can be compared"),
    ("env:", 4, "A value is missing after env:"),
    ("env:a,,b", 6, "A value is missing after env:"),
    ("(a b", 0, "not closed"),
    ("a)", 1, "has no opening one"),
    ("()", 1, "missing before the closing"),
    ("a OR", 4, "missing before the end"),
    ("OR a", 0, "missing before OR"),
    ("a OR OR b", 5, "missing before OR"),
    ("- a", 0, "nothing does"),
    ("a -", 2, "nothing does"),
    ("-OR", 0, "nothing does"),
    ('name:"abc', 5, "A quote is not closed."),
    ("(" * 60 + "a" + ")" * 60, 50, "more than 50 deep"),
]


@pytest.mark.parametrize(("text", "position", "reason"), ERRORS)
def test_what_is_wrong_is_said_with_its_position(text: str, position: int, reason: str) -> None:
    with pytest.raises(QueryError) as error:
        parse(text)
    assert error.value.position == position
    assert reason in error.value.reason
    assert error.value.exit_code == 2
    message = str(error.value)
    assert "\n" not in message
    assert f"at character {position + 1}" in message
    before, after = message.rsplit("▸", 1)
    assert text[:position][-10:] in before
    assert text[position : position + 10] in after


ALPHABET = 'ab:-*?,()"<>=0 ORenvisthreshold1MiB\t'


@given(st.text(max_size=60) | st.text(alphabet=ALPHABET, max_size=40))
def test_any_text_is_a_query_or_an_error_with_a_position(text: str) -> None:
    position = 0
    try:
        query = parse(text)
    except QueryError as error:
        position = error.position
    else:
        assert set(map(id, query.select(ROWS))) <= set(map(id, ROWS))
    assert 0 <= position <= len(text)


PARTS = st.sampled_from(["billing", "env:prod", "threshold:>0", "is:dirty", "name:billing-*", "identity:?", "code:*"])


@given(PARTS, PARTS)
def test_the_signs_do_what_sets_do(one: str, two: str) -> None:
    def names(text: str) -> set[str]:
        return {row.name for row in parse(text).select(ROWS)}

    everything = {row.name for row in ROWS}
    assert names(f"{one} {two}") == names(one) & names(two)
    assert names(f"{one} OR {two}") == names(one) | names(two)
    assert names(f"-{one}") == everything - names(one)
    assert names(f"-({one} OR {two})") == everything - names(one) - names(two)
    assert names(f"(({one})) {two}") == names(f"{two} {one}")


@given(st.lists(st.sampled_from(["a", "b", "ab", "*"]), max_size=8), st.text(alphabet="ab", max_size=12))
def test_wildcards_are_those_of_a_shell(parts: list[str], name: str) -> None:
    from fnmatch import fnmatchcase

    pattern = "".join(parts)
    if pattern.strip("*") == "":
        return
    matched = bool(parse(f"name:{pattern}").select([Line(name, "f")]))
    assert matched == fnmatchcase(name, pattern)


def test_a_hostile_wildcard_is_fast() -> None:
    started = time.process_time()
    assert parse("file:" + "*a" * 40 + "b").select([Line("n", "a" * 5000)]) == []
    assert time.process_time() - started < 0.5


def test_ten_thousand_rows_in_no_time() -> None:
    rows = [Line(f"etl{index}", f"clusters/prod/team/etl{index}/values.yaml") for index in range(10_000)]
    query = parse("etl99")
    best = min(_seconds(lambda: query.select(rows)) for _ in range(5))
    assert len(query.select(rows)) == 111
    assert best < 0.05, "about 2 ms on an idle machine"


def _seconds(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


# -- completion ----------------------------------------------------------------------------------------------------


def suggested(text: str, known: Mapping[str, Collection[str]] | None = None) -> list[str]:
    cursor = text.find("|")
    query = text.replace("|", "")
    return [suggestion.apply(query) for suggestion in complete(query, cursor, known)]


def test_keys_are_completed() -> None:
    assert suggested("th|") == ["threshold:"]
    assert suggested("env:prod na|") == ["env:prod name:", "env:prod namespace:"]
    assert suggested("-i|") == ["-identity:", "-is:"]
    assert suggested("(e|") == ["(env:"]
    assert suggested("zz|") == []
    assert len(suggested("|")) == len(KEYS)


def test_values_are_completed() -> None:
    known = {"env": ("staging", "prod", "preprod"), "name": ("crm sync",), "path": ("s3://a,b",)}
    assert suggested("env:pr|", known) == ["env:prod", "env:preprod"]
    assert suggested("env:prod,st| billing", known) == ["env:prod,staging billing"]
    assert suggested("name:c|", known) == ['name:"crm sync"']
    assert suggested('name:"crm s|', known) == ['name:"crm sync"']
    assert suggested("path:s3|", known) == ['path:"s3://a,b"']
    assert suggested("is:d|")[:2] == ["is:dirty", "is:drifted"]
    assert suggested("is:un|") == ["is:unreadable", "is:unreached"]
    assert suggested("severity:|") == ["severity:error", "severity:warning", "severity:info"]
    assert "threshold:always" in suggested("threshold:|")
    assert suggested("compression:gz|") == ["compression:gzip"]
    assert suggested("zzz:|") == []


def test_an_invalid_threshold_is_found_as_it_stands() -> None:
    wrong = Line("wrong", "w.yaml", values={"threshold": "10MB"}, states={"threshold": "invalid"})
    right = Line("right", "r.yaml", values={"threshold": 10_000_000})
    assert [row.name for row in parse("threshold:10MB").select([wrong, right])] == ["wrong", "right"]
    assert parse("threshold:>1").select([wrong, right]) == [right]


@pytest.mark.parametrize(
    ("query", "key", "value", "made"),
    [
        ("", "env", "prod", "env:prod"),
        ("billing ", "compression", None, "billing compression:?"),
        ("etl OR ml", "threshold", "0", "(etl OR ml) threshold:0"),
        ("ORDERS", "name", "Crm Sync", 'ORDERS name:"Crm Sync"'),
    ],
)
def test_a_query_is_narrowed_to_a_value(query: str, key: str, value: str | None, made: str) -> None:
    assert narrowed(query, key, value) == made
    parse(made)


def test_the_values_of_is_say_what_they_mean() -> None:
    assert {suggestion.text: suggestion.note for suggestion in complete("is:", 3)} == FLAGS


@given(st.text(alphabet=ALPHABET, max_size=30), st.integers(-2, 40))
def test_completion_never_fails_and_stays_in_the_text(text: str, cursor: int) -> None:
    for suggestion in complete(text, cursor, {"env": ("a", "b c")}):
        assert 0 <= suggestion.start <= suggestion.end <= len(text)


@pytest.mark.parametrize("text", ["th", "env:p", "-is:", "a (threshold:", 'name:"a b'])
def test_every_suggestion_makes_a_query(text: str) -> None:
    for suggestion in complete(text, len(text), {"env": ("prod", "pre prod"), "name": ("a b c",)}):
        if not suggestion.text.endswith(":"):
            made = suggestion.apply(text)
            parse(made + ")" * made.count("("))
