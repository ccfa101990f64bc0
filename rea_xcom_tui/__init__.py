"""XCom settings of Astronomer Remote Execution Agents in a GitOps repo, on screen and on the command line."""

__version__ = "0.1.0"
