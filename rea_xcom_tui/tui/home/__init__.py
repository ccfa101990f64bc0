"""The fleet on screen: the table, its filter, editors and bulk edits."""
