"""The registry of commands and their keys."""
