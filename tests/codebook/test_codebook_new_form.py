"""A form is rows: a form added to a codebook as rows alone is read like the one that it is modelled on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from codebook_files import Files
from new_form import CALLS, NEW, add_form

from pipeline.codebook import load_codebook

ROOT = Path(__file__).resolve().parents[2]
LIKE = load_codebook().form_in_force(2024)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    files = Files(tmp_path_factory.mktemp("codebook"))
    add_form(files, LIKE)
    script = Path(__file__).with_name("new_form.py")
    done = subprocess.run(
        [sys.executable, str(script), f"{LIKE}:2024", f"{NEW}:2027"],
        env={**os.environ, "YANGGUANG_CODEBOOK": str(files.folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


PAGES = ("whole", "sentences", "missing", "attached", "nil")


@pytest.mark.parametrize("page", PAGES)
def test_the_new_form_is_told_by_its_label(seen: dict[str, dict[str, Any]], page: str) -> None:
    assert (seen[LIKE][page]["template"], seen[NEW][page]["template"]) == (LIKE, NEW)


@pytest.mark.parametrize("page", PAGES)
def test_the_new_form_is_read_like_the_other(seen: dict[str, dict[str, Any]], page: str) -> None:
    one, other = seen[LIKE][page], seen[NEW][page]
    assert one["observations"]
    own = [o for o in other["observations"] if o[0] == CALLS]
    assert [o for o in other["observations"] if o not in own] == one["observations"]
    assert other["findings"] == one["findings"]
    assert other["used"] == one["used"]
    if page != "sentences":
        assert [o[2:6] for o in own] == [["314", "314", "次", "reported"]]


def test_each_page_shows_what_it_is_for(seen: dict[str, dict[str, Any]]) -> None:
    new = seen[NEW]
    assert {o[8] for o in new["whole"]["observations"]} == {"table"}
    assert ["proactive.disclosed.total", "2152"] in [[o[0], o[2]] for o in new["sentences"]["observations"]]
    assert any(o[5] == "table_missing" for o in new["missing"]["observations"])
    assert "missing" in [f[0] for f in new["missing"]["findings"]]
    assert new["attached"]["used"] == [0]
    assert {"reconsideration.total", "litigation.total"} <= {
        o[0] for o in new["nil"]["observations"] if o[5] == "text_zero"
    }


def test_no_form_is_named_in_code() -> None:
    named = re.compile(rf"\b({'|'.join(re.escape(f.template) for f in load_codebook().forms)})\b")
    found = [
        f"{path.relative_to(ROOT)}:{n}"
        for folder in ("pipeline", "sql", "tools")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".sql", ".yml") and "target" not in path.parts
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if named.search(line)
    ]
    assert found == []
