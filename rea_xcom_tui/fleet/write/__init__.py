"""Everything that changes the disk: the gate, the journal, commits, undo."""
