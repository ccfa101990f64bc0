"""What a deployment is called, as placeholders name it, in the forms in which paths and identities hold such names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

NAMES: Final = ("name", "namespace", "short", "team", "env")
"""Placeholders for what a deployment is called; of two that fit at the same place, the first one is taken."""

_SLUG: Final = "-slug"
_SNAKE: Final = "-snake"
_NO_SLUG = re.compile(r"[^a-z0-9]+")


def variants(names: Mapping[str, str]) -> dict[str, str]:
    """A deployment's names together with the forms in which paths and identities hold them.

    `Team` for `Billing`, `TEAM` for `BILLING`, and `team-slug` for `data-eng` where the team is `data_eng`: buckets
    take neither capitals nor underscores (S3's and Google's rules for names). And `team-snake` for `data_eng` where
    the team is `data-eng`: connection ids become names of variables, which take no hyphens.
    """
    offered = dict(names)
    for name, word in names.items():
        offered.update(_forms(name, word))
    return offered


@lru_cache(maxsize=8192)  # many deployments share an environment, a team, a namespace
def _forms(name: str, word: str) -> dict[str, str]:
    # The names of the forms, and a word that is its own slug, are the same objects for all: a fleet has very many.
    capitalised, capitals, slug, snake = _names_of_forms(name)
    found = {capitalised: word[0].upper() + word[1:]} if word[:1].islower() and word.isalnum() else {}
    made = _NO_SLUG.sub("-", word.lower()).strip("-")
    return found | {
        capitals: word.upper(),
        slug: made if made and made != word else word,
        snake: word.replace("-", "_"),
    }


@lru_cache(maxsize=256)
def _names_of_forms(name: str) -> tuple[str, str, str, str]:
    return name.capitalize(), name.upper(), f"{name}{_SLUG}", f"{name}{_SNAKE}"


@lru_cache(maxsize=256)  # there are few placeholders, and each is asked about for every value of a fleet
def base_of(name: str) -> str:
    """The name behind a placeholder in any of its forms."""
    return name.removesuffix(_SLUG).removesuffix(_SNAKE).lower()


def every_variant() -> list[str]:
    """The placeholders for names, in all their forms."""
    forms = (str.capitalize, str.upper, lambda name: f"{name}{_SLUG}", lambda name: f"{name}{_SNAKE}")
    return [*NAMES, *(form(name) for form in forms for name in NAMES)]
