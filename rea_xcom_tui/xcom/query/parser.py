"""Parsing a query: a blank means and, `OR` means or and binds less, `-` negates, parentheses group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from rea_xcom_tui.xcom.query.errors import QueryError
from rea_xcom_tui.xcom.query.lexer import Token, tokens
from rea_xcom_tui.xcom.query.matching import Match, all_of, any_of, everything, none_of, term
from rea_xcom_tui.xcom.query.rows import Row

_DEEPEST = 50

RowType = TypeVar("RowType", bound=Row)


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query."""

    text: str
    matches: Match
    """Whether a row matches."""

    @property
    def is_empty(self) -> bool:
        """True for a query that matches everything because nothing was asked."""
        return self.matches is everything

    def select(self, rows: Iterable[RowType]) -> list[RowType]:
        """The rows that match, in their order."""
        return list(filter(self.matches, rows))


def parse(text: str) -> Query:
    """Parse a query. Raises `QueryError`, which says what is wrong and where; never anything else."""
    parser = _Parser(text)
    match = parser.alternatives(0) if parser.ahead else everything
    if parser.ahead:
        raise QueryError("A closing parenthesis has no opening one.", text, parser.position)
    return Query(text, match)


class _Parser:
    """A cursor over the tokens of one query."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = list(tokens(text))
        self._at = 0

    @property
    def ahead(self) -> Token | None:
        """The next token, or None at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    @property
    def position(self) -> int:
        """Where the next token begins."""
        return self.ahead.position if self.ahead else len(self.text)

    def next_is(self, *kinds: str) -> bool:
        """Whether the next token is one of these."""
        return self.ahead is not None and self.ahead.kind in kinds

    def take(self) -> Token:
        """The next token, and move on."""
        token = self._tokens[self._at]
        self._at += 1
        return token

    def alternatives(self, depth: int) -> Match:
        """Groups joined by OR."""
        found = [self.group(depth)]
        while self.next_is("or"):
            self.take()
            found.append(self.group(depth))
        return any_of(found)

    def group(self, depth: int) -> Match:
        """Items side by side, all of which must match."""
        found: list[Match] = []
        while self.ahead and not self.next_is("or", ")"):
            found.append(self.item(depth))
        if not found:
            what = "OR" if self.next_is("or") else "the closing parenthesis" if self.ahead else "the end"
            raise QueryError(f"Something is missing before {what}.", self.text, self.position)
        return all_of(found)

    def item(self, depth: int) -> Match:
        """A term, a group in parentheses, or one of them negated."""
        negated = False
        while self.next_is("-"):
            sign = self.take()
            negated = not negated
            if not self.next_is("-", "(", "term") or self.position != sign.position + 1:
                raise QueryError("A - negates what directly follows it, and nothing does.", self.text, sign.position)
        token = self.take()
        match = self._group_in_parentheses(token, depth) if token.kind == "(" else term(token, self.text)
        return none_of(match) if negated else match

    def _group_in_parentheses(self, opening: Token, depth: int) -> Match:
        if depth >= _DEEPEST:
            raise QueryError(f"Parentheses are nested more than {_DEEPEST} deep.", self.text, opening.position)
        match = self.alternatives(depth + 1)
        if not self.next_is(")"):
            raise QueryError("A parenthesis is not closed.", self.text, opening.position)
        self.take()
        return match
