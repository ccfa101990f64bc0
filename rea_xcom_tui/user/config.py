"""The configuration: one TOML file of the user and one of the repo, the repo's first.

A start without any configuration file reads none of pydantic, so that it stays quick.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean
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

REPO_FILE = ".rea-xcom-tui.toml"
"""The repo's configuration file, in its root and tracked by git, so that a team shares it."""

USER_VARIABLE = "REA_XCOM_TUI_CONFIG"
"""Names another user configuration file than the one in the platform's usual folder."""


@dataclass(frozen=True, slots=True)
class Config:
    """What can be set. Every part has a default, so an empty configuration is a good one."""

    theme: str | None = None
    columns: tuple[str, ...] = ()
    """Columns of the fleet's table, in order; empty means all."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Command id to key, instead of the command's own."""
    glyphs: Literal["unicode", "ascii"] = "unicode"
    """Which signs the terminal UI draws with."""
    queries: Mapping[str, str] = field(default_factory=dict)
    """Saved queries by name."""
    environments: tuple[str, ...] = ENVIRONMENTS
    """Names of folders and files that are environments."""
    protected_branches: tuple[str, ...] | None = None
    """Patterns of branches that take no commit directly; None means the usual ones."""
    commit_message: str = message_template.DEFAULT
    """The template of the first line of generated commit messages."""
    forges: Mapping[str, Forge] = field(default_factory=dict)
    """Which forge runs on a host whose name does not tell."""
    read_only: bool = False
    rules: RuleSettings = field(default_factory=RuleSettings)
    layouts: LayoutSettings = field(default_factory=LayoutSettings)
    """How the repo's deployments are put together, where Git alone does not tell."""
    files: tuple[Path, ...] = ()
    """The files that it was read from, weakest first."""


def user_file() -> Path:
    """Where the user's configuration file is, whether it exists or not."""
    named = os.environ.get(USER_VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("rea-xcom-tui") / "config.toml"


def repo_file(root: Path) -> Path:
    """Where the repo's configuration file is, whether it exists or not."""
    return root / REPO_FILE


def load_config(root: Path | None) -> Config:
    """Read both files. Raises `ToolError` that names the file, the line or key, and what is wanted there."""
    paths = [user_file(), *([repo_file(root)] if root is not None else [])]
    present = [path for path in paths if path.is_file()]
    if not present:
        return Config()
    from rea_xcom_tui.user.config_models import build

    return build([(path, _parse(path)) for path in present])


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ToolError(f"the configuration {path} is not TOML: {clean(error)}") from error
    except UnicodeDecodeError as error:
        raise ToolError(f"the configuration {path} is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise ToolError(f"the configuration {path} cannot be read: {error.strerror}") from error
