"""The dashboard is one that Grafana reads, by the models that Grafana publishes."""

import json

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.operations.monitoring import dashboard, panels


def test_nothing_of_it_is_unknown_to_grafana() -> None:
    """Read into Grafana's models and written again, it is the same."""
    register_default_plugins()
    read = Dashboard.from_json(dashboard())
    assert json.loads(json.dumps(read, cls=JSONEncoder)) == dashboard()


def test_no_panel_is_like_another() -> None:
    """Each has an id, a title and a description of its own."""
    for field in ("id", "title", "description"):
        told = [panel[field] for panel in panels()]
        assert len(set(told)) == len(told)


def test_panels_do_not_overlap() -> None:
    """And fit Grafana's 24 columns."""
    taken = [
        (column, row)
        for panel in dashboard()["panels"]
        for column in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for row in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(column for column, _ in taken) < 24


def test_every_query_goes_to_the_chosen_prometheus() -> None:
    """No address of a data source of somebody's is in it."""
    assert {panel["datasource"]["uid"] for panel in panels()} == {"${datasource}"}
