"""The house's own rules: who may import whom, which names users rely on, keys of the codebook."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.chinese.units import COUNT_SIGNS, TRADITIONAL_SIGNS
from pipeline.codebook import load_codebook
from pipeline.report import STATES
from pipeline.terminal.main import main

PACKAGE = Path(__file__).resolve().parents[2] / "pipeline"
ORDER = [
    "chinese",
    "document",
    "report",
    "codebook",
    "places",
    "home",
    "clean",
    "crawl",
    "extract",
    "reconcile",
    "reading",
    "handover",
    "load",
    "cluster",
]


@cache
def imports(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return frozenset(found)


def stage_of(module: str) -> str:
    return module.split(".")[1] if module.startswith("pipeline.") else ""


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.relative_to(PACKAGE).as_posix()
)
def test_imports_point_only_up_the_house(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own not in ORDER:
        return
    allowed = set(ORDER[: ORDER.index(own) + 1])
    used = {stage_of(m) for m in imports(path)} & set(ORDER)
    assert used <= allowed, f"{own} knows {used - allowed}"


def test_readers_know_no_form_and_extractors_no_format() -> None:
    for path in (PACKAGE / "clean").rglob("*.py"):
        assert not {
            m
            for m in imports(path)
            if m.startswith(("pipeline.codebook", "pipeline.extract", "pipeline.places"))
        }
    for path in (PACKAGE / "extract").rglob("*.py"):
        assert not {m for m in imports(path) if m.startswith("pipeline.clean")}


def test_dagster_stays_in_its_files() -> None:
    users = {
        p.relative_to(PACKAGE).as_posix()
        for p in PACKAGE.rglob("*.py")
        if any(m.split(".")[0] in ("dagster", "dagster_dbt") for m in imports(p))
    }
    assert users <= {"assets.py", "definitions.py"}


def test_how_offices_write_is_spelt_in_one_room() -> None:
    """Regexes of numbering, of years and lists of units stand in chinese/ and nowhere else."""
    signs = COUNT_SIGNS + TRADITIONAL_SIGNS
    spelt = re.compile(rf"一二三四五|20\)?\\d\\d|20\[0|(?:[{signs}]\|?){{4}}|[万亿]元\|(?:元|[{signs}])")
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path.parent.name != "chinese" and spelt.search(path.read_text(encoding="utf-8"))
    }
    assert not found


def test_every_promised_command_is_there() -> None:
    promised = {"demo", "run", "extract", "crawl", "sql", "explain", "export", "verify", "city", "sources"}
    assert promised <= set(main.commands)
    for name in promised:
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


def test_states_are_those_promised() -> None:
    assert set(STATES) == {
        "reported",
        "text_zero",
        "blank",
        "dash",
        "not_applicable",
        "ambiguous",
        "unreadable",
        "table_missing",
    }


def test_codebook_keys_are_whole() -> None:
    book = load_codebook()
    assert len({(m.measure_id, m.template) for m in book.measures}) == len(book.measures)
    forms = {f.template for f in book.forms}
    for measure in book.measures:
        assert measure.template in forms
        assert (measure.expression == "") <= (measure.comparability == "none")
    by_measure: dict[str, set[str]] = {}
    for measure in book.measures:
        by_measure.setdefault(measure.measure_id, set()).add(measure.template)
    assert all(templates == forms for templates in by_measure.values())
    for indicator in book.indicators:
        if indicator.parent and "(" not in indicator.parent:
            assert indicator.parent in book.ids, indicator


def test_files_are_of_a_size_that_one_reads_in_a_sitting() -> None:
    long = {
        p.name: n
        for p in PACKAGE.rglob("*.py")
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert not long


def test_no_module_imports_itself_round_a_corner() -> None:
    """Imports form no cycle, those inside functions too; a package's own ``__init__`` only hands out
    names."""
    names = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    uses = {
        name: {used for used in imported(path, set(names)) if used in names and used != name}
        for name, path in names.items()
    }
    while leaves := {name for name, used in uses.items() if not used}:
        uses = {name: used - leaves for name, used in uses.items() if name not in leaves}
    assert not uses, f"in a cycle, or above one: {sorted(uses)}"


def imported(path: Path, modules: set[str]) -> set[str]:
    """Modules that a module imports when it runs; of a package those that it imports at once."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    idle = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in tree.body if path.name == "__init__.py" else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and id(node) not in idle:
            given = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (given & modules) | ({node.module} if given - modules else set())
    return found


def test_what_only_tests_use_is_no_runtime_dependency() -> None:
    used = {m.split(".")[0] for path in PACKAGE.rglob("*.py") for m in imports(path)}
    assert not used & {"docx", "pdfplumber", "openpyxl", "pandas", "hypothesis", "reportlab"}
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime = " ".join(project["dependencies"])
    assert not [name for name in ("docx", "pdfplumber", "openpyxl", "pandas") if name in runtime]


def test_docs_name_no_file_outside_the_repository() -> None:
    root = PACKAGE.parent
    named = [
        path.relative_to(root).as_posix()
        for path in (*root.glob("*.md"), *(root / "docs").rglob("*.md"), *PACKAGE.rglob("*.py"))
        if "../shared" in path.read_text(encoding="utf-8")
    ]
    assert not named
