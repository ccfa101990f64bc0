"""The configuration: one TOML file of the user and one of the repo, the repo's first.

A start without any configuration file reads none of pydantic, so that it stays quick.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean
from rea_xcom_tui.user.settings import Config

REPO_FILE = ".rea-xcom-tui.toml"
"""The repo's configuration file, in its root and tracked by git, so that a team shares it."""

USER_VARIABLE = "REA_XCOM_TUI_CONFIG"
"""Names another user configuration file than the one in the platform's usual folder."""


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
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ToolError(f"the configuration {path} is not TOML: {clean(error)}") from error
    except UnicodeDecodeError as error:
        raise ToolError(f"the configuration {path} is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise ToolError(f"the configuration {path} cannot be read: {error.strerror}") from error
