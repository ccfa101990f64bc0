"""git as a process: how it is run, watched and logged."""
