"""Argo CD's Lua, without Argo CD: the scripts of `deploy/argocd` as its virtual machine runs them
from `argocd-cm`.

There only the base and table libraries exist, and `require("os")` gives `time` and `date`. Argo CD
speaks Lua 5.1 with Go's own interpreter; a script that runs in Lua 5.1 and in LuaJIT uses nothing
in which they differ."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import lupa.lua51
import lupa.luajit21

from tests.gitops.customization import CUSTOMIZATION

RUNTIMES: Final[dict[str, Callable[..., Any]]] = {
    "lua51": lupa.lua51.LuaRuntime,
    "luajit21": lupa.luajit21.LuaRuntime,
}
_WITHOUT_LIBRARIES: Final = """
debug.setmetatable('', nil)  -- or methods of strings stay although their library is gone
local safe = {time = os.time, date = os.date}
for _, name in ipairs({'string', 'math', 'io', 'debug', 'coroutine', 'os', 'bit', 'jit', 'ffi', 'python'}) do
  _G[name] = nil
  package.loaded[name] = nil
end
package.preload.os = function() return safe end
"""


class Health(NamedTuple):
    """Argo CD's verdict on one object."""

    status: str
    message: str


def health_of(wire: Mapping[str, Any], runtime: str = "lua51") -> Health:
    """What Argo CD shows for the object. It asks no script about an object that is being
    deleted."""
    if wire["metadata"].get("deletionTimestamp"):
        return Health("Progressing", "Pending deletion")
    answer = _run(CUSTOMIZATION / "health.lua", wire, runtime)
    assert set(answer) == {"status", "message"}
    assert isinstance(answer["message"], str), "any other message makes Argo CD forget the status"
    return Health(answer["status"], answer["message"])


def actions_of(wire: Mapping[str, Any], runtime: str = "lua51") -> dict[str, bool]:
    """The actions that Argo CD offers, and whether they can be run."""
    found = _run(CUSTOMIZATION / "actions" / "discovery.lua", wire, runtime)
    return {name: not action.get("disabled", False) for name, action in found.items()}


def run_action(name: str, wire: Mapping[str, Any], runtime: str = "lua51") -> dict[str, Any]:
    """The object as the action wants it; Argo CD sends the difference as a merge patch."""
    return _run(CUSTOMIZATION / "actions" / name / "action.lua", wire, runtime)


def _run(script: Path, wire: Mapping[str, Any], runtime: str) -> dict[str, Any]:
    lua = RUNTIMES[runtime](
        unpack_returned_tuples=True, register_eval=False, register_builtins=False
    )
    run = lua.eval("function(source) return assert(loadstring(source)) end")(script.read_text())
    lua.execute(_WITHOUT_LIBRARIES)
    lua.globals().obj = _to_lua(lua, wire)
    answer: dict[str, Any] = _to_python(run())
    return answer


def _to_lua(lua: Any, value: Any) -> Any:  # noqa: ANN401 - any JSON, and lupa has no types
    """As Argo CD's decoder does: null is nil, and numbers have one type."""
    if isinstance(value, Mapping):
        return lua.table_from(
            {key: _to_lua(lua, each) for key, each in value.items() if each is not None}
        )
    if isinstance(value, list | tuple):
        return lua.table_from([_to_lua(lua, each) for each in value])
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _to_python(value: Any) -> Any:  # noqa: ANN401 - any JSON, and lupa has no types
    if not hasattr(value, "items"):
        return value
    pairs = {key: _to_python(each) for key, each in value.items()}
    is_list = bool(pairs) and all(isinstance(key, int | float) for key in pairs)
    return [pairs[key] for key in sorted(pairs)] if is_list else pairs
