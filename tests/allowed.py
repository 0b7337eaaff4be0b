"""What most tests let the operator do, and what a real one must be told: its defaults let nobody
spend."""

import json
from typing import Any, Final

ALLOWED: Final[dict[str, Any]] = {"identity_namespaces": ("*",), "adoption_namespaces": ("*",)}
"""As settings."""

TOLD: Final[dict[str, str]] = {name: json.dumps(namespaces) for name, namespaces in ALLOWED.items()}
"""The same, as the environment has it."""
