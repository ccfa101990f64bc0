"""From the files of a repo to the fleet."""
