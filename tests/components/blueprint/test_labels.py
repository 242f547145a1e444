from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from stackwright.blueprint.labels import (
    AnnotationKey,
    LabelKey,
    LabelValue,
    QualifiedName,
    TagKey,
    TagValue,
)

LABEL_KEY: TypeAdapter[str] = TypeAdapter(LabelKey)
LABEL_VALUE: TypeAdapter[str] = TypeAdapter(LabelValue)
ANNOTATION_KEY: TypeAdapter[str] = TypeAdapter(AnnotationKey)
QUALIFIED_NAME: TypeAdapter[str] = TypeAdapter(QualifiedName)
TAG_KEY: TypeAdapter[str] = TypeAdapter(TagKey)
TAG_VALUE: TypeAdapter[str] = TypeAdapter(TagValue)


@pytest.mark.parametrize(
    ("adapter", "text"),
    [
        (LABEL_KEY, "team"),
        (LABEL_KEY, "Cost_Center.1"),
        (LABEL_KEY, "example.com/cost-center"),
        (LABEL_KEY, "a" * 63),
        (LABEL_VALUE, ""),
        (LABEL_VALUE, "ML.Platform_1"),
        (LABEL_VALUE, "a" * 63),
        (ANNOTATION_KEY, "service.beta.kubernetes.io/aws-load-balancer-internal"),
        (QUALIFIED_NAME, "kubernetes.io/arch"),
        (TAG_KEY, "cost center: ml/research + dev@example.com"),
        (TAG_VALUE, ""),
        (TAG_VALUE, "x" * 256),
    ],
)
def test_what_the_services_allow_is_accepted(adapter: TypeAdapter[str], text: str) -> None:
    assert adapter.validate_python(text) == text


@pytest.mark.parametrize(
    ("adapter", "text"),
    [
        (LABEL_KEY, ""),
        (LABEL_KEY, "a" * 64),
        (LABEL_KEY, "-team"),
        (LABEL_KEY, "a/b/c"),
        (LABEL_KEY, "EXAMPLE.com/team"),
        (LABEL_KEY, "app.kubernetes.io/name"),
        (LABEL_KEY, "node.k8s.io/team"),
        (LABEL_KEY, "kubernetes.io/team"),
        (LABEL_KEY, "stackwright.dev/environment"),
        (LABEL_VALUE, "a b"),
        (LABEL_VALUE, "a" * 64),
        (LABEL_VALUE, "a-"),
        (LABEL_VALUE, "a\n"),
        (ANNOTATION_KEY, "stackwright.dev/x"),
        (TAG_KEY, ""),
        (TAG_KEY, "aws:name"),
        (TAG_KEY, "AWS:name"),
        (TAG_KEY, "stackwright:platform"),
        (TAG_KEY, "a" * 129),
        (TAG_VALUE, "a" * 257),
        (TAG_VALUE, "a,b"),
        (TAG_VALUE, "é"),
    ],
)
def test_what_a_service_refuses_or_keeps_for_itself_is_refused(
    adapter: TypeAdapter[str], text: str
) -> None:
    with pytest.raises(ValidationError):
        adapter.validate_python(text)
