"""What differs between two snapshots, figure by figure, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipeline.home import Home
from pipeline.load.published import digest_of
from pipeline.load.sums import named_in
from pipeline.load.warehouse import settled

KEY = ("body_id", "scope", "year", "measure_id")
"""What names a figure: whose, of which scope and year, which measure."""
MEASURE = Path("mart") / "measure.parquet"
_CARRIED = ("division_code", "issuer", "value", "state", "report_id")
_READS = ("codebook", "code", "places")
"""Facts of a build that decide what a cell reads as, in the order in which they are told."""
DECIDED = "decided_by_person"
_CELL = ("report_id", "indicator", "column")


class NoSnapshot(ValueError):
    """A folder that holds no snapshot that can be compared; the message says why."""


def snapshot_at(name: str, home: Home) -> Path:
    """The folder of a snapshot, named by its path, by its version in the home, or by a file beside it that
    holds its name, as ``latest`` does. Raises NoSnapshot."""
    for place in (Path(name), home.snapshots / name):
        folder = place.parent / named_in(place) if place.is_file() else place
        if (folder / MEASURE).is_file():
            return folder
    raise NoSnapshot(f"{name} holds no snapshot, and {home.snapshots} has no version of that name")


def facts_of_snapshot(folder: Path) -> dict[str, Any]:
    """What a snapshot was built from, as its data package says; empty where it says nothing readable."""
    try:
        found = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(found.get("yangguang") or {}) if isinstance(found, dict) else {}


def differing(before: Path, now: Path) -> pl.DataFrame:
    """Figures of ``mart.measure`` that differ between two snapshots' folders, sorted by place, issuer, year,
    measure.

    One row a figure: ``division_code, issuer, body_id, scope, year, measure_id, before, now, state_before,
    state_now, report_before, report_now, why``. Values are decimals in the measure's unit, null where there
    is none. ``why`` is a value of ``diff.figure.why`` of the codebook, or several joined by ``+`` where the
    snapshots cannot tell which of them it was. Raises NoSnapshot where a folder cannot be read.
    """
    try:
        changed = _changed(before, now)
        told = _told(changed, before, now)
    except (OSError, pl.exceptions.PolarsError, duckdb.Error) as error:
        raise NoSnapshot(f"{before.name} and {now.name} cannot be compared: {error}") from error
    return told.select(
        pl.coalesce("division_code_now", "division_code_before").alias("division_code"),
        pl.coalesce("issuer_now", "issuer_before").alias("issuer"),
        "body_id",
        "scope",
        "year",
        "measure_id",
        pl.col("value_before").alias("before"),
        pl.col("value_now").alias("now"),
        "state_before",
        "state_now",
        pl.col("report_id_before").alias("report_before"),
        pl.col("report_id_now").alias("report_now"),
        "why",
    ).sort("division_code", "issuer", "year", "scope", "measure_id", "body_id", nulls_last=True)


def summary(found: pl.DataFrame) -> pl.DataFrame:
    """How many figures of ``differing`` and reports there are by reason and measure: ``why, measure_id,
    figures, reports``, the most first."""
    return (
        found.group_by("why", "measure_id")
        .agg(
            pl.len().alias("figures"), pl.coalesce("report_now", "report_before").n_unique().alias("reports")
        )
        .sort("figures", "why", "measure_id", descending=[True, False, False])
    )


def _changed(before: Path, now: Path) -> pl.DataFrame:
    """The figures whose values differ: the key, and what each side carries. Joined within the memory budget; what
    does not fit is spilled beside the later snapshot."""
    alike = " LIMIT 0" * _are_alike(before / MEASURE, now / MEASURE)
    files = [str(folder / MEASURE).replace("'", "''") for folder in (before, now)]
    keys = ", ".join(f"coalesce(a.{k}, b.{k}) AS {k}" for k in KEY)
    carried = ", ".join(f"a.{c} AS {c}_before, b.{c} AS {c}_now" for c in _CARRIED)
    same = " AND ".join(f"a.{k} IS NOT DISTINCT FROM b.{k}" for k in KEY)
    with settled(now) as con:
        return con.execute(
            f"SELECT {keys}, {carried} FROM read_parquet('{files[0]}') a FULL JOIN read_parquet('{files[1]}') b ON {same} "
            f"WHERE a.value IS DISTINCT FROM b.value{alike}"
        ).pl()


def _told(changed: pl.DataFrame, before: Path, now: Path) -> pl.DataFrame:
    """The figures with ``why``: what became of the report; else whether its cells differ, by a person or by
    what reads them; else how the measure is made of them."""
    old, new = facts_of_snapshot(before), facts_of_snapshot(now)
    reads = "+".join(f for f in _READS if _differs(f, old, new))
    models = "sql" if _differs("models", old, new) else ""
    changed = changed.with_columns(pl.lit(None, pl.Boolean).alias(c) for c in ("moved", "decided", "defined"))
    other = "+".join(p for p in (reads, models) if p) or "neighbours"
    addresses = _addresses(before, now)
    if addresses is not None:
        changed = changed.join(addresses, on=["report_id_before", "report_id_now"], how="left")
    else:
        changed = changed.with_columns(pl.lit(False).alias("one_address"))
    same = changed.filter(pl.col("report_id_before") == pl.col("report_id_now"))
    if same.height and (evidence := _evidence(same, before, now)) is not None:
        changed = changed.drop("moved", "decided", "defined").join(
            evidence, on=["report_id_now", "measure_id"], how="left"
        )
    earlier, later = pl.col("report_id_before"), pl.col("report_id_now")
    return changed.with_columns(
        pl.when(earlier.is_null())
        .then(pl.lit("new_report"))
        .when(later.is_null())
        .then(pl.lit("report_gone"))
        .when((earlier != later) & pl.col("one_address").fill_null(False))
        .then(pl.lit("document_changed"))
        .when(earlier != later)
        .then(pl.lit("other_version"))
        .when(pl.col("moved").is_null())
        .then(pl.lit(other))
        .when(pl.col("decided"))
        .then(pl.lit("decision"))
        .when(pl.col("moved"))
        .then(pl.lit(reads or "neighbours"))
        .when(pl.col("defined"))
        .then(pl.lit("codebook"))
        .otherwise(pl.lit(models or "neighbours"))
        .alias("why")
    )


def _differs(fact: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a fact of the build differs; of snapshots that do not tell the code's own, the whole reading's."""
    if fact == "code" and not (fact in old and fact in new):
        alike = all(old.get(f) == new.get(f) for f in ("codebook", "places"))
        return alike and old.get("reading") != new.get("reading")
    return bool(old.get(fact) != new.get(fact))


