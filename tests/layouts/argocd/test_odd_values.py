"""Objects with something odd anywhere in them never raise, and the other rows are there."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.merged import plain
from tests.layouts.argocd import test_applications, test_sets
from tests.layouts.argocd.support import CHART_FILES, Result, app

ODD: list[Any] = [
    None, 5, 1.5, True, "", "{{", "{{.x}}", "$x/y", "/", "..", "../../x", "[", "a[", "**", [], {}, [1], {"a": 1},
    ["x", {"y": 2}], "<A>", "{a,b}", -1, 10**30, "é\u202e",
]  # fmt: skip
HELM = """\
valueFiles: [a.yaml, '*.yaml']
values: 'a: 1'
valuesObject: {a: 1}
parameters: [{name: 'a[0]', value: x, forceString: true}]
fileParameters: [{name: q, path: a.yaml}]"""
OBJECTS = [
    test_sets.a_set(test_sets.GIT_FILES),
    test_sets.a_set(test_sets.MERGE),
    test_sets.a_set(test_sets.CLUSTERS, go=False),
    test_sets.a_set("- list: {elements: [{cluster: eu, env: prod}]}", more=test_sets.PATCH),
    test_applications.MANY,
    app(HELM),
]


def places(data: Any) -> list[tuple[Any, Any]]:
    keys: Any = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    return [place for key in keys for place in [(data, key), *places(data[key])]]


@pytest.mark.parametrize("seed", range(60))
def test_odd_values_never_raise(seed: int) -> None:
    chance = random.Random(seed)
    data = copy.deepcopy(plain(read_documents(chance.choice(OBJECTS)).roots[0]))
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(places(data))
        holder[key] = copy.deepcopy(chance.choice(ODD))
    files = {**CHART_FILES, "x.yaml": json.dumps(data), "sound.yaml": app("releaseName: sound", name="sound")}
    files |= {"clusters/eu.yaml": "cluster: eu\nagent: {use: true}\n", "agents/etl/a.yaml": "a: 1\n"}
    result = Result(files, clusters={"c": {"agents": "on"}})
    for entry in result.entries:
        effective(entry, result.tree, "4.2")
    assert result.named("sound").file == "sound.yaml"


@pytest.mark.parametrize("body", ["matchExpressions: 5", "matchExpressions: [5, {values: 5}]", "matchLabels: [1]"])
def test_odd_selectors_never_raise(body: str) -> None:
    text = test_sets.a_set(f"- list: {{elements: [{{cluster: eu}}]}}\n  selector: {{{body}}}")
    Result({"set.yaml": text})


@pytest.mark.parametrize("files", ["5", "{a: 1}", "[5]", "[{path: 5}]"])
def test_odd_lists_of_files_never_raise(files: str) -> None:
    Result({"set.yaml": test_sets.a_set(f"- git: {{repoURL: x, files: {files}, directories: {files}}}")})
