from __future__ import annotations

from tests.components.report.diff.diffs import grave

from stackwright.report.diff.annotations import Annotation, annotate


def test_a_finding_is_annotated_at_its_line_with_its_level() -> None:
    found = annotate(grave())
    assert [(one.path, one.start_line, one.annotation_level) for one in found] == [
        ("blueprint.yaml", 31, "failure"),
        ("projects/churn.yaml", 7, "failure"),
        ("blueprint.yaml", 44, "warning"),
        ("blueprint.yaml", 44, "warning"),
        ("blueprint.yaml", 44, "notice"),
    ]


def test_an_annotation_is_plain_text() -> None:
    assert annotate(grave())[1] == Annotation(
        path="projects/churn.yaml",
        start_line=7,
        annotation_level="failure",
        title="Broken project: churn in prod",
        message=(
            "It expects a PostgreSQL address and would get one of MySQL. "
            "(database.url: type changed)"
        ),
    )


def test_the_worst_are_kept_when_there_are_too_many() -> None:
    assert annotate(grave(), 2) == annotate(grave())[:2]
