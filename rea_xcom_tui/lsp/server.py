"""The protocol around `lsp.buffers`: which message leads to which function. Only this module knows pygls."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from pygls.workspace import PositionCodec, TextDocument

from rea_xcom_tui import __version__
from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.lsp.buffers import Buffers, Told
from rea_xcom_tui.lsp.completion import complete
from rea_xcom_tui.lsp.hover import hover
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.values.ends import Position, Replacement, replacements
from rea_xcom_tui.xcom.rules import families

PAUSE = 0.15
"""Seconds of quiet after a key before a text is judged again."""

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
_SHORT = 40


class Server(LanguageServer):
    """The server, with the repos of the documents that are open."""

    def __init__(self) -> None:
        super().__init__("rea-xcom-tui", __version__)
        self._repos: dict[Path, Buffers | None] = {}
        self._later: asyncio.TimerHandle | None = None

    def found(self, uri: str) -> tuple[Buffers, str] | None:
        """The repo of a document, and the document's file in it; None where it is in no repo."""
        path = to_fs_path(uri)
        if path is None:
            return None
        folder = Path(path).parent
        if folder not in self._repos:
            known = next((one for one in self._repos.values() if one and one.file_of(Path(path))), None)
            self._repos[folder] = known or self._read(Path(path))
        buffers = self._repos[folder]
        file = buffers.file_of(Path(path)) if buffers is not None else None
        return (buffers, file) if buffers is not None and file is not None else None

    def opened(self, uri: str) -> tuple[Buffers, str] | None:
        """The same for a document that is open; None for any other."""
        place = self.found(uri)
        return place if place is not None and place[1] in place[0].open_files else None

    def _read(self, path: Path) -> Buffers | None:
        try:
            return Buffers.around(path)
        except ToolError as error:
            self.say(str(error))
            return None

    def say(self, message: str) -> None:
        """Write a line to the editor's log."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Info, clean(message)))

    def judge(self) -> None:
        """Send what there is to say about every open document."""
        for uri, document in self.workspace.text_documents.items():
            place = self.opened(uri)
            if place is None:
                continue
            try:
                told = place[0].findings(place[1])
            except ToolError as error:
                self.say(str(error))
                continue
            lines, codec = document.lines, self.workspace.position_codec
            diagnostics = [_diagnostic(one, lines, codec) for one in told]
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri, diagnostics, version=document.version)
            )

    def judge_soon(self) -> None:
        """Judge when nobody has typed for a moment."""
        if self._later is not None:
            self._later.cancel()
        self._later = asyncio.get_running_loop().call_later(PAUSE, self.judge)


def make_server() -> Server:
    """A server that knows all its messages."""
    server = Server()
    _follow_documents(server)
    server.feature(types.TEXT_DOCUMENT_HOVER)(_hover)
    server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=['"', "'", " ", ":"]))(
        _completion
    )
    kinds: list[types.CodeActionKind | str] = [types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds))(_actions)
    return server


def _follow_documents(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
        _take(ls, params.text_document.uri)
        ls.judge()

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
        _take(ls, params.text_document.uri)
        ls.judge_soon()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
        place = ls.found(params.text_document.uri)
        if place is not None:
            place[0].reread()
            ls.judge()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
        place = ls.found(params.text_document.uri)
        if place is not None:
            place[0].drop(place[1])
            ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(params.text_document.uri, []))
            ls.judge()


def _take(server: Server, uri: str) -> None:
    place = server.found(uri)
    if place is not None:
        place[0].put(place[1], server.workspace.get_text_document(uri).source)


def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    place = server.opened(params.text_document.uri)
    if place is None:
        return None
    buffers, file = place
    lines = server.workspace.get_text_document(params.text_document.uri).lines
    text = hover(buffers.deployments(file), file, lines, params.position.line + 1)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None


def _completion(server: Server, params: types.CompletionParams) -> list[types.CompletionItem]:
    place = server.opened(params.text_document.uri)
    if place is None:
        return []
    buffers, file = place
    document = server.workspace.get_text_document(params.text_document.uri)
    codec = server.workspace.position_codec
    at = codec.position_from_client_units(document.lines, params.position)
    mine = buffers.deployments(file)
    offers = complete(document.lines, at.line, at.character, buffers.fleet(), mine[0].config if mine else None)
    items = []
    for number, offer in enumerate(offers):
        span = _range((at.line + 1, offer.start + 1), (at.line + 1, offer.end + 1), document.lines, codec)
        typed = document.lines[at.line][offer.start : offer.end] if at.line < len(document.lines) else ""
        items.append(
            types.CompletionItem(
                offer.label,
                kind=types.CompletionItemKind.Value,
                detail=offer.detail,
                sort_text=f"{number:03d}",
                # An editor filters by what is in the range, an opening quote included.
                filter_text=f"{typed[:1]}{offer.label}" if typed[:1] in ("'", '"') else offer.text,
                text_edit=types.TextEdit(span, offer.text),
            )
        )
    return items


def _actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    place = server.opened(params.text_document.uri)
    if place is None:
        return []
    buffers, file = place
    document = server.workspace.get_text_document(params.text_document.uri)
    codec = server.workspace.position_codec
    told = [one for one in buffers.findings(file) if one.finding.fix]
    only = params.context.only
    actions = []
    for one in told:
        diagnostic = _diagnostic(one, document.lines, codec)
        wanted = _wanted(types.CodeActionKind.QuickFix, only) and _meets(diagnostic.range, params.range)
        after = buffers.fixed(file, [one]) if wanted else None
        if after is not None:
            changes = replacements(document.source, after)
            title = f"Fix {one.finding.code}: {_in_words(document.source, changes, one.finding.code)}"
            edit = _edit(document, changes, codec)
            kind = types.CodeActionKind.QuickFix
            actions.append(types.CodeAction(title, kind, [diagnostic], is_preferred=True, edit=edit))
    after = buffers.fixed(file, told) if _wanted(types.CodeActionKind.SourceFixAll, only) else None
    if after is not None:
        edit = _edit(document, replacements(document.source, after), codec)
        title = f"Fix {plural(len(told), 'finding')} of rea-xcom-tui in this file"
        actions.append(types.CodeAction(title, types.CodeActionKind.SourceFixAll, edit=edit))
    return actions


def _diagnostic(told: Told, lines: Sequence[str], codec: PositionCodec) -> types.Diagnostic:
    finding = told.finding
    span = _range((max(finding.line, 1), max(finding.column, 1)), told.end, lines, codec)
    message = clean(finding.message, 2_000)
    if len(told.deployments) > 1:
        message += f" (in {plural(len(told.deployments), 'deployment')} that this file has a part in)"
    return types.Diagnostic(
        span,
        message,
        _SEVERITIES[finding.severity],
        code=finding.code,
        source="rea-xcom-tui",
        data={"field": finding.field},
    )


def _in_words(text: str, changes: list[Replacement], code: str) -> str:
    """What a fix does: the change itself where it is short, else what the rule is about."""
    rule = families.find(code)
    title = rule.title if rule is not None else code
    if len(changes) != 1:
        return title
    (change,) = changes
    line = text.split("\n")[change.start[0] - 1]
    after = line[: change.start[1] - 1] + change.text + line[change.end[1] - 1 :]
    words = after.strip()
    one_line = change.start[0] == change.end[0] and "\n" not in change.text
    return clean(words) if one_line and len(words) <= 2 * _SHORT else title


def _edit(document: TextDocument, changes: list[Replacement], codec: PositionCodec) -> types.WorkspaceEdit:
    edits: list[Any] = [types.TextEdit(_range(one.start, one.end, document.lines, codec), one.text) for one in changes]
    named = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(named, edits)])


def _range(start: Position, end: Position, lines: Sequence[str], codec: PositionCodec) -> types.Range:
    """Positions from 1 in characters as the client counts them."""
    span = types.Range(types.Position(start[0] - 1, start[1] - 1), types.Position(end[0] - 1, end[1] - 1))
    return codec.range_to_client_units(lines, span)


def _wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Whether an editor asks for a kind of actions: for it, for one that holds it, or for any."""
    return only is None or any(kind == one or kind.startswith(f"{one}.") for one in only)


def _meets(one: types.Range, other: types.Range) -> bool:
    return one.start.line <= other.end.line and other.start.line <= one.end.line
