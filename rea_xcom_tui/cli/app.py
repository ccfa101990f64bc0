"""The command group and its exit codes."""


def run() -> None:
    """Run the command line with the process's arguments."""
