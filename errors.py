"""Every error that cotsmith raises on purpose: one tree, each with what happened, where, and what to do next."""

from __future__ import annotations


class CotsmithError(Exception):
    """The root of the tree.

    ``message`` says what happened, ``where`` the place as a person would name it (a file with line and
    column, a class, an attribute), ``hint`` the next step. ``exit_code`` is what the command line returns.
    """

    exit_code = 2

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n{self.hint}" if self.hint else head


class UsageError(CotsmithError):
    """Arguments or configuration that cannot work."""


class InputError(CotsmithError):
    """A file that cannot be read, or does not hold what it should."""


class InvalidSystemError(InputError):
    """A system that breaks a rule of the format or of the model."""


class EditError(CotsmithError):
    """An edit that does not apply; the message names the edit and the reason."""


class DataError(InputError):
    """Labelled images that cannot be found, read or matched with the system."""


class HistoryError(InputError):
    """A history that cannot be used: locked, damaged, from a newer version, or on a disk that is full or read-only."""


class HistoryPlaceError(HistoryError):
    """No history can be written there: the disk is full, the folder is read-only, not yours, or gone."""


class EncoderError(CotsmithError):
    """An encoder that cannot be loaded or that answers nonsense."""

    exit_code = 3


class LLMError(CotsmithError):
    """An LLM that cannot be reached or whose reply cannot be used."""

    exit_code = 3


class Interrupted(CotsmithError):
    """The person pressed Ctrl-C; what was finished is kept."""

    exit_code = 130
