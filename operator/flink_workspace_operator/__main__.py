"""`python -m flink_workspace_operator run`."""

import sys

from flink_workspace_operator.cli import main

if __name__ == "__main__":
    sys.exit(main())
