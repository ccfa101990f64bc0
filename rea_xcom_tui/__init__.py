"""XCom settings of Astronomer Remote Execution Agents in a GitOps repo: a terminal UI and its headless twin."""

__version__ = "0.1.0"
