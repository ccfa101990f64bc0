"""A real client talks to the installed server over stdin and stdout, as an editor does."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from tests.cli.run import Cli
from tests.fleet.test_layered import FILES as LAYERED
from tests.work import Work, make_work, values

ETL = "clusters/prod/billing/etl/values.yaml"
WRONG = values("billing-etl", compression="gz", threshold="1e6")


Said = asyncio.Queue[types.PublishDiagnosticsParams]
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("lsp")]


class Editor:
    """One open editor: documents, and what the server has said of them."""

    def __init__(self, client: LanguageClient, said: Said, root: Path) -> None:
        self.client = client
        self.said = said
        self.root = root
        self.versions: dict[str, int] = {}

    def uri(self, file: str) -> str:
        return (self.root / file).as_uri()

    def document(self, file: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri(file))

    async def open(self, file: str, text: str | None = None) -> list[types.Diagnostic]:
        text = (self.root / file).read_text() if text is None else text
        self.versions[file] = 1
        item = types.TextDocumentItem(self.uri(file), "yaml", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return await self.told(file)

    async def type(self, file: str, text: str) -> list[types.Diagnostic]:
        self.versions[file] += 1
        named = types.VersionedTextDocumentIdentifier(self.versions[file], self.uri(file))
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(named, [whole]))
        return await self.told(file)

    async def save(self, file: str, text: str) -> list[types.Diagnostic]:
        (self.root / file).write_text(text)
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(self.document(file)))
        return await self.told(file)

    async def told(self, file: str) -> list[types.Diagnostic]:
        """What the server says next of the newest version of a document."""
        while True:
            said = await asyncio.wait_for(self.said.get(), 20)
            if said.uri == self.uri(file) and said.version == self.versions[file]:
                return list(said.diagnostics)

    async def hover(self, file: str, line: int, character: int = 6) -> str:
        at = types.HoverParams(self.document(file), types.Position(line, character))
        found = await self.client.text_document_hover_async(at)
        return "" if found is None else str(getattr(found.contents, "value", ""))

    async def completion(self, file: str, line: int, character: int) -> list[types.CompletionItem]:
        at = types.CompletionParams(self.document(file), types.Position(line, character))
        found = await self.client.text_document_completion_async(at)
        assert isinstance(found, list)
        return found

    async def actions(self, file: str, line: int, only: list[str] | None = None) -> list[types.CodeAction]:
        span = types.Range(types.Position(line, 0), types.Position(line, 0))
        asked = types.CodeActionParams(self.document(file), span, types.CodeActionContext([], only=only))
        found = await self.client.text_document_code_action_async(asked)
        return [one for one in found or () if isinstance(one, types.CodeAction)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[LanguageClient, Said]]:
    """One server for all tests, because it takes a second to start; each test opens a repo of its own in it."""
    started, said = LanguageClient("a test", "1"), Said()
    home = str(tmp_path_factory.mktemp("home"))
    started.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: said.put_nowait(params))
    started.feature(types.WINDOW_LOG_MESSAGE)(lambda params: print(params.message))
    started.feature(types.WINDOW_SHOW_MESSAGE)(lambda params: print(params.message))  # mistakes of the server
    environment = {"HOME": home, "XDG_CACHE_HOME": home, "XDG_CONFIG_HOME": home, "GIT_CONFIG_GLOBAL": os.devnull}
    await started.start_io(sys.executable, "-m", "rea_xcom_tui", "lsp", env={**os.environ, **environment})
    await started.initialize_async(types.InitializeParams(types.ClientCapabilities()))
    started.initialized(types.InitializedParams())
    yield started, said
    await started.shutdown_async(None)
    started.exit(None)
    await started.stop()  # type: ignore[no-untyped-call]


@pytest.fixture
def editor(client: tuple[LanguageClient, Said], fleet_repo: Work) -> Editor:
    return Editor(*client, fleet_repo.root)


def applied(text: str, action: types.CodeAction) -> str:
    """The text after an action's edit, with columns counted as the protocol does."""
    assert action.edit is not None
    (change,) = action.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    lines = text.split("\n")
    for edit in sorted(change.edits, key=lambda one: one.range.start.line, reverse=True):
        assert isinstance(edit, types.TextEdit)
        start, end = edit.range.start, edit.range.end
        head = lines[start.line].encode("utf-16-le")[: 2 * start.character].decode("utf-16-le")
        tail = lines[end.line].encode("utf-16-le")[2 * end.character :].decode("utf-16-le")
        lines[start.line : end.line + 1] = (head + edit.new_text + tail).split("\n")
    return "\n".join(lines)


def told_by_check(cli: Cli, file: str) -> list[tuple[str, int, int]]:
    found = cli("check", "--fail-on", "never", "--format", "json").json["findings"]
    return sorted((one["code"], one["line"], one["column"]) for one in found if one["file"] == file)


def places(diagnostics: list[types.Diagnostic]) -> list[tuple[str, int, int]]:
    return sorted((str(d.code), d.range.start.line + 1, d.range.start.character + 1) for d in diagnostics)


