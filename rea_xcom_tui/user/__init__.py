"""The person's own configuration, memory and trust, kept outside of repos."""
