"""The shape of the configuration files, checked by pydantic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean
from rea_xcom_tui.user import message_template
from rea_xcom_tui.user.layout_models import LayoutsSection, joined, version_parts
from rea_xcom_tui.user.settings import Config, Forge
from rea_xcom_tui.xcom.query import QueryError, parse
from rea_xcom_tui.xcom.rules.policy import parse_policy
from rea_xcom_tui.xcom.rules.settings import Ignore, RuleSettings

_CODE = re.compile(r"XC\d{3}")
_VERSION = re.compile(r"\d+(?:\.\d+){0,2}")


def _code(text: str) -> str:
    code = text.upper()
    if not _CODE.fullmatch(code):
        raise ValueError(f"'{clean(text)}' is not a rule; rules are called XC101 and so on, `explain` lists them")
    return code


Code = Annotated[str, AfterValidator(_code)]


def _lower_hosts(forges: dict[str, Forge]) -> dict[str, Forge]:
    """Hosts such as `git.corp.example`, which have no upper case."""
    return {host.lower(): forge for host, forge in forges.items()}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class UiSection(_Model):
    """`[ui]`: how the terminal UI looks and answers."""

    theme: str | None = None
    """`dark`, `light`, `ansi`, `high-contrast`, `high-contrast-light`, or any of the palette's list."""
    columns: list[str] = Field(default_factory=list)
    """The columns of the table in their order, such as `name`, `env`, `path`."""
    keymap: dict[str, str] = Field(default_factory=dict)
    """A command's id with its key, or several separated by commas, such as `"fleet.filter": "/,f3"`."""
    glyphs: Literal["unicode", "ascii"] | None = None
    """`ascii` for terminals that lack signs such as ≠ and ●."""


class RepoSection(_Model):
    """`[repo]`: what is special about this repo."""

    environments: list[str] | None = None
    """Names of folders that are environments, instead of the usual ones."""
    protected_branches: list[str] | None = None
    """Branches, with `*` for any part, to which commits are refused; a new branch is asked for."""
    commit_message: Annotated[str, AfterValidator(message_template.check)] | None = None
    """The first line of generated messages, with `{summary}`, `{field}`, `{env}`, `{count}` or `{name}`."""
    forges: Annotated[dict[str, Forge], AfterValidator(_lower_hosts)] = Field(default_factory=dict)
    """A host with what runs there, for links to pull requests where its name does not say."""
    read_only: bool = False
    """Whether nothing may be written in this repo."""


class IgnoreSection(_Model):
    """`[[rules.ignore]]`: a finding that is accepted, and why."""

    code: Code
    """The rule, such as XC801."""
    reason: str = Field(min_length=1)
    """Why it is accepted."""
    files: list[str] = Field(default_factory=list)
    """Globs of the files in which it is accepted; every file without them."""
    until: date | None = None
    """The last day, such as 2027-03-31; from then on the finding is reported again."""


class RulesSection(_Model):
    """`[rules]`: which rules count, how much, and what this repo demands beyond them."""

    off: list[str] = Field(default_factory=list)
    """Codes of rules that are not asked."""
    severity: dict[str, Literal["error", "warning", "info"]] = Field(default_factory=dict)
    """Another severity for a rule, by its code."""
    airflow: str | None = None
    """Airflow's version for files that do not say, such as 3.1."""
    agent: str | None = None
    """The agent's version for files that do not say, such as 1.6.0."""
    policies: list[str] = Field(default_factory=list)
    """What this repo demands beyond the rules, such as `threshold must be 0 in prod`."""
    ignore: list[IgnoreSection] = Field(default_factory=list)
    """Findings that are accepted, each with a reason."""

    @field_validator("off")
    @classmethod
    def codes(cls, codes: list[str]) -> list[str]:
        """Codes of rules."""
        return [_code(code) for code in codes]

    @field_validator("severity")
    @classmethod
    def codes_of_severities(cls, severities: dict[str, Any]) -> dict[str, Any]:
        """Codes of rules, each with a severity."""
        return {_code(code): severity for code, severity in severities.items()}

    @field_validator("airflow", "agent")
    @classmethod
    def version(cls, text: str | None) -> str | None:
        """A version such as 3.1 or 1.6.0."""
        if text is not None and not _VERSION.fullmatch(text):
            raise ValueError("a version looks like 3.1 or 1.6.0")
        return text

    @field_validator("policies")
    @classmethod
    def readable_policies(cls, lines: list[str]) -> list[str]:
        """Policies such as `threshold must be 0 in prod`."""
        for line in lines:
            try:
                parse_policy(line)
            except ToolError as error:
                raise ValueError(str(error)) from error
        return lines


class ConfigFile(_Model):
    """One configuration file."""

    ui: UiSection = UiSection()
    repo: RepoSection = RepoSection()
    rules: RulesSection = RulesSection()
    layouts: LayoutsSection = LayoutsSection()
    queries: dict[str, str] = Field(default_factory=dict)
    """Queries under a name."""

    @field_validator("queries")
    @classmethod
    def readable_queries(cls, queries: dict[str, str]) -> dict[str, str]:
        """Queries in the language of the filter line."""
        for name, text in queries.items():
            try:
                parse(text)
            except QueryError as error:
                raise ValueError(f"the query '{name}' has a mistake: {error}") from error
        return queries


def build(files: Sequence[tuple[Path, dict[str, Any]]]) -> Config:
    """Join the files, the later ones winning. Raises `ToolError` that names the file and the key."""
    config = Config()
    for path, data in files:
        config = _joined(config, _validated(path, data), path)
    return config


def _validated(path: Path, data: dict[str, Any]) -> ConfigFile:
    try:
        return ConfigFile.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        reason = "there is no such key" if first["type"] == "extra_forbidden" else _lowered(first["msg"])
        raise ToolError(f"the configuration {path} has a mistake at '{clean(key)}': {clean(reason)}") from error


def _joined(weaker: Config, file: ConfigFile, path: Path) -> Config:
    environments = file.repo.environments
    branches = file.repo.protected_branches
    return Config(
        theme=file.ui.theme or weaker.theme,
        columns=tuple(file.ui.columns) or weaker.columns,
        keymap={**weaker.keymap, **file.ui.keymap},
        glyphs=file.ui.glyphs or weaker.glyphs,
        queries={**weaker.queries, **file.queries},
        environments=weaker.environments if environments is None else tuple(e.lower() for e in environments),
        protected_branches=weaker.protected_branches if branches is None else tuple(branches),
        commit_message=file.repo.commit_message or weaker.commit_message,
        forges={**weaker.forges, **file.repo.forges},
        read_only=file.repo.read_only or weaker.read_only,
        rules=_rules(weaker.rules, file.rules),
        layouts=joined(weaker.layouts, file.layouts),
        files=(*weaker.files, path),
    )


def _rules(weaker: RuleSettings, section: RulesSection) -> RuleSettings:
    return RuleSettings(
        off=weaker.off | frozenset(section.off),
        severities={**weaker.severities, **section.severity},
        airflow=version_parts(section.airflow) or weaker.airflow,
        agent=version_parts(section.agent) or weaker.agent,
        policies=(*weaker.policies, *map(parse_policy, section.policies)),
        ignores=(*weaker.ignores, *(_ignore(entry) for entry in section.ignore)),
    )


def _ignore(entry: IgnoreSection) -> Ignore:
    return Ignore(code=entry.code, reason=entry.reason, files=tuple(entry.files), until=entry.until)


def _lowered(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]
