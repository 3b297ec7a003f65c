"""The names of classes, as far as the run has them."""

from latens.reports.content import Content

__all__ = ["word_of"]


def word_of(label: int, content: Content) -> str:
    """Return the name of a class; its number where it has none."""
    names = content.class_names
    if names is None or not 0 <= label < len(names):
        return str(label)
    return names[label] or "(no name)"
