"""Names that a shell, git, YAML or a terminal may take for something else, and files that mean harm."""

from __future__ import annotations

import os
import time
import xml.dom.minidom

import pytest

from rea_xcom_tui.reports.formats import REPORTS
from tests.contract.conftest import MakeCli
from tests.work import BACKEND, FLEET, IO, values

NAMES = (
    "a b", 'q"uote', "s'q", "new\nline", "br[ack]et", "*star", "-dash", "--", "(top)", "`tick`", "$(x)", "ünïcode",
    "日本", "\x1b[31mred", "\u202eevil", "tab\tx", "back\\slash", "#hash", "@{x}", "a:b", ":(top)x", ":", "~", "%41",
    " lead", "trail ", "..x", "!neg", "^up", "a,b", "con|pipe", "<b>", "&amp",
)  # fmt: skip


def test_any_name_is_listed_shown_edited_and_committed(on_repo: MakeCli) -> None:
    files = {f"{name}/values.yaml": values(f"n{i}", threshold=str(1000 + i)) for i, name in enumerate(NAMES)}
    cli, work = on_repo({**files, "-x.yaml": values("dash")})
    rows = cli("list", "--format", "json").json["deployments"]
    assert sorted(row["file"] for row in rows) == sorted([*files, "-x.yaml"])
    for file in ("-x.yaml", "--/values.yaml", "new\nline/values.yaml"):
        assert cli("show", "--format", "json", "--", file).json["deployments"][0]["file"] == file
    for args in (("list",), ("list", "--format", "csv"), ("check", "--fail-on", "never"), ("diff",)):
        assert_harmless(cli(*args).out)
    assert cli("set", "threshold=7", "--all", "--commit").code == 0
    assert work.status() == []
    assert sorted(work.committed_files()) == sorted([*files, "-x.yaml"])
    for number, file in enumerate(files):
        assert work.read(file).decode() == values(f"n{number}", threshold="7")


