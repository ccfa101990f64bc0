"""A small reader of HCL: blocks, attributes and the expressions whose values are known without running Terraform.

It is bounded: a file of at most `MAX_BYTES`, nesting of at most `MAX_DEPTH`. What it does not understand inside an
expression is kept as `Unknown` with the text, so that one odd line hides nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from rea_xcom_tui.layouts.terraform.syntax import (
    Block,
    Body,
    Call,
    Expression,
    HclError,
    Literal,
    Object,
    Reference,
    Sequence,
    Template,
    Unknown,
)
from rea_xcom_tui.layouts.terraform.tokens import MAX_DEPTH, Token, tokens

MAX_BYTES = 1_000_000
"""Longer files are not read."""


def parse(text: str) -> Body:
    """Read a file. Raises `HclError`."""
    if len(text) > MAX_BYTES:
        raise HclError(f"The file has {len(text):,} characters; Terraform files of up to {MAX_BYTES:,} are read.", 1)
    return _Parser(text, list(tokens(text)), 0).body(closing=False)


class _Parser:
    def __init__(self, text: str, tokens: list[Token], depth: int) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.depth = depth

    def peek(self) -> Token:
        if self.at < len(self.tokens):
            return self.tokens[self.at]
        line = self.tokens[-1].line if self.tokens else 1
        return Token("end", "", line, len(self.text), len(self.text))

    def take(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def skip_newlines(self) -> None:
        while self.peek().kind == "newline":
            self.at += 1

    def body(self, *, closing: bool) -> Body:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise HclError(f"Line {self.peek().line} is nested more than {MAX_DEPTH} deep.", self.peek().line)
        body = Body()
        while True:
            self.skip_newlines()
            token = self.take()
            if token.kind == "end" and not closing:
                break
            if token.text == "}" and token.kind == "mark" and closing:
                break
            if token.kind != "name":
                raise HclError(f"Line {token.line} begins with something that is not a name.", token.line)
            if self.peek().text == "=":
                self.take()
                body.attributes[token.text] = self.expression(stops=("\n",))
            else:
                body.blocks.append(self._block(token))
        self.depth -= 1
        return body

    def _block(self, kind: Token) -> Block:
        labels: list[str] = []
        while self.peek().text != "{":
            token = self.take()
            if token.kind == "name":
                labels.append(token.text)
            elif token.kind == "text" and isinstance(token.value, Literal):
                labels.append(str(token.value.value))
            else:
                raise HclError(f"Line {kind.line} is neither a block nor an attribute.", kind.line)
        self.take()
        body = self.body(closing=True)
        return Block(kind.text, tuple(labels), body, kind.line, self.tokens[self.at - 1].line)

    def expression(self, stops: tuple[str, ...]) -> Expression:
        """One expression up to a stop at its own level; what follows a simple one makes it unknown."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise HclError(f"Line {self.peek().line} is nested more than {MAX_DEPTH} deep.", self.peek().line)
        self.skip_newlines()
        begin = self.peek()
        simple = self._simple(begin)
        if not self._stops(stops):
            self._skip_to(stops)
            simple = Unknown(self._text_since(begin), begin.line)
        self.depth -= 1
        return simple

    def _simple(self, begin: Token) -> Expression:
        token = self.take()
        if token.kind == "text" and token.value is not None:
            return self._with_holes(token.value)
        if token.kind == "number":
            return Literal(_number(token.text), token.line)
        if token.kind == "mark" and token.text == "-" and self.peek().kind == "number":
            return Literal(-_number(self.take().text), token.line)
        if token.kind == "mark" and token.text == "[":
            return self._list(token)
        if token.kind == "mark" and token.text == "{":
            return self._object(token)
        if token.kind == "name":
            return self._named(token)
        self.at -= 1
        return Unknown("", begin.line)

    def _with_holes(self, value: Literal | Template) -> Expression:
        if isinstance(value, Literal):
            return value
        return Template(
            tuple(self._hole(part) if isinstance(part, Unknown) else part for part in value.parts), value.line
        )

    def _hole(self, hole: Unknown) -> Expression:
        text = hole.text.strip("~ \t\r\n")
        if self.depth >= MAX_DEPTH or text.startswith("%{"):
            return hole
        try:
            return _Parser(text, list(tokens(text, hole.line)), self.depth + 1).expression(stops=())
        except HclError:
            return Unknown(text, hole.line)

    def _named(self, token: Token) -> Expression:
        constants: dict[str, bool | None] = {"true": True, "false": False, "null": None}
        if token.text in constants:
            return Literal(constants[token.text], token.line)
        if self.peek().text == "(":
            self.take()
            return Call(token.text, tuple(self._items(")")), token.line)
        path = token.text
        while self.peek().text == "." and self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].kind == "name":
            self.take()
            path += "." + self.take().text
        return Reference(path, token.line)

    def _list(self, token: Token) -> Expression:
        if self.peek().text == "for":
            self._skip_to(("]",))
            self.take()
            return Unknown(self._text_since(token), token.line)
        return Sequence(tuple(self._items("]")), token.line)

    def _items(self, close: str) -> Iterator[Expression]:
        while True:
            self.skip_newlines()
            if self.peek().text == close and self.peek().kind == "mark":
                self.take()
                return
            if self.peek().kind == "end":
                raise HclError(f"A bracket before line {self.peek().line} is never closed.", self.peek().line)
            yield self.expression(stops=(",", close))
            self.skip_newlines()
            if self.peek().text in (",", "..."):
                self.take()

    def _object(self, token: Token) -> Expression:
        if self.peek().text == "for":
            self._skip_to(("}",))
            self.take()
            return Unknown(self._text_since(token), token.line)
        entries: list[tuple[str, Expression]] = []
        whole = True
        while True:
            self.skip_newlines()
            key = self.peek()
            if key.text == "}" and key.kind == "mark":
                self.take()
                return Object(tuple(entries), whole, token.line)
            if key.kind == "end":
                raise HclError(f"The object that begins at line {token.line} is never closed.", token.line)
            named = self.expression(stops=("=", ":"))
            self.take()
            value = self.expression(stops=("\n", ",", "}"))
            if self.peek().text == ",":
                self.take()
            if isinstance(named, Literal) or (isinstance(named, Reference) and "." not in named.path):
                entries.append((str(named.value) if isinstance(named, Literal) else named.path, value))
            else:
                whole = False

    def _stops(self, stops: tuple[str, ...]) -> bool:
        token = self.peek()
        if token.kind == "end" or (token.kind == "newline" and "\n" in stops):
            return True
        if token.kind == "newline":
            ahead = self.at
            self.skip_newlines()
            stopped = self._stops(stops)
            self.at = ahead
            return stopped
        closing = token.kind == "mark" and token.text in ("}", ")", "]")
        return closing or (token.kind == "mark" and token.text in stops)

    def _skip_to(self, stops: tuple[str, ...]) -> None:
        nested = 0
        while self.peek().kind != "end":
            token = self.peek()
            if token.kind == "newline" and "\n" not in stops:
                self.at += 1
                continue
            if nested == 0 and self._stops(stops):
                return
            if token.kind == "mark":
                nested += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
            self.at += 1

    def _text_since(self, begin: Token) -> str:
        end = self.tokens[self.at - 1].end if self.at else begin.start
        return self.text[begin.start : end].strip()


def _number(text: str) -> int | float:
    return float(text) if any(char in text for char in ".eE") else int(text)
