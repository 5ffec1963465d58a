"""The codebook as one page for people, generated from the CSV rows: Chinese and English."""

from __future__ import annotations

from pipeline.codebook import Codebook


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def codebook_page(codebook: Codebook) -> str:
    """Markdown: forms, indicators by form, applicants, measures, rules and findings."""
    forms = sorted(codebook.forms, key=lambda f: f.valid_from)
    names = {f.template: f"{f.template} ({f.valid_from}–{f.valid_to or ' '})" for f in forms}
    lines = [
        "# 编码手册 / Codebook",
        "",
        "由编码手册的数据行生成，请勿手改。 / Generated from the codebook's rows; do not edit.",
        "",
        f"版本 / version: `{codebook.version}`",
        "",
        "## 表式 / Forms",
        "",
        "| form | 名称 | name | source |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {names[f.template]} | {_cell(f.name_zh)} | {_cell(f.name_en)} | {_cell(f.source)} |"
        for f in codebook.forms
    ]
    lines += ["", "## 申请人 / Applicants", "", "| applicant | 名称 | name |", "|---|---|---|"]
    lines += [f"| `{a.applicant}` | {a.label_zh} | {a.label_en} |" for a in codebook.applicants]
    lines += ["", "## 指标 / Indicators", ""]
    for template, name in names.items():
        lines += [
            f"### {name}",
            "",
            "| indicator | 标签 | label | 单位 | 定义 | note |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            f"| `{i.indicator_id}` | {_cell(i.label_zh)} | {_cell(i.label_en)} | {_cell(i.unit)} | {_cell(i.definition_zh)} "
            f"| {_cell(i.note)} |"
            for i in codebook.indicators
            if i.template == template
        ]
        lines.append("")
    lines += [
        "## 可比口径 / Harmonised measures",
        "",
        "| measure | 名称 | name | 单位 | form | expression | comparability | 理由 | why |",
    ]
    lines += ["|---|---|---|---|---|---|---|---|---|"]
    lines += [
        f"| `{m.measure_id}` | {_cell(m.label_zh)} | {_cell(m.label_en)} | {_cell(m.unit)} | {m.template} "
        f"| {f'`{m.expression}`' if m.expression else '—'} | {m.comparability} | {_cell(m.why_zh)} | {_cell(m.why)} |"
        for m in codebook.measures
    ]
    lines += [
        "",
        "## 勾稽规则 / Rules",
        "",
        "| rule | form | severity | formula | 说明 | meaning |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{r.rule_id}` | {', '.join(r.templates)} | {r.severity} | `{_cell(r.formula)}` | {_cell(r.label_zh)} | {_cell(r.label_en)} |"
        for r in codebook.rules
    ]
    lines += [
        "",
        "## 读取发现 / Findings of reading",
        "",
        "| finding | severity | 说明 | meaning |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{f.finding_id}` | {f.severity} | {_cell(f.label_zh)} | {_cell(f.label_en)} |"
        for f in codebook.findings
    ]
    return "\n".join([*lines, ""])
