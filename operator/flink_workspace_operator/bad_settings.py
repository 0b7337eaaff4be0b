"""Messages about settings that are refused or misspelt: a line each, by environment variable.

No value is repeated: it may be a password in the wrong place.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from flink_workspace_operator.settings import (
    ACCOUNT_PATTERN,
    ADDRESS_PATTERN,
    ENVIRONMENT_PREFIX,
    NAMESPACE_OR_ALL_PATTERN,
    NAMESPACE_PATTERN,
    ROLE_PATTERN,
    Settings,
)

NO_LIST: Final = 'must be a JSON list, for example ["a", "b"]'
_NUMBER: Final = "must be a number"
_INTEGER: Final = "must be a whole number"

_WORDS: Final[Mapping[str, str]] = {
    "tuple_type": NO_LIST,
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "finite_number": _NUMBER,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "int_parsing": _INTEGER,
    "int_parsing_size": _INTEGER,
    "int_from_float": _INTEGER,
    "int_type": _INTEGER,
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "literal_error": "must be {expected}",
    "string_too_short": "must not be empty: leave it out instead",
    "string_too_long": "must have at most {max_length} characters",
    "string_type": NO_LIST,
}
"""By pydantic's kind of error."""
FORMS: Final[Mapping[str, str]] = {
    NAMESPACE_PATTERN: "must name namespaces: lower case letters, digits and '-'",
    NAMESPACE_OR_ALL_PATTERN: (
        "must name namespaces: lower case letters, digits and '-'; or be [\"*\"] for all"
    ),
    ACCOUNT_PATTERN: "must be the id of an account: digits, as the console shows it",
    ROLE_PATTERN: "must be the name of a RAM role: 1 to 64 letters, digits, '.' and '-'",
    ADDRESS_PATTERN: "must be an IP address, for example 127.0.0.1",
}
"""By regular expression of a setting."""


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{ENVIRONMENT_PREFIX}{name.upper()}"


def problems_of(bad: ValidationError | SettingsError) -> list[str]:
    """One line for each problem, with its environment variable and never its value."""
    if isinstance(bad, SettingsError):  # of all that is no JSON, the first is reported
        named = re.search(r'field "(\w+)"', str(bad))
        return [f"{variable(named[1])}: {NO_LIST}" if named else str(bad)]
    return [
        (
            f"{variable(str(error['loc'][0]))}: {_described(error)}"
            if error["loc"]
            else _naming_variables(_described(error))
        )
        for error in bad.errors(include_input=False, include_url=False)
    ]


def _described(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if error["type"] == "string_pattern_mismatch":
        return FORMS[context["pattern"]]
    if error["type"] in _WORDS:
        return _WORDS[error["type"]].format(**context)
    return error["msg"].removeprefix("Value error, ")


def misspelt(name: str) -> str:
    """The message about a variable that looks like a setting and is none."""
    known = [variable(each) for each in Settings.model_fields]
    similar = get_close_matches(name, known, n=1, cutoff=0.8)
    hint = f": did you mean {similar[0]}?" if similar else ""
    return f"{name} is not a setting of this version and has no effect{hint}"


def _naming_variables(text: str) -> str:
    """The text with each setting replaced by its environment variable."""
    return re.sub(
        rf"\b({'|'.join(Settings.model_fields)})\b", lambda found: variable(found[1]), text
    )
