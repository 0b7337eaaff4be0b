"""`python -m flink_workspace_operator run`."""

import signal
import sys

if __name__ == "__main__":
    # Before the imports, which take seconds. A container's first process ignores SIGTERM until it
    # has a handler: a Pod replaced while it starts would then take the Lease, and hold it until the
    # kubelet kills it, two minutes later.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    from flink_workspace_operator.cli import main

    sys.exit(main())
