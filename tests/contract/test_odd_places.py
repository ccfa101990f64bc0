"""Edits where there is no list yet, inside of JSON, and where an exact edit is not possible."""

from __future__ import annotations

import json

import pytest

from tests.contract.conftest import MakeCli
from tests.contract.styles import ENTRIES, STYLES
from tests.work import BACKEND, IO, values

FILE = "fleet/values.yaml"
ENTRY = f'  - name: {IO}THRESHOLD\n    value: "0"\n'
NO_LIST = {
    "empty": ("commonEnv: []\nnamespace: x\n", f"commonEnv:\n{ENTRY}namespace: x\n"),
    "empty-with-comment": ("commonEnv: []  # none yet\n", f"commonEnv:  # none yet\n{ENTRY}"),
    "null": ("commonEnv:\nnamespace: x\n", f"commonEnv:\n{ENTRY}namespace: x\n"),
    "null-with-comment": ("commonEnv: # none\nnamespace: x\n", f"commonEnv: # none\n{ENTRY}namespace: x\n"),
    "tilde": ("commonEnv: ~\n", f"commonEnv:\n{ENTRY}"),
    "word": ("commonEnv: null\n", f"commonEnv:\n{ENTRY}"),
    "crlf": ("commonEnv: []\r\nnamespace: x\r\n", f"commonEnv:\n{ENTRY}namespace: x\n".replace("\n", "\r\n")),
    "no-last-newline": ("commonEnv: []", f"commonEnv:\n{ENTRY}".rstrip("\n")),
}


@pytest.mark.parametrize("shape", NO_LIST)
def test_a_first_entry(on_repo: MakeCli, shape: str) -> None:
    before, after = NO_LIST[shape]
    newline = "\r\n" if "\r\n" in before else "\n"
    head = f"xcomBackend: {BACKEND}{newline}"
    cli, work = on_repo({FILE: head + before})
    assert cli("set", "threshold=0", "--all", "--write").code == 0
    assert work.read(FILE).decode() == head + after


def test_a_missing_list_is_made_and_the_end_of_a_literal_text_stays(on_repo: MakeCli) -> None:
    text = f"agentToken: x\nxcomBackend: {BACKEND}\nnotes: |+\n  one\n\n  two\n\n"
    cli, work = on_repo({FILE: text})
    assert cli("set", "threshold=0", "--all", "--write").code == 0
    after = work.read(FILE).decode()
    assert after == text.replace(f"{BACKEND}\n", f"{BACKEND}\ncommonEnv:\n{ENTRY}")


UUID, OTHER = "11111111-2222-4333-8444-555555555555", "99999999-8888-4777-8666-555555555555"
EXTRA = {"account_name": "acc", "anon": False, "managed_identity_client_id": UUID, "account_key": "CANARY"}
NESTED = json.dumps({"conn_type": "azure", "login": "acc", "extra": json.dumps(EXTRA)})
OBJECT = json.dumps({"conn_type": "azure", "login": "acc", "extra": EXTRA})


def indented(text: str) -> str:
    return "".join(f"      {line}\n" for line in json.dumps(json.loads(text), indent=2).splitlines())


JSON_STYLES = {
    f"{kind}-{style}": text
    for kind, content in (("nested", NESTED), ("object", OBJECT))
    for style, text in {
        "single": f"'{content}'\n",
        "double": json.dumps(content) + "\n",
        "folded": ">-\n" + indented(content),
        "literal": "|\n" + indented(content),
        "folded-one-line": f">-\n      {content}\n",
    }.items()
}


def azure(connection: str) -> str:
    return (
        f"xcomBackend: {BACKEND}\ncommonEnv:\n  - name: AIRFLOW_CONN_WASB_XCOM\n    value: {connection}"
        f"  - name: {IO}PATH\n    value: abfs://wasb_xcom@xcom/etl\n"
        f"annotations:\n  azure.workload.identity/client-id: {UUID}\n"
        'labels:\n  azure.workload.identity/use: "true"\n'
    )


def test_an_identity_changes_in_the_annotation_and_in_the_connection_alike(on_repo: MakeCli) -> None:
    cli, work = on_repo({f"{name}/values.yaml": azure(text) for name, text in JSON_STYLES.items()})
    ran = cli("set", f"identity={OTHER}", "--all", "--write")
    assert ran.code == 0
    assert "CANARY" not in ran.out + ran.err
    for name, text in JSON_STYLES.items():
        assert work.read(f"{name}/values.yaml").decode() == azure(text).replace(UUID, OTHER), name


BLOCK = STYLES["block-2-double"](ENTRIES).decode()
LIST = BLOCK[BLOCK.index("commonEnv:") : BLOCK.index("\n# who")]
SECRET = "valueFrom: {secretKeyRef: {name: xcom, key: size}}"
REFUSED = {
    "alias of a list": ("alias *all", BLOCK.replace("commonEnv:\n", "x: &all\n", 1) + "commonEnv: *all\n"),
    "anchored list": ("anchor", BLOCK.replace("commonEnv:\n", "commonEnv: &all\n", 1) + "x: *all\n"),
    "alias of a value": ("alias", "x: &t '1048576'\n" + BLOCK.replace('"1048576"', "*t")),
    "anchored value": ("anchor", BLOCK.replace('"1048576"', "&t '1048576'") + "x: *t\n"),
    "merged list": ("merge", "x: &x\n" + LIST.replace("\n", "\n  ").replace("commonEnv", "  commonEnv") + "\n<<: *x\n"),
    "two lists": ("lines", BLOCK + LIST),
    "two documents": ("2 YAML documents", BLOCK + "---\na: b\n"),
    "two values": ("several places", BLOCK.replace("zip", 'zip"\n  - name: ' + IO + 'THRESHOLD\n    value: "5', 1)),
    "a worker of its own": (
        "several places",
        BLOCK.replace("env: []", f"env:\n      - name: {IO}THRESHOLD\n        value: '5'"),
    ),
    "a secret": ("Secret xcom key size", BLOCK.replace('value: "1048576"', SECRET)),
    "a mapping for a list": ("takes a list", f"xcomBackend: {BACKEND}\ncommonEnv: {{a: b}}\n"),
}


def test_what_cannot_be_made_exactly_is_refused_with_its_reason_and_nothing_is_written(on_repo: MakeCli) -> None:
    names = {f"{number:02}/values.yaml": shape for number, shape in enumerate(REFUSED)}
    cli, work = on_repo({"good/values.yaml": values(), **{file: REFUSED[shape][1] for file, shape in names.items()}})
    ran = cli("set", "threshold=4096", "--all", "--write")
    assert ran.code == 3
    assert work.status() == []
    told = dict(line.removeprefix("refused: ").split(": ", 1) for line in ran.err.splitlines() if "refused: " in line)
    assert {file for file in names if REFUSED[names[file]][0] not in told.get(file, "")} == set()
    assert "good/values.yaml" not in told
    again = cli("set", "threshold=4096", "--all", "--write", "--skip-refused")
    assert again.code == 3
    assert work.status() == [" M good/values.yaml"]
