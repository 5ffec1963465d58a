"""What differs between two snapshots, figure by figure, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.home import Home

KEY = ("body_id", "scope", "year", "measure_id")
"""What names a figure: whose, of which scope and year, which measure."""
MEASURE = Path("mart") / "measure.parquet"
_CARRIED = ("division_code", "issuer", "value", "state", "report_id")
_REASONS = {
    "codebook": "the codebook changed",
    "reading": "the code that reads changed",
    "models": "the SQL models changed",
    "own_events": "the home's own places changed",
}
"""What a snapshot was built from, by its fact in the data package, and what a change of it means; the first
that differs is told."""


class NoSnapshot(ValueError):
    """A folder that holds no snapshot that can be compared; the message says why."""


def snapshot_at(name: str, home: Home) -> Path:
    """The folder of a snapshot, named by its path or by its version in the home. Raises NoSnapshot."""
    for folder in (Path(name), home.snapshots / name):
        if (folder / MEASURE).is_file():
            return folder
    raise NoSnapshot(f"{name}: no snapshot's folder, and no version in {home.snapshots}")


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
    is none. Raises NoSnapshot where a folder cannot be read.
    """
    try:
        old, new = _figures(before, "before"), _figures(now, "now")
        joined = old.join(new, on=KEY, how="full", coalesce=True, nulls_equal=True)
        changed = joined.filter(pl.col("value_before").ne_missing(pl.col("value_now"))).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise NoSnapshot(f"{before.name} and {now.name} cannot be compared: {error}") from error
    return changed.select(
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
        _why(facts_of_snapshot(before), facts_of_snapshot(now)).alias("why"),
    ).sort("division_code", "issuer", "year", "scope", "measure_id", "body_id", nulls_last=True)


def _figures(folder: Path, side: str) -> pl.LazyFrame:
    """A snapshot's figures; text as text, whatever its Parquet says."""
    return pl.scan_parquet(folder / MEASURE).select(*KEY, *(pl.col(c).alias(f"{c}_{side}") for c in _CARRIED))


def _why(old: dict[str, Any], new: dict[str, Any]) -> pl.Expr:
    """The reason of a row: its report is new, gone or another version; else what the snapshots were built
    with."""
    built = next((said for fact, said in _REASONS.items() if old.get(fact) != new.get(fact)), None)
    earlier, later = pl.col("report_id_before"), pl.col("report_id_now")
    return (
        pl.when(earlier.is_null())
        .then(pl.lit("new report"))
        .when(later.is_null())
        .then(pl.lit("report no longer there"))
        .when(earlier != later)
        .then(pl.lit("another version is current"))
        .otherwise(pl.lit(built or "neighbouring data changed"))
    )
