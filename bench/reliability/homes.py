"""Small homes to spoil: made from the demo's pages, run stage by stage, and looked at from outside.

Every function that takes a ``root`` first may be called in a child of ``Warm``; what it gives is JSON.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.home import Home

OLD = 1_700_000_000
"""The modification time of all files that are taken in, in seconds since 1970."""
_NOT_COMPARED = ("dagster", "logs", "warehouse/dbt", "warehouse/.run.lock", "raw/damaged")
"""History, logs and what dbt writes down for people: below a home, but no result."""


def pages(folder: Path, first: int, count: int) -> Path:
    """Some of the demo's pages as files of a fixed age; gives the folder."""
    from tools.demo import iter_pages

    folder.mkdir(parents=True, exist_ok=True)
    for n, (_, data, _) in enumerate(iter_pages(bodies=2)):
        if first <= n < first + count:
            path = folder / f"{n:03d}.html"
            path.write_bytes(data)
            os.utime(path, (OLD + n, OLD + n))
    return folder


def site(reports: int) -> dict[str, tuple[str, bytes]]:
    """A small portal (path -> media type, bytes): a list of two pages, reports, a file attached to each."""
    from tools.demo import iter_pages

    shown: dict[str, tuple[str, bytes]] = {}
    links = []
    for n, (_, data, truth) in zip(range(reports), iter_pages(bodies=2), strict=False):
        attached = f'<a href="f{n}.pdf">附件.pdf</a></body>'.encode()
        shown[f"/nb/r{n}.html"] = ("text/html; charset=utf-8", data.replace(b"</body>", attached))
        shown[f"/nb/f{n}.pdf"] = ("application/pdf", f"%PDF-{n}".encode() * 60_000)
        links.append(f'<li><a href="r{n}.html">{truth.year}年政府信息公开工作年度报告 {n}</a></li>')
    half = reports // 2
    for name, some, more in (
        ("", links[:half], '<a href="index_1.html">下一页</a>'),
        ("index_1.html", links[half:], ""),
    ):
        listed = f"<html><body><h1>政府信息公开年报</h1><ul>{''.join(some)}</ul>{more}</body></html>"
        shown[f"/nb/{name}"] = ("text/html; charset=utf-8", listed.encode())
    return shown


def registry(address: str) -> str:
    """A source registry that names one list."""
    return (
        f"source_id,division_code,issuer,level,url,kind,note\nportal,,某县人民政府,county,{address},list,\n"
    )


