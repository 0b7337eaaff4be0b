"""The page of the metrics, from the families that the operator tells."""

from typing import Final

from docs.generator.markdown import code, page, table
from flink_workspace_operator.runtime.metrics.families import FAMILIES

_ABOUT: Final = """\
The operator answers `/metrics` on the port of its probes (8080, setting `FLINK_OPERATOR_HEALTH_PORT`), in Prometheus's
text format. [`deploy/monitoring`](../deploy/monitoring) has a ServiceMonitor, [alerts](alerts.md) and a dashboard for
Grafana; take them into your overlay:

```yaml
components: [../../monitoring]
```

In the chart it is `serviceMonitor.enabled` and `prometheusRule.enabled`, each with `labels`; the dashboard is a file to
import, `deploy/monitoring/dashboard.json`.

- `flink_operator_...` is about a process, and every process tells it. `flink_workspace_...` is about resources: the
  leader tells what its watches saw last, whoever stands by tells nothing. No series is not the same as 0.
- Asking costs no call, neither to the cloud nor to the API server.
- Ages are moments: `time() - flink_workspace_order_unsettled_timestamp_seconds` is how long an outcome has been open.
- A condition has one series, with the status and the reason that it has now. Only `Ready`, `Stalled`, `Suspended`,
  `InSync` and `CloudReachable` have one: all [twelve](conditions.md) would be more than say something new.
- Money is that of the orders which exist, so it is the same after a restart, and falls when an order is deleted.
- `code` is one of the codes that the operator knows, with `*` where it knows only how a code begins, or `Other`; the
  cloud's own word stands in the log. No label holds anything that the cloud could make up.
- `namespace` is that of the resource: scrape with `honorLabels: true`, as the ServiceMonitor does.
- There are eight series for a workspace with one vSwitch, and two more for each further one; they go with it."""


def metrics_page() -> str:
    """All families, in the order in which they are told."""
    rows = [
        (code(each.name), each.type, ", ".join(map(code, each.labels)), each.help)
        for each in FAMILIES
    ]
    return page("Metrics", _ABOUT, table(("metric", "type", "labels", "meaning"), rows))
