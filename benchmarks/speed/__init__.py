"""How fast the tool is: fleets that are made for it, every budget beside its reference, and the page that tells."""
