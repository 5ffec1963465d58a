"""Errors that a person caused and can mend: the CLI prints the message and exits with 2."""

from __future__ import annotations


class UserError(Exception):
    """Something the caller named is wrong; the message says what and where, for a person to read."""


class InputError(UserError):
    """An input path or address does not exist, cannot be read or is of a kind nobody takes."""


class RegistryError(UserError):
    """The source registry is malformed; the message carries the file and the line."""


class DamagedReceipt(RuntimeError):
    """A receipt is not what was written: nothing is built on it."""
