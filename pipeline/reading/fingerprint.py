"""What reading hangs on: the code that its workers use, the data that this code reads, and its libraries.

The code is found by walking imports from the module that workers run, in functions too, and the modules that
strings name (readers are imported by name when first needed). Of each module the syntax tree counts, without
comments and docstrings: a reworded comment reads nothing again. Data are the files beside these modules.
Libraries are those that the modules import and what these require, at their installed versions (those of the
lock). What a file gave is kept with its time and size beside the project, since parsing takes a second or
two.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.codebook.reader import CODEBOOK_VARIABLE, codebook_version
from pipeline.home import PROJECT, Home

WORKER = "pipeline.reading.work"
MEMORY = Path(".cache", "code.json")
_UNNAMED = ("onnxruntime",)
"""Libraries that another loads without requiring them: what recognises characters."""
_DATA = (".csv", ".json", ".txt")
_OWN = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
_MODULE = re.compile(r"pipeline(?:\.\w+)+")


class Code(NamedTuple):
    """What one module is: a hash over its syntax tree, and the names that it imports or may import."""

    digest: str
    names: tuple[str, ...]


def code_of(source: bytes, *, package: bool = False) -> Code:
    """What the source of a module says, without what only people or type checkers read. Of a ``package``
    (an ``__init__.py``) what functions import is left out: it hands out names to those who ask for them."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                block[:] = [statement for statement in block if not _is_idle(statement)]
    names: set[str] = set()
    for node in tree.body if package else ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _MODULE.fullmatch(node.value):
            names.add(node.value)
    return Code(hashlib.sha256(ast.dump(tree).encode()).hexdigest(), tuple(sorted(names)))


def _is_idle(statement: ast.stmt) -> bool:
    """A docstring or another bare string; what stands under ``if TYPE_CHECKING``."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    return isinstance(statement, ast.If) and ast.unparse(statement.test).endswith("TYPE_CHECKING")


class Used(NamedTuple):
    """What a module uses: modules and data files of the project with a hash each, libraries by import
    name."""

    files: dict[str, str]
    libraries: tuple[str, ...]


def used_by(module: str, root: Path = PROJECT, known: dict[str, Any] | None = None) -> Used:
    """Walk the imports of ``module`` under ``root``. ``known`` is what earlier walks found, by file name with
    time and size; what is found anew is added."""
    memory = {} if known is None else known
    found: dict[str, Code] = {}
    folders: set[Path] = set()
    libraries: set[str] = set()
    waiting = [module]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        first = name.partition(".")[0]
        if first != "pipeline":
            libraries |= {first} - sys.stdlib_module_names
            continue
        for path in _files_of(name, root):
            own = path.relative_to(root).as_posix()
            if own not in found:
                folders.add(path.parent)
                found[own] = _remembered(path, own, memory)
                waiting += found[own].names
    for path in (p for folder in folders for p in folder.iterdir() if p.suffix in _DATA):
        own = path.relative_to(root).as_posix()
        found[own] = _remembered(path, own, memory)
    return Used({own: code.digest for own, code in sorted(found.items())}, tuple(sorted(libraries)))


def _files_of(name: str, root: Path) -> Iterator[Path]:
    """The module's file and the packages that it lies in, since importing it runs them too; a name that is
    no module's is one that a module gives."""
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        place = root.joinpath(*parts[:end])
        for path in (place / "__init__.py", place.with_suffix(".py")):
            if path.is_file():
                yield path


def _remembered(path: Path, name: str, known: dict[str, Any]) -> Code:
    about = path.stat()
    held = known.get(name)
    if held and held[:2] == [about.st_mtime_ns, about.st_size]:
        return Code(held[2], tuple(held[3]))
    content = path.read_bytes()
    if path.suffix == ".py":
        code = code_of(content, package=path.name == "__init__.py")
    else:
        code = Code(hashlib.sha256(content).hexdigest(), ())
    known[name] = [about.st_mtime_ns, about.st_size, code.digest, list(code.names)]
    return code


def _versions(libraries: Iterable[str], known: dict[str, Any]) -> list[str]:
    """``name==version`` of the distributions that give these modules, and of what those require."""
    owners: dict[str, list[str]] = known.setdefault("owners", {})
    if not set(libraries) <= set(owners):
        found = packages_distributions()
        owners.update({name: sorted(set(found.get(name, ()))) for name in libraries})
    direct = sorted({dist for name in libraries for dist in owners[name]})
    pinned = _pinned(direct)
    if known.get("direct") != pinned:
        known["direct"], known["all"] = pinned, sorted(_with_requirements(direct))
    return _pinned(known["all"])


def _pinned(distributions: Iterable[str]) -> list[str]:
    found = []
    for name in distributions:
        with suppress(PackageNotFoundError):
            found.append(f"{name}=={version(name)}")
    return found


def _with_requirements(distributions: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(distributions)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name not in found:
            found.add(name)
            with suppress(PackageNotFoundError):
                needed = [line for line in requires(name) or () if "extra ==" not in line]
                waiting += [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in needed]
    return found


def _recalled(memory: Path) -> dict[str, Any]:
    """What was kept by this very code, and is as it was written; else the beginning of it."""
    with suppress(OSError, ValueError):
        checked, _, text = memory.read_text(encoding="utf-8").partition("\n")
        if checked == _sum(text):
            known: dict[str, Any] = json.loads(text)
            if known["by"] == _OWN:
                return known
    return {"by": _OWN}


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=4)
def _code_fingerprint(root: Path) -> tuple[str, str]:
    """A hash over code, data and libraries, and one over code and libraries alone, once a process: the code
    that runs is the code that started."""
    memory = root / MEMORY
    known = _recalled(memory)
    before = json.dumps(known)
    used = used_by(WORKER, root, known.setdefault("files", {}))
    whole, code = (hashlib.sha256(f"{sys.version_info[:2]}\n".encode()) for _ in range(2))
    for name, hashed in used.files.items():
        for digest in (whole, code) if name.endswith(".py") else (whole,):
            digest.update(f"{name}\0{hashed}\n".encode())
    libraries = "\n".join(_versions((*used.libraries, *_UNNAMED), known)).encode()
    whole.update(libraries)
    code.update(libraries)
    if json.dumps(known) != before:
        aside = memory.with_suffix(f".{os.getpid()}.part")
        with suppress(OSError):
            memory.parent.mkdir(exist_ok=True)
            aside.write_text(f"{_sum(json.dumps(known))}\n{json.dumps(known)}", encoding="utf-8")
            aside.replace(memory)
    return whole.hexdigest(), code.hexdigest()


def reading_code(root: Path = PROJECT) -> str:
    """A hash over the code that reads and its libraries, without the data that it reads by: 16 hex digits."""
    return _code_fingerprint(root)[1][:16]


def reading_fingerprint(home: Home, root: Path = PROJECT) -> str:
    """A hash over all that decides what reading gives in a home, its own places and a codebook that stands
    elsewhere too: 16 hex digits."""
    own = home.divisions.read_bytes() if home.divisions else b""
    if CODEBOOK_VARIABLE in os.environ:
        own += codebook_version().encode()
    return hashlib.sha256(_code_fingerprint(root)[0].encode() + own).hexdigest()[:16]