def _addresses(before: Path, now: Path) -> pl.DataFrame | None:
    """Pairs of reports, of which each side's address is the other's; None where a snapshot names none."""
    name = Path("core") / "report.parquet"
    if not all((folder / name).is_file() for folder in (before, now)):
        return None
    old, new = (
        pl.scan_parquet(folder / name).select(pl.col("report_id").alias(f"report_id_{side}"), "source_url")
        for folder, side in ((before, "before"), (now, "now"))
    )
    pairs = old.join(new, on="source_url").filter(pl.col("report_id_before") != pl.col("report_id_now"))
    return pairs.select("report_id_before", "report_id_now", one_address=True).unique().collect()


def _evidence(same: pl.DataFrame, before: Path, now: Path) -> pl.DataFrame | None:
    """Of figures whose report is the same: whether a cell of theirs ``moved``, whether a person ``decided`` one
    that did, whether the measure is ``defined`` otherwise. None where a snapshot does not hold its cells."""
    needed = ("core/report.parquet", "ref/measure.parquet", "ref/measure_term.parquet")
    both = (before, now)
    if not all((f / n).is_file() for f in both for n in needed) or not all(
        any((f / "core" / "observation").rglob("*.parquet")) for f in both
    ):
        return None
    moved = _moved(before, now, same["report_id_now"].unique())
    forms = pl.read_parquet(now / needed[0], columns=["report_id", "template"])
    terms = pl.concat(
        pl.read_parquet(folder / needed[2]).select(
            "measure_id", "template", "indicator", pl.col("applicant").fill_null("total").alias("column")
        )
        for folder in both
    ).unique()
    of_measures = (
        moved.join(forms, on="report_id")
        .join(terms, on=("template", "indicator", "column"))
        .group_by("report_id", "measure_id")
        .agg(pl.col("decided").any(), pl.lit(True).alias("moved"))
    )
    meant = [
        pl.read_parquet(folder / needed[1]).select(
            "measure_id",
            "template",
            pl.concat_str(
                "kind", "expression", "fallback", "comparability", separator="|", ignore_nulls=True
            ).alias("meaning"),
        )
        for folder in both
    ]
    defined = meant[0].join(meant[1], on=("measure_id", "template"), how="full", coalesce=True, suffix="_now")
    defined = defined.select(
        "measure_id", "template", pl.col("meaning").ne_missing(pl.col("meaning_now")).alias("defined")
    )
    return (
        same.select(pl.col("report_id_now").alias("report_id"), "measure_id")
        .unique()
        .join(of_measures, on=("report_id", "measure_id"), how="left")
        .join(forms, on="report_id", how="left")
        .join(defined, on=("measure_id", "template"), how="left")
        .select(
            pl.col("report_id").alias("report_id_now"),
            "measure_id",
            pl.col("moved").fill_null(False),
            pl.col("decided").fill_null(False),
            pl.col("defined").fill_null(False),
        )
    )


