"""What dbt is told of the tables says what the codebook says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from pipeline.codebook import load_codebook

SQL = Path(__file__).resolve().parents[2] / "sql"


def test_generated_yaml_is_fresh() -> None:
    spec = importlib.util.spec_from_file_location(
        "write_contract", SQL.parent / "tools" / "write_contract.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    texts = module.texts(load_codebook())
    assert {"sources.yml", "city_year.yml", "mart.yml"} <= {p.name for p in texts}
    assert [p.name for p, text in texts.items() if p.read_text(encoding="utf-8") != text] == []


def test_every_model_states_its_grain() -> None:
    models = sorted((SQL / "models").rglob("*.sql"))
    assert models
    assert [
        m.name for m in models if not m.read_text(encoding="utf-8").startswith("-- grain: one row per ")
    ] == []


def test_intermediate_models_are_described_by_their_grain() -> None:
    folder = SQL / "models" / "intermediate"
    described = (folder / "intermediate.yml").read_text(encoding="utf-8").replace("'", '"')
    for model in sorted(folder.glob("*.sql")):
        grain = (
            model.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("-- grain: o").replace("'", '"')
        )
        assert f'  - name: {model.stem}\n    description: "O{grain}"\n' in described
