"""Rules: what is wrong with a deployment's XCom settings, why it matters and how to fix it.

`engine.check` looks at one deployment, `fleet.check_fleet` at what only many of them together show, `pages.explain`
gives the page of a rule, `families` has them all. Every rule is pure: it sees a values tree, the configuration read
from it, and a context of plain data.
"""
