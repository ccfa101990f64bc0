"""What is kept from one file for the next changes nothing: every file is read as if it were the only one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.values.quick import read_quickly
from rea_xcom_tui.xcom import chart_entries, reading, reading_identity, tree, versions
from rea_xcom_tui.xcom.chart_entries import EnvEntry, Note
from rea_xcom_tui.xcom.masking import without_passwords
from rea_xcom_tui.xcom.model import Node
from rea_xcom_tui.xcom.recognise import recognise
from rea_xcom_tui.xcom.rules.engine import survey
from rea_xcom_tui.xcom.rules.families import rules
from rea_xcom_tui.xcom.rules.settings import RuleContext
from rea_xcom_tui.xcom.rules.shape import shape_of
from rea_xcom_tui.xcom.rules.subject import Subject
from rea_xcom_tui.xcom.tree import Tree
from tests.values.test_quick import texts
from tests.xcom.trees import AZURE_EXAMPLE, BACKEND, CLIENT_ID, COMPRESSION, PATH, ROLE, S3_EXAMPLE, THRESHOLD

ENTRIES = [
    (PATH, ('"s3://one/x"', "s3://c@one/x", "gs://two", '"$BASE/x"', "", "S3://one/x", "file:///x")),
    (THRESHOLD, ('"0"', '"1048576"', "1048576", "1e6", "-1", '"$(SIZE)"', "[]", "~")),
    (COMPRESSION, ('"zip"', "gz", "", '"$SIZE"')),
    ("AIRFLOW__CORE__XCOM_BACKEND", (BACKEND, "", "a.b.C")),
    ("AIRFLOW_CONN_C", ("aws://", """'{"conn_type": "aws"}'""", "'{bad'", """'{"conn_type": "azure"}'""")),
    ("SIZE", ('"7"', '"9"')),
    ("ENC[AES256_GCM,x]", ("1",)),
]
SECTIONS = (
    f"xcomBackend: {BACKEND}\n", "xcomBackend: a.b.C\n", 'xcomBackend: ""\n', "xcomBackend: [x]\n",
    'xcomBackend: "ENC[AES256_GCM,data:x]"\n',
    "stateStoreBackend: a.b.C\n", "labels: {}\n", "labels:\n  azure.workload.identity/use: true\n", "labels: [a]\n",
    f"annotations:\n  eks.amazonaws.com/role-arn: {ROLE}\n", "annotations:\n  eks.amazonaws.com/role-arn: x\n",
    f"serviceAccount:\n  workers:\n    annotations:\n      azure.workload.identity/client-id: {CLIENT_ID}\n",
    f"serviceAccount:\n  sentinel:\n    annotations:\n      eks.amazonaws.com/role-arn: {ROLE}\n",
    "image: q/astro-remote-execution-agent:3.1-2-python-3.12-astro-agent-1.2.3\n", "namespace: ns\n",
    "sentinel:\n  image: q/astro-remote-execution-sentinel:1.4.0\n", "triggerer: []\n", "sops:\n  mac: x\n",
    "triggerer:\n  env:\n    - value: x\n",
    "labels: ~\n", "annotations: [x]\n", "yes:\n  a: b\n", "'yes':\n  a: b\n", "1: x\n", "'1': x\n",
    "stray:\n  apiKey: x\n",
)  # fmt: skip


def env(choose: random.Random, indent: str) -> str:
    """Some entries with one of their values each."""
    found = choose.sample(ENTRIES, choose.randint(1, 4))
    return "".join(f"{indent}- name: {name}\n{indent}  value: {choose.choice(some)}\n" for name, some in found)


def near(choose: random.Random) -> str:
    """A file that differs little from others: most of its sections are those of others, some at the same lines."""
    parts = ["commonEnv:\n" + env(choose, "  ")] * choose.choice((0, 1, 1, 1))
    parts += choose.sample(SECTIONS, choose.randint(1, 6))
    if choose.random() < 0.5:
        name = choose.choice(("a", "b"))
        account = "    serviceAccount:\n      annotations:\n        eks.amazonaws.com/role-arn: x\n"
        worker = f"  - name: {name}\n    env:\n{env(choose, '      ')}" + choose.choice(("", account))
        parts.append("workers:\n" + worker * choose.choice((1, 1, 2)) + choose.choice(("", "  - x\n", "  - env: x\n")))
    if choose.random() < 0.3:
        parts.append(f"{choose.choice(('dagProcessor', 'triggerer'))}:\n  env:\n{env(choose, '    ')}")
    if choose.random() < 0.4:
        choose.shuffle(parts)
    return choose.choice(("", "# team\n", "# agent 1.3.0\n")) + "".join(parts)


def said(root: Node, header: str) -> dict[str, Any]:
    """All that is read from a tree, and what the rules find in it."""
    known = Tree(root)
    told = recognise(known)
    config = reading.read(known, header)
    problem = known.shape_problem
    context = RuleContext(date(2026, 1, 1), id="a")
    shape = shape_of(Subject(known, config, context))
    return {
        "recognised": told,
        "config": config,
        "hidden": without_passwords(config),
        "entries": [entry(one) for one in known.every_entry],
        "by name": {name: [entry(one) for one in found] for name, found in known.entries_by_name.items()},
        "notes": [note(one) for one in (*known.annotations, *known.labels)],
        "components": [(holder.line, *rest) for holder, *rest in known.components],
        "problem": problem and (problem[0], problem[1].line),
        "findings": survey(known, config, context),
        "shape": shape._replace(marks=shape.marks - {"merged", "unnamed"}),
    }


def entry(one: EnvEntry) -> object:
    nodes = [node and (node.line, node.text) for node in (one.node, one.value, one.value_from, *one.hidden_values)]
    return one.name, one.address, one.component, nodes, one.text, one.reference, one.shadowed, one.place()


def note(one: Note) -> object:
    return one.key, one.address, one.component, one.level, one.value.line, one.value.text, one.shadowed


@contextmanager
def nothing_kept(patch: pytest.MonkeyPatch) -> Iterator[None]:
    with patch.context() as without:
        for name in ("entry_alone", "key_alone"):
            without.setattr(reading, name, lambda *asked: None)
        without.setattr(chart_entries, "fact", lambda node, work_out: work_out(node))
        without.setattr(reading_identity, "note_alone", lambda *asked: None)
        without.setattr(tree, "shared_sections", lambda root: None)
        without.setattr(versions, "_of_image", versions._of_image.__wrapped__)
        yield


def compare(files: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Read files one after the other, quickly with all that is kept and in full without; how many were."""
    read = together = 0
    for text in files:
        quick = read_quickly(text)
        if quick is None:
            continue
        header = text.partition("\n")[0]
        together += bool(Tree(quick).rest.names)
        shared = said(quick, header)
        with nothing_kept(monkeypatch):
            assert shared == said(ValuesFile.parse(text.encode()).root, header), text
        read += 1
    assert together > read / 20
    return read


def test_fixtures_samples_and_the_examples_of_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [*texts(), S3_EXAMPLE, AZURE_EXAMPLE, *(text for rule in rules() for text in (rule.wrong, rule.right))]
    assert compare(files, monkeypatch) > len(files) / 2
    assert compare(files[::-1], monkeypatch) > len(files) / 2


@pytest.mark.parametrize("seed", range(4))
def test_fleets_of_files_that_are_nearly_equal(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    choose = random.Random(seed)
    files = [near(choose) for _ in range(150)]
    twice = [*files, *files]
    choose.shuffle(twice)
    assert compare(twice, monkeypatch) > 150


def test_files_with_keys_that_appear_twice_are_read_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    choose = random.Random(5)
    for _ in range(150):
        text = near(choose) + near(choose)
        if choose.random() < 0.3:
            text = text.replace("\n    value: ", "\n    value: s3://hidden/x\n    value: ")
        kept = said(ValuesFile.parse(text.encode()).root, "")
        with nothing_kept(monkeypatch):
            assert kept == said(ValuesFile.parse(text.encode()).root, "")
