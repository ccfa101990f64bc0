"""What can be configured, as plain data: read by `user.config`, checked by `user.config_models`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from rea_xcom_tui.user import message_template
from rea_xcom_tui.user.layout_settings import LayoutSettings
from rea_xcom_tui.xcom.rules.settings import RuleSettings

Forge = Literal["github", "gitlab", "bitbucket", "bitbucket-server", "azure", "gitea"]
"""The kinds of servers whose pull requests can be opened."""

ENVIRONMENTS: tuple[str, ...] = (
    "dev", "develop", "development", "local", "sandbox", "test", "testing", "int", "integration", "qa",
    "stage", "staging", "stg", "uat", "preprod", "pre-prod", "nonprod", "non-prod", "prod", "production",
    "prd", "live", "dr", "failover", "disaster-recovery",
)  # fmt: skip
"""Names of environments that are recognised in folder and file names, as teams commonly write them."""


class Config(msgspec.Struct, frozen=True):
    """What can be set. Every part has a default, so an empty configuration is a good one."""

    theme: str | None = None
    columns: tuple[str, ...] = ()
    """Columns of the fleet's table, in order; empty means all."""
    keymap: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Command id to key, instead of the command's own."""
    glyphs: Literal["unicode", "ascii"] = "unicode"
    """Which signs the terminal UI draws with."""
    queries: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Saved queries by name."""
    environments: tuple[str, ...] = ENVIRONMENTS
    """Names of folders and files that are environments."""
    protected_branches: tuple[str, ...] | None = None
    """Patterns of branches that take no commit directly; None means the usual ones."""
    commit_message: str = message_template.DEFAULT
    """The template of the first line of generated commit messages."""
    forges: Mapping[str, Forge] = msgspec.field(default_factory=dict)
    """Which forge runs on a host whose name does not say."""
    read_only: bool = False
    rules: RuleSettings = msgspec.field(default_factory=RuleSettings)
    layouts: LayoutSettings = msgspec.field(default_factory=LayoutSettings)
    """How the repo's deployments are put together, where Git alone does not say."""
    files: tuple[Path, ...] = ()
    """The files that it was read from, weakest first."""