def fresh(root: Path) -> Path:
    """A home that holds its invented places alone."""
    from tools.demo import division_lines, iter_bodies

    places = division_lines(iter_bodies(2))
    lines = [",".join(places[0]._fields), *(",".join(str(v) for v in line) for line in places)]
    Home(root).make()
    (root / "divisions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


def copied(home: Path, to: Path) -> Path:
    """A copy of a home, in place of what was there."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(home, to)
    return to


# what a run does, stage by stage, without Dagster: a whole run by it takes twice as long


def take_in(root: Path, *inputs: str) -> None:
    """Take in what is named."""
    from pipeline.stages import run_lock, take_in_stage

    with run_lock(Home(root)):
        take_in_stage(Home(root), inputs)


def read(root: Path) -> None:
    """Read what is new."""
    from pipeline.stages import read_stage, run_lock

    with run_lock(Home(root)):
        read_stage(Home(root), tick=None)


def load(root: Path) -> None:
    """Build core and ref."""
    from pipeline.stages import load_stage, run_lock

    with run_lock(Home(root)):
        load_stage(Home(root))


def models(root: Path) -> None:
    """Build the SQL models. Raises where one of them failed."""
    from pipeline.load.models import run_models
    from pipeline.stages import build_environment, run_lock

    home = Home(root)
    with run_lock(home):
        nodes = run_models(home.building, home.warehouse / "dbt", environment=build_environment())
    if wrong := [f"{node.name}: {node.message}" for node in nodes if not node.is_well]:
        raise RuntimeError("; ".join(wrong[:5]))


def load_and_models(root: Path) -> None:
    """Build core and ref, and the models on them."""
    load(root)
    models(root)


def publish(root: Path) -> None:
    """Publish the build."""
    from pipeline.stages import publish_stage, run_lock

    with run_lock(Home(root)):
        publish_stage(Home(root))


def snapshot(root: Path) -> None:
    """Write the snapshot."""
    from pipeline.stages import run_lock, snapshot_stage

    with run_lock(Home(root)):
        snapshot_stage(Home(root))


def finish(root: Path, *inputs: str) -> str:
    """What ``yangguang run`` does, in its order; says whether there was anything to do."""
    from pipeline.stages import is_up_to_date, run_lock, take_in_stage

    with run_lock(Home(root)):
        take_in_stage(Home(root), inputs)
        if is_up_to_date(Home(root)):
            return "nothing new"
    for stage in (read, load, models, publish, snapshot):
        stage(root)
    return "built"


def spoil(root: Path) -> None:
    """Damage that ``heal`` mends by itself: a kept reading, the published file, ``latest``."""
    for path in (sorted(root.rglob("*.observation.parquet"))[0], Home(root).database):
        os.chmod(path, 0o644)
        with path.open("r+b") as stream:
            stream.seek(path.stat().st_size // 2)
            stream.write(b"damage")
    (Home(root).snapshots / "latest").write_text("0.0-nothing\n")


# looked at


def rows(root: Path) -> dict[str, list[str]] | None:
    """Of every published table: how many rows, and a sum of their hashes; None where nothing is published. The
    time of a fetch is left out. Raises duckdb.Error where the file cannot be read."""
    import duckdb

    home = Home(root)
    if not home.database.is_file():
        return None
    with duckdb.connect(str(home.database), read_only=True) as con:
        names = con.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE schema_name IN ('core', 'ref', 'mart') ORDER BY ALL"
        ).fetchall()
        found = {}
        for schema, table in names:
            kept = "* EXCLUDE (fetched_at)" if (schema, table) == ("core", "document") else "*"
            query = f"SELECT count(*), sum(hash(r)::HUGEINT) FROM (SELECT {kept} FROM {schema}.{table}) r"
            found[f"{schema}.{table}"] = [str(value) for value in con.execute(query).fetchall()[0]]
        return found


def problems(root: Path) -> list[str]:
    """What ``verify`` says."""
    from pipeline.load.verify import verify_home

    return list(verify_home(Home(root), lambda _: None))


def receipts(root: Path) -> list[list[str]]:
    """What the raw store knows, without the times of its fetches."""
    from pipeline.crawl import RawStore

    with RawStore(root / "raw") as store:
        return sorted([r.url, r.sha256 or "", r.status, r.rule] for r in store.latest_by_document())


def kept(root: Path) -> list[list[str]]:
    """The documents whose reading is kept, with their units, statuses and digests."""
    from pipeline.reading.kept import Kept

    with Kept(Home(root)) as held:
        entries, digests = held.entries(), held.held()
    return sorted([sha, *entries[sha], digests[sha][1]] for sha in entries)


def files(root: Path) -> list[str]:
    """The home's files, without history, logs and what is meant to be put aside."""
    found = []
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if not name.startswith(_NOT_COMPARED) and (path.is_file() or not any(path.iterdir())):
            found.append(name)
    return sorted(name for name in found if not name.endswith(("-wal", "-shm")))


def state(root: Path) -> dict[str, Any]:
    """All that a run gave, comparable with another home's."""
    return {"rows": rows(root), "receipts": receipts(root), "kept": kept(root), "files": files(root)}


def differing(one: dict[str, Any], other: dict[str, Any]) -> Iterable[str]:
    """Which parts of two states differ, for a person."""
    for part, value in one.items():
        there = other[part]
        if value != there:
            left = [v for v in value if v not in there] if isinstance(value, list) else []
            right = [v for v in there if v not in value] if isinstance(there, list) else []
            yield f"{part}: {left[:3]} against {right[:3]}" if left or right else part


def aged(root: Path, days: float = 2) -> None:
    """Let what lies in the store's ``incoming/`` be old, as if that time had passed."""
    then = time.time() - days * 86_400
    for path in (root / "raw" / "incoming").glob("*"):
        os.utime(path, (then, then))
