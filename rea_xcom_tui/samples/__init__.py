"""The sample repos, laid out as real git repos with a history."""