def _moved(before: Path, now: Path, reports: pl.Series) -> pl.DataFrame:
    """The cells of these reports (``report_id, indicator, column``) whose observations do not say the same in both
    snapshots, in whatever order, and whether a person ``decided`` one. Files that are alike are not read."""
    files = [(folder / "core" / "observation", 1 if folder is now else -1) for folder in (before, now)]
    names = sorted({path.relative_to(folder) for folder, _ in files for path in folder.rglob("*.parquet")})
    differing = [name for name in names if not _are_alike(*(folder / name for folder, _ in files))]
    cells = [
        _cells(folder / name, reports, side)
        for name in differing
        for folder, side in files
        if (folder / name).is_file()
    ]
    if not cells:
        return pl.DataFrame(schema={**dict.fromkeys(_CELL, pl.String), "decided": pl.Boolean})
    return (
        pl.concat(cells)
        .group_by(_CELL)
        .agg(pl.col("said").sum(), pl.col("side").sum(), pl.col("decided").any())
        .filter((pl.col("said") != 0) | (pl.col("side") != 0))
        .select(*_CELL, "decided")
        .collect()
    )


def _cells(file: Path, reports: pl.Series, side: int) -> pl.LazyFrame:
    """What the observations of these reports say, a row each: a number that stands for it, positive or negative by
    the side, so that what both sides say comes to nothing."""
    said = pl.struct("resolved", "resolution", "state").hash().reinterpret(signed=True)
    return (
        pl.scan_parquet(file, hive_partitioning=False)
        .filter(pl.col("report_id").is_in(reports.implode()))
        .select(
            "report_id",
            "indicator",
            pl.col("applicant").fill_null("total").alias("column"),
            (said * side).alias("said"),
            pl.lit(side, pl.Int64).alias("side"),
            (pl.col("resolution") == DECIDED).fill_null(False).alias("decided"),
        )
    )


def _are_alike(one: Path, other: Path) -> bool:
    """Whether two files are there and hold the same bytes."""
    if not (one.is_file() and other.is_file()) or one.stat().st_size != other.stat().st_size:
        return False
    return digest_of(one) == digest_of(other)
