"""What reading hangs on is found by walking imports: code, data and libraries, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.home import PROJECT, Home
from pipeline.reading.fingerprint import WORKER, reading_fingerprint, used_by
from tests.drawn.files import archive_files, report_files

Change = Callable[[str], str]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT / "pipeline", root / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture(scope="module")
def before(copied: Path) -> str:
    """The fingerprint of the copy as it is."""
    return reading_fingerprint(Home(copied / "home"), copied)


def _with(root: Path, name: str, change: Change, home: Home) -> str:
    """The fingerprint with one file changed, as another process would find it."""
    from pipeline.reading import fingerprint

    path = root / "pipeline" / name
    before = path.read_text(encoding="utf-8")
    fingerprint._code_fingerprint.cache_clear()
    try:
        path.write_text(change(before), encoding="utf-8")
        return reading_fingerprint(home, root)
    finally:
        path.write_text(before, encoding="utf-8")
        fingerprint._code_fingerprint.cache_clear()


def _append(text: str) -> Change:
    return lambda before: before.rstrip("\n") + "\n" + text + "\n"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("chinese/text.py", _append("FURTHER = 1")),
        ("clean/html/reader.py", _append("FURTHER = 1")),  # imported by its name alone
        ("clean/scan/picture_series.py", _append("FURTHER = 1")),  # imported in a function
        ("reading/named_files.py", _append("FURTHER = 1")),
        ("report.py", _append("FURTHER = 1")),
        ("codebook/__init__.py", _append("FURTHER = 1")),
        ("codebook/indicators.csv", lambda before: before.replace(",", ", ", 1)),
        ("places/divisions.csv", lambda before: before + "\n"),
    ],
)
def test_a_change_of_what_reading_uses_is_seen(copied: Path, before: str, name: str, change: Change) -> None:
    assert _with(copied, name, change, Home(copied / "home")) != before


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("chinese/text.py", lambda before: before),
        ("chinese/text.py", _append("# a remark")),
        ("chinese/text.py", lambda before: before.replace('"""', '"""Said otherwise: ', 1)),
        ("document.py", lambda before: "\n" + before),
        ("terminal/main.py", _append("FURTHER = 1")),
        ("crawl/store.py", _append("FURTHER = 1")),
        ("load/warehouse.py", _append("FURTHER = 1")),
        ("reading/read_all.py", _append("FURTHER = 1")),
        ("demo/corpus.py", _append("FURTHER = 1")),
        ("crawl/sources.csv", lambda before: before + "\n"),
    ],
)
def test_a_change_of_what_reading_does_not_use_reads_nothing_again(
    copied: Path, before: str, name: str, change: Change
) -> None:
    assert _with(copied, name, change, Home(copied / "home")) == before


def test_what_was_found_serves_every_home(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.reading import fingerprint

    before = reading_fingerprint(Home(tmp_path / "one"), copied)
    fingerprint._code_fingerprint.cache_clear()
    monkeypatch.setattr(fingerprint, "code_of", None)
    assert reading_fingerprint(Home(tmp_path / "two"), copied) == before


@pytest.mark.parametrize("at", [0.02, 0.3, 0.5, 0.7, 0.98])
def test_what_was_found_counts_only_as_it_was_written(copied: Path, tmp_path: Path, at: float) -> None:
    from pipeline.reading import fingerprint

    fingerprint._code_fingerprint.cache_clear()
    before = reading_fingerprint(Home(tmp_path), copied)
    memory = copied / fingerprint.MEMORY
    data = bytearray(memory.read_bytes())
    place = next(n for n in range(int(len(data) * at), len(data)) if data[n : n + 1].isalnum())
    data[place] ^= 1
    memory.write_bytes(data)
    fingerprint._code_fingerprint.cache_clear()
    assert reading_fingerprint(Home(tmp_path), copied) == before
    assert memory.read_bytes() != bytes(data), "it is written anew"


def test_places_of_the_home_count(tmp_path: Path) -> None:
    home = Home(tmp_path).make()
    before = reading_fingerprint(home)
    (tmp_path / "divisions.csv").write_text("code\n")
    assert reading_fingerprint(home) != before


def test_another_version_of_a_library_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.reading import fingerprint

    home = Home(tmp_path).make()
    before = reading_fingerprint(home)
    known = fingerprint.version
    for library in ("lxml", "pyclipper", "onnxruntime"):  # what is imported, and what that requires
        with monkeypatch.context() as patch:
            patch.setattr(fingerprint, "version", lambda n, own=library: "0" if n == own else known(n))
            fingerprint._code_fingerprint.cache_clear()
            assert reading_fingerprint(home) != before, library
    fingerprint._code_fingerprint.cache_clear()


@pytest.mark.slow
def test_the_walk_finds_all_that_a_worker_loads(tmp_path: Path) -> None:
    """Read pages, word-processor files, workbooks and PDF in a fresh process: it loads no module of ours that
    the walk missed."""
    drawn = report_files.report("v2021", 5)
    (tmp_path / "a.docx").write_bytes(report_files.docx(drawn))
    (tmp_path / "a.xlsx").write_bytes(report_files.xlsx(drawn))
    (tmp_path / "a.pdf").write_bytes(report_files.pdf(drawn))
    (tmp_path / "a.zip").write_bytes(archive_files.zipped([("a.txt", b"text")], "gb18030"))
    shutil.copytree(PROJECT / "tests/golden/documents", tmp_path, dirs_exist_ok=True)
    script = (
        "import hashlib, sys\nfrom pathlib import Path\nfrom pipeline.reading.work import Job, Source, read_rows\n"
        "for path in sorted(Path(sys.argv[1]).iterdir()):\n"
        "    key = hashlib.sha256(path.read_bytes()).hexdigest()\n"
        "    read_rows(Job(Source(key, path.name, None, path=str(path))))\n"
        "print('\\n'.join(m.__file__ for n, m in sys.modules.items() if n.startswith('pipeline')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True
    )
    loaded = {Path(line).relative_to(PROJECT).as_posix() for line in done.stdout.split()}
    assert loaded <= set(used_by(WORKER).files)
    assert {"pipeline/clean/pdf/reader.py", "pipeline/clean/office/word.py"} <= loaded