async def test_what_is_typed_is_judged_as_check_judges_what_is_saved(
    editor: Editor, cli: Cli, fleet_repo: Work
) -> None:
    assert places(await editor.open(ETL)) == told_by_check(cli, ETL)
    typed = await editor.type(ETL, WRONG)
    fleet_repo.write(ETL, WRONG)
    expected = told_by_check(cli, ETL)
    assert places(typed) == expected != []
    assert places(await editor.save(ETL, WRONG)) == expected
    wrong = next(one for one in typed if one.code == "XC402")
    line = WRONG.split("\n")[wrong.range.start.line]
    assert line[wrong.range.start.character : wrong.range.end.character] == '"gz"'
    assert wrong.severity == types.DiagnosticSeverity.Error
    (broken,) = await editor.type(ETL, "xcomBackend: [\n")
    assert (broken.code, broken.range.start.line) == ("XC000", 1)
    new = "clusters/dev/new/values.yaml"
    fleet_repo.write(new, "")
    assert "XC402" in {one.code for one in await editor.open(new, WRONG)}
    assert await editor.open("README.md") == []


async def test_fixes_are_those_of_check(editor: Editor, cli: Cli, fleet_repo: Work) -> None:
    smile = WRONG.replace("commonEnv:\n", 'commonEnv: # 😀\n  - {name: SMILE, value: "😀"}\n')
    await editor.open(ETL, smile)
    line = next(number for number, text in enumerate(smile.split("\n")) if '"gz"' in text)
    fix, everything = await editor.actions(ETL, line)
    assert fix.title == 'Fix XC402: value: "gzip"'
    assert applied(smile, fix) == smile.replace('"gz"', '"gzip"')
    assert [one.title for one in await editor.actions(ETL, line, ["source.fixAll"])] == [everything.title]
    assert [one.title for one in await editor.actions(ETL, 0)] == [everything.title]
    fleet_repo.write(ETL, smile)
    assert cli("check", "--fix", "--write").code == 0
    assert applied(smile, everything) == fleet_repo.read(ETL).decode()
    assert await editor.actions("README.md", 0) == []


async def test_hover_tells_what_airflow_will_do(editor: Editor) -> None:
    text = values("billing-etl")
    await editor.open(ETL, text)
    lines = text.split("\n")
    name = next(number for number, line in enumerate(lines) if line.endswith("_THRESHOLD"))
    said = await editor.hover(ETL, name)
    assert said == await editor.hover(ETL, name + 1)
    assert "**threshold** `1048576` · set" in said
    assert "Values of 1 MiB and more go to S3 as s3://team-xcom/etl/" in said
    assert "through the connection aws\\_xcom" in said
    backend = next(number for number, line in enumerate(lines) if line.startswith("xcomBackend"))
    assert "**backend**" in await editor.hover(ETL, backend)
    assert await editor.hover(ETL, 0) == ""


async def test_values_are_completed_while_the_file_is_no_yaml(editor: Editor) -> None:
    text = values("billing-etl").replace('value: "zip"', 'value: "g')
    await editor.open(ETL, text)
    lines = text.split("\n")
    line = next(number for number, found in enumerate(lines) if found.endswith('"g'))
    offered = await editor.completion(ETL, line, len(lines[line]))
    gzip = next(one for one in offered if one.label == "gzip")
    assert isinstance(gzip.text_edit, types.TextEdit)
    assert gzip.text_edit.new_text == '"gzip"'
    assert gzip.detail is not None
    assert "new objects end in .gz" in gzip.detail
    threshold = next(number for number, found in enumerate(lines) if found.endswith("_THRESHOLD")) + 1
    labels = [one.label for one in await editor.completion(ETL, threshold, len(lines[threshold]))]
    assert labels[:3] == ["0", "1048576", "-1"]
    assert "65536" in labels
    names = await editor.completion(ETL, threshold - 1, len(lines[threshold - 1]))
    assert "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH" in [one.label for one in names]
    roles = next(number for number, found in enumerate(lines) if "role-arn" in found)
    assert [one.label for one in await editor.completion(ETL, roles, len(lines[roles]))] == [
        "arn:aws:iam::123456789012:role/etlAgent"
    ]
    assert await editor.completion(ETL, 0, 1) == []


async def test_a_shared_layer_tells_of_all_that_it_is_a_part_of(
    editor: Editor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = make_work(tmp_path / "layered", LAYERED)
    editor.root = work.root
    fleet = json.loads(Cli(capsys, work.root)("list", "--format", "json").out)["deployments"]
    shared = next(
        one
        for row in fleet
        for one in row["layers"]
        if sum(one in other["layers"] for other in fleet) > 1 and "#" not in one
    )
    text = work.read(shared).decode()
    cli = Cli(capsys, work.root)
    known = set(told_by_check(cli, shared))
    assert set(places(await editor.open(shared, text))) == known
    line = next((number for number, found in enumerate(text.split("\n")) if found.startswith("xcomBackend")), None)
    wrong = text.replace("XComObjectStorageBackend", "XComObjectStorageBackends")
    assert wrong != text
    assert line is not None
    told = [one for one in await editor.type(shared, wrong) if one.range.start.line == line]
    assert told
    assert any("deployments that this file has a part in" in one.message for one in told)
    assert "The same for" in await editor.hover(shared, line) or "---" in await editor.hover(shared, line)
    (broken,) = await editor.type(shared, text + "\n  - [\n")
    assert broken.code == "XC000"


async def test_without_the_extra_it_says_what_is_missing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygls.lsp.server", None)
    monkeypatch.delitem(sys.modules, "rea_xcom_tui.lsp.server", raising=False)
    ran = cli("lsp")
    assert ran.code == 2
    assert "install rea-xcom-tui[lsp]" in ran.err
