"""Argo CD's default comparison for kinds that it has no schema of: by what was applied last, in
three ways.

    differs(git, live)      # whether the Application would be shown as OutOfSync

The live object is trimmed to the shape of what was applied last, a JSON merge patch is made that
turns it into what Git says, without what was applied last and Git says no more; there is a
difference if the patch changes the live object."""

import json
from typing import Any

from tests.gitops.kstatus import Wire

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def differs(git: Wire, live: Wire) -> bool:
    """Whether Git and the live object differ, as Argo CD sees it. The status counts on neither
    side."""
    git, live = _compared(git), _compared(live)
    last = live["metadata"].get("annotations", {}).get(LAST_APPLIED)
    applied = git if last is None else _compared(json.loads(last))
    patch = _patch(applied, git, _trimmed(applied, live))
    return bool(_patched(live, patch) != live)


def _compared(wire: Wire) -> Wire:
    """What is left when that is removed which one side can't have."""
    metadata = {
        key: value
        for key, value in wire["metadata"].items()
        if key not in ("namespace", "creationTimestamp")
    }
    if not metadata.get("annotations", True):
        del metadata["annotations"]
    return {**{key: value for key, value in wire.items() if key != "status"}, "metadata": metadata}


def _trimmed(shape: Any, live: Any) -> Any:  # noqa: ANN401 - any JSON
    """What of `live` stands in `shape` too: maps by key, lists by place. What is longer in a list
    stays, to be seen."""
    if isinstance(shape, dict) and isinstance(live, dict):
        return {key: _trimmed(shape[key], live[key]) for key in shape if key in live}
    if isinstance(shape, list) and isinstance(live, list):
        return [
            _trimmed(shape[at], item) if at < len(shape) else item for at, item in enumerate(live)
        ]
    return live


def _patch(applied: Wire, git: Wire, live: Wire) -> Wire:
    """A JSON merge patch: set what Git says otherwise, remove what was applied and Git says no
    more."""
    removed = {key: None for key in applied if key not in git}
    patch: Wire = dict(removed)
    for key, value in git.items():
        if isinstance(value, dict) and isinstance(live.get(key), dict):
            before = applied.get(key)
            below = _patch(before if isinstance(before, dict) else {}, value, live[key])
            patch |= {key: below} if below else {}
        elif key not in live or live[key] != value:
            patch[key] = value
    return patch


def _patched(live: Any, patch: Any) -> Any:  # noqa: ANN401 - any JSON
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(live) if isinstance(live, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _patched(result.get(key), value)
    return result
