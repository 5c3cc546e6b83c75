"""E-mail addresses taken out of text: notes on retirements name people, and sometimes how to reach them."""

import re

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"']+@[^\s@<>()\[\],;:\"']+\.[^\s@<>()\[\],;:\"'.]{2,}")
_REDACTED = "[e-mail address removed]"


def redact(text: str) -> str:
    """`text` without e-mail addresses."""
    return _EMAIL.sub(_REDACTED, text) if "@" in text else text
