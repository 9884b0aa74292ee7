from pathlib import Path

from octad_train.data.code.analyser_labels import (
    PERFORMANCE_RULES,
    RULES,
    SECURITY_RULES,
    STYLE_RULES,
    marks,
)

TEXT = """def f(a, b=[]):
    out = []
    for x in a:
        out.append(x * 2)
    try:
        y = eval(a)
    except:  # noqa: E722
        raise ValueError
    return out
"""


def test_marks_are_lines_and_rules_of_every_file(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "one.py").write_text(TEXT)
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nexclude = ['*']\n")
    assert marks(tmp_path) == {
        "build/one.py": [
            (1, "B006"), (4, "PERF401"), (6, "F841"), (6, "S307"), (7, "E722"), (8, "B904"),
        ]
    }  # fmt: skip


def test_no_rule_is_in_two_lists() -> None:
    assert len(RULES) == len(set(RULES)) == len(STYLE_RULES) + len(PERFORMANCE_RULES) + len(SECURITY_RULES)


def test_files_with_syntax_errors_do_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "two.py").write_text("print 'x'\n")
    (tmp_path / "one.py").write_text(TEXT)
    assert (7, "E722") in marks(tmp_path)["one.py"]
