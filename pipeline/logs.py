"""What is worth keeping of a run: a log in the home's ``logs/``, and the tracebacks of workers beside it."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pipeline.home import Home

_BYTES = 2_000_000
_FORM = "%(asctime)s %(levelname)s %(name)s %(message)s"


def keep_log(home: Home) -> Path:
    """Write what the project's modules log, from INFO up, to ``logs/yangguang.log`` of the home; a few
    former files are kept. Gives the file; asked again, it changes nothing."""
    home.logs.mkdir(parents=True, exist_ok=True)
    target = home.logs / "yangguang.log"
    ours = logging.getLogger("pipeline")
    if not any(getattr(h, "baseFilename", "") == str(target.resolve()) for h in ours.handlers):
        handler = RotatingFileHandler(target.resolve(), maxBytes=_BYTES, backupCount=3, encoding="utf-8")
        handler.setFormatter(logging.Formatter(_FORM))
        ours.addHandler(handler)
        ours.setLevel(logging.INFO)
        ours.propagate = False
    return target


def keep_traceback(home: Home, name: str, text: str) -> str:
    """Keep a traceback as ``logs/tracebacks/<name>.txt``; gives its path within the home."""
    target = home.logs / "tracebacks" / f"{name}.txt"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", errors="backslashreplace")
    return target.relative_to(home.root).as_posix()
