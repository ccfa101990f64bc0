"""Start the command line, which opens the terminal UI when no command is named."""


def main() -> None:
    """Run the program; the entry point of the console script and of `python -m rea_xcom_tui`."""
    from rea_xcom_tui.cli.app import run

    run()


if __name__ == "__main__":
    main()
