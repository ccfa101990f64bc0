"""The commands: thin functions from arguments to the core and back to text and an exit code."""
