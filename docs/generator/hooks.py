"""What MkDocs does with a page before it is made into HTML."""

import re
from typing import Any

LINK_UPWARDS = r"\[([^]]+)]\(((?:\.\./){%d}[^)]*)\)"


def on_page_markdown(markdown: str, **page: Any) -> str:  # noqa: ANN401 - MkDocs tells more than is needed here
    """A link to a file outside of docs/ leads somewhere where the repository is browsed. The site
    has only its name."""
    above_docs = page["page"].url.count("/") + 1
    return re.sub(LINK_UPWARDS % above_docs, r"\1", markdown)
