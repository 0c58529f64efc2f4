"""Names in one word of the command line: A,B,C."""


def names(text: str | None) -> list[str] | None:
    """The names, or None where nothing was given, which stands for all.

    >>> names("sgd, adam,")
    ['sgd', 'adam']
    """
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]
