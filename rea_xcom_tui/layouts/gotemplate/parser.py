"""From tokens to a tree, as Go's text/template/parse reads them."""

from __future__ import annotations

import re
from typing import Literal, NoReturn

from rea_xcom_tui.layouts.gotemplate.errors import Failed
from rea_xcom_tui.layouts.gotemplate.lexer import Token, tokens, unquoted
from rea_xcom_tui.layouts.gotemplate.syntax import (
    Action,
    Branch,
    Call,
    Dot,
    Fields,
    Function,
    Jump,
    Literally,
    Operand,
    Parsed,
    Part,
    Pipeline,
    Text,
    Variable,
)
from rea_xcom_tui.text import clean

MAX_DEPTH = 60
"""Blocks and brackets within one another; real templates stay below ten."""

_WORDS = {"true": True, "false": False, "nil": None}


def parse(source: str, name: str) -> Parsed:
    """The tree of a template. Raises `Failed` with the place where Go would not accept it."""
    return _Parser(source, name).parse()


class _Parser:
    def __init__(self, source: str, name: str) -> None:
        self._tokens = tokens(source, name)
        self._at = 0
        self._name = name
        self._out = Parsed(name)
        self._depth = 0
        self._in_range = 0

    def parse(self) -> Parsed:
        self._out.body, word = self._parts()
        if word:
            self._fail(f"{{{{ {word} }}}} does not belong to any block")
        return self._out

    # -- tokens --------------------------------------------------------------------------------------

    def _fail(self, what: str) -> NoReturn:
        at = min(self._at, len(self._tokens) - 1)
        line = self._tokens[at].line if self._tokens else 1
        raise Failed(f"{clean(self._name)}:{line}: {what}.", self._name, line)

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> Token:
        token = self._peek()
        if token is None:
            self._fail("the template ends too early")
        self._at += 1
        return token

    def _blanks(self) -> None:
        while (token := self._peek()) is not None and token.kind == "space":
            self._at += 1

    def _close(self) -> None:
        self._blanks()
        if self._next().kind != "close":
            self._at -= 1
            self._fail(f"{clean(self._tokens[self._at].text, 40)!r} is not allowed there")

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._fail(f"it is nested more than {MAX_DEPTH} levels deep")

    # -- parts ---------------------------------------------------------------------------------------

    def _parts(self) -> tuple[tuple[Part, ...], str]:
        """Parts up to `end` or `else` (left behind its word) or the end; and that word, empty at the end."""
        out: list[Part] = []
        while (token := self._peek()) is not None:
            self._at += 1
            if token.kind == "text":
                out.append(Text(token.text))
                continue
            self._blanks()
            word = self._peek()
            if word is not None and word.kind == "word" and word.text in ("end", "else"):
                self._at += 1
                return tuple(out), word.text
            part = self._part(word)
            if part is not None:
                out.append(part)
        return tuple(out), ""

    def _part(self, word: Token | None) -> Part | None:
        match word.text if word is not None and word.kind == "word" else "":
            case "if" | "with" | "range" as which:
                self._at += 1
                return self._branch(which)
            case "define" | "block" as which:
                self._at += 1
                return self._define(which)
            case "template":
                self._at += 1
                line = self._tokens[self._at - 1].line
                name = self._template_name()
                pipeline = self._optional_pipeline()
                return Call(name, pipeline, line)
            case "break" | "continue" as which:
                if not self._in_range:
                    self._fail(f"{{{{ {which} }}}} is outside a range")
                self._at += 1
                self._close()
                return Jump(which)
        pipeline = self._pipeline()
        self._close()
        return Action(pipeline)

    def _branch(self, word: Literal["if", "with", "range"]) -> Branch:
        self._enter()
        pipeline = self._pipeline()
        self._close()
        self._in_range += word == "range"
        body, ended = self._parts()
        self._in_range -= word == "range"
        otherwise: tuple[Part, ...] = ()
        if ended == "else":
            self._blanks()
            follow = self._peek()
            if follow is not None and follow.kind == "word" and follow.text == word and word != "range":
                self._at += 1
                otherwise = (self._branch(word),)
                self._depth -= 1
                return Branch(word, pipeline, body, otherwise)
            self._close()
            otherwise, ended = self._parts()
        if ended != "end":
            self._fail(f"{{{{ {word} }}}} has no end")
        self._close()
        self._depth -= 1
        return Branch(word, pipeline, body, otherwise)

    def _define(self, word: Literal["define", "block"]) -> Part | None:
        self._enter()
        line = self._tokens[self._at - 1].line
        name = self._template_name()
        pipeline = self._optional_pipeline()
        if (word == "block") != (pipeline is not None):
            self._fail(f"{{{{ {word} }}}} is not written as Go expects it")
        body, ended = self._parts()
        if ended != "end":
            self._fail(f"{{{{ {word} }}}} has no end")
        self._close()
        self._depth -= 1
        self._out.defined[name] = body
        return Call(name, pipeline, line) if word == "block" else None

    def _template_name(self) -> str:
        self._blanks()
        token = self._next()
        if token.kind != "string" or token.text[0] == "'":
            self._fail("the name of a template has to be a text in quotes")
        return unquoted(token.text)

    def _optional_pipeline(self) -> Pipeline | None:
        self._blanks()
        token = self._peek()
        pipeline = None if token is not None and token.kind == "close" else self._pipeline()
        self._close()
        return pipeline

    # -- pipelines -----------------------------------------------------------------------------------

    def _pipeline(self) -> Pipeline:
        self._blanks()
        first = self._peek()
        line = first.line if first is not None else 0
        variables, declares = self._targets()
        commands = [self._command()]
        while (token := self._peek()) is not None and token.text == "|" and token.kind == "mark":
            self._at += 1
            commands.append(self._command())
            if not isinstance(commands[-1][0], Function | Fields | Pipeline | Variable):
                self._fail("a constant cannot take what is piped into it")
        return Pipeline(tuple(commands), line, variables, declares)

    def _targets(self) -> tuple[tuple[str, ...], bool]:
        """The variables in front of `:=` or `=`; none where there are none."""
        start, names = self._at, []
        while (token := self._peek()) is not None and token.kind == "variable":
            names.append(token.text)
            self._at += 1
            self._blanks()
            mark = self._peek()
            if mark is None or mark.kind != "mark" or mark.text not in (",", ":=", "="):
                break
            self._at += 1
            if mark.text != ",":
                if len(names) > 2:
                    self._fail("more than two variables are set at once")
                self._blanks()
                return tuple(names), mark.text == ":="
            self._blanks()
        self._at = start
        return (), False

    def _command(self) -> tuple[Operand, ...]:
        out: list[Operand] = []
        while True:
            self._blanks()
            token = self._peek()
            if token is None or token.kind == "close" or (token.kind == "mark" and token.text in "|)"):
                if not out or (isinstance(out[0], Literally) and out[0].value is None):
                    self._fail("a command is missing")
                return tuple(out)
            out.append(self._operand())
            after = self._peek()
            if after is not None and not (after.kind in ("space", "close") or after.text in ("|", ")")):
                self._fail(f"{clean(after.text, 40)!r} is not allowed there")

    def _operand(self) -> Operand:
        token = self._next()
        operand: Operand
        match token.kind:
            case "string":
                operand = Literally(_string(token.text), token.line)
            case "number":
                operand = Literally(_number(token.text), token.line)
            case "word" if token.text in _WORDS:
                operand = Literally(_WORDS[token.text], token.line)
            case "word":
                operand = Function(token.text, token.line)
            case "variable":
                operand = Variable(token.text, token.line)
            case "field":
                operand = Fields(Dot(token.line), (token.text[1:],), token.line)
            case "mark" if token.text == ".":
                operand = Dot(token.line)
            case "mark" if token.text == "(":
                self._enter()
                operand = self._pipeline()
                self._blanks()
                if self._next().text != ")":
                    self._at -= 1
                    self._fail("a bracket is not closed")
                self._depth -= 1
            case _:
                self._at -= 1
                self._fail(f"{clean(token.text, 40)!r} is not allowed there")
        return self._chained(operand)

    def _chained(self, operand: Operand) -> Operand:
        names: list[str] = []
        while (token := self._peek()) is not None and token.kind == "field":
            names.append(token.text[1:])
            self._at += 1
        if not names:
            return operand
        if isinstance(operand, Literally | Function):
            self._fail("a constant or function has no fields")
        if isinstance(operand, Fields):
            return Fields(operand.base, (*operand.names, *names), operand.line)
        return Fields(operand, tuple(names), operand.line)


def _string(literal: str) -> str | int:
    if literal[0] != "'":
        return unquoted(literal)
    text = unquoted('"' + literal[1:-1] + '"')
    return ord(text[0]) if text else 0


def _number(text: str) -> int | float:
    plain = text.replace("_", "")
    if re.fullmatch(r"[+-]?\d+", plain):
        octal = re.fullmatch(r"[+-]?0[0-7]+", plain)
        return int(plain, 8 if octal else 10)
    if re.match(r"[+-]?0[xXoObB]", plain):
        return int(plain, 0)
    return float(plain)