def assert_harmless(text: str) -> None:
    assert {char for char in text if (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0} == set()
    assert {"\u202e", "\u200b", "\u2028"} & set(text) == set()


@pytest.mark.parametrize("form", REPORTS)
def test_no_content_drives_a_terminal_or_breaks_a_format(on_repo: MakeCli, form: str) -> None:
    evil = (
        'resourceNamePrefix: "n\\e[31mred\\a\\u202e"\nnamespace: "\\e]0;t\\a"\nxcomBackend: "a\\e[2J.b"\ncommonEnv:\n'
        f'- name: {IO}PATH\n  value: "s3://b\\e[1m\\r\\n<X>&/\\u200b\\u2028"\n'
        f'- name: {IO}THRESHOLD\n  value: "\\e[5m\\x9b31m]]>"\n- name: {IO}COMPRESSION\n  value: "|`*_"\n'
    )
    cli, _ = on_repo({"x/values.yaml": evil, "y/values.yaml": "xcomBackend: a.b.C\ncommonEnv: [*\u200bx]\n"})
    ran = cli("check", "--format", form)
    assert ran.code == 1
    assert_harmless(ran.out + ran.err)
    if form in ("json", "sarif"):
        assert ran.json
    if form == "junit":
        xml.dom.minidom.parseString(ran.out)
    assert_harmless("".join(cli("list", "--format", name).out for name in ("table", "csv", "markdown", "json")))
    assert_harmless(cli("show", "x/values.yaml").out)


HEAD = "xcomBackend: a.b.C\n"
UNREADABLE: dict[str, str | bytes] = {
    "brackets": HEAD + "commonEnv: " + "[" * 50_000,
    "dashes": HEAD + "commonEnv:\n" + "- " * 50_000,
    "keys": HEAD + "? " * 3_000 + "\n",
    "nested": HEAD + "x: " + "{a: " * 150 + "1" + "}" * 150 + "\n",
    "large": HEAD + 'x: "' + "y" * 3_000_000 + '"\n',
    "many": HEAD + "".join(f"k{i}: &a{i} v\n" for i in range(60_000)),
    "documents": "---\n" * 50_000 + HEAD,
    "nul": b"xcomBackend: a\x00b\n",
    "latin": b"xcomBackend: caf\xe9\n",
    "utf16": values().encode("utf-16"),
    "itself": "xcomBackend: &x [*x]\n",
    "template": "xcomBackend: {{ .Values.x }}\ncommonEnv: []\n",
    "tab": "\tx: y\n" + HEAD,
}
WRONG_SHAPE = {
    "invented": "xcomBackend: {type: k8s}\nsecretBackend: {a: b}\nagents: {}\nagentToken: x\nenv: []\n",
    "map": HEAD + "commonEnv: {a: b}\n",
    "items": HEAD + "commonEnv:\n- a\n- 1\n- [x]\n- {name: }\n- {name: [a]}\n- {}\n- null\n",
    "python": 'xcomBackend: !!python/object/apply:os.system ["true"]\n',
    "laughs": HEAD
    + "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9))
    + "commonEnv: *j\n",
}


def test_hostile_files_are_told_and_the_others_are_edited(on_repo: MakeCli) -> None:
    files = {f"{name}/values.yaml": data for name, data in {**UNREADABLE, **WRONG_SHAPE}.items()}
    cli, work = on_repo({**FLEET, **files})
    os.mkfifo(work.root / "pipe.yaml")
    os.mkfifo(work.root / "values.yaml")
    (work.root / "loop.yaml").symlink_to("loop.yaml")
    (work.root / "out.yaml").symlink_to("/etc/passwd")
    (work.root / "dir.yaml").symlink_to("clusters")
    start = time.process_time()
    data = cli("list", "--format", "json").json
    assert time.process_time() - start < 15
    assert {file["file"] for file in data["unreadable"]} >= {f"{name}/values.yaml" for name in UNREADABLE}
    shown = {row["file"]: row["problem"] for row in data["deployments"]}
    assert all(shown[f"{name}/values.yaml"] for name in WRONG_SHAPE)
    # The folder's three deployments are also in the link to it, which a repo may deploy as well.
    assert len(data["deployments"]) == 3 + 3 + len(WRONG_SHAPE)
    ran = cli("set", "threshold=7", "--all", "--write", "--skip-refused")
    assert ran.code == 3
    # A wrong shape is in the way of an edit only where the edit itself has to go.
    editable = [file for file in FLEET if file.endswith(".yaml")] + ["invented/values.yaml", "python/values.yaml"]
    assert sorted(line[3:] for line in work.status() if line[:2] == " M") == sorted(editable)


def test_a_link_out_of_the_repo_is_never_written(on_repo: MakeCli) -> None:
    cli, work = on_repo(FLEET)
    outside = work.root.parent / "outside.yaml"
    outside.write_text(values("outside"))
    (work.root / "x").mkdir()
    (work.root / "x" / "values.yaml").symlink_to(outside)
    work.commit_all()
    assert [file["file"] for file in cli("list", "--format", "json").json["unreadable"]] == ["x/values.yaml"]
    assert cli("set", "threshold=7", "--all", "--write").code == 0
    assert outside.read_text() == values("outside")


def test_mode_and_order_of_a_file_stay(on_repo: MakeCli) -> None:
    file = "a/values.yaml"
    cli, work = on_repo({file: f"xcomBackend: {BACKEND}\ncommonEnv: []\n"})
    (work.root / file).chmod(0o750)
    work.commit_all()
    assert cli("set", "threshold=7", "path=s3://a-bucket/x", "--all", "--commit").code == 0
    assert (work.root / file).stat().st_mode & 0o777 == 0o750
    assert work.read(file).decode() == (
        f'xcomBackend: {BACKEND}\ncommonEnv:\n  - name: {IO}THRESHOLD\n    value: "7"\n'
        f'  - name: {IO}PATH\n    value: "s3://a-bucket/x"\n'
    )
