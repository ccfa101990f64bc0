"""Pure functions from the fleet to text: tables, JSON, CSV, Markdown, diffs."""
