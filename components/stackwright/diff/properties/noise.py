"""Changes that say nothing to a reader: they are counted, and reports fold them."""

from __future__ import annotations

import re

from stackwright.plan.graph import JsonValue

IMAGE_DIGEST = "image digest"
CHECKSUM = "checksum"
GENERATED_NAME = "generated name"
VERSION_LABEL = "version label"
FORMATTING = "formatting"
"""A text that is written differently and means the same."""

_IMAGE = re.compile(r"(?P<name>[\w./:${}#-]+)@(?P<digest>sha(?:256|512):[0-9a-f]{32,128})")
_DIGEST = re.compile(r"(?:sha(?:256|512):)?[0-9a-f]{64,128}")
_DIGEST_KEY = re.compile(r"(^|[.\[\"])(digest|sha|sha256|imageDigest|imageSHA)(\"\])?$")
_HASH = re.compile(r"(?:sha\d+[:-])?[A-Za-z0-9+/=_-]{8,128}")
_CHECKSUM_KEY = re.compile(
    r"(^|[./_\"-])(checksum|etag|hash|sha256sum|md5|md5sum)([./_-][\w.-]+)?(\"\])?$"
    r"|[a-z](Checksum|Hash|Etag|Md5|Sha256|Hash256)$",
    re.IGNORECASE,
)
_NAME_KEY = re.compile(r"(^|\.)(name|[a-z]+Name|bucket|identifier|generateName)$")
_SUFFIXED = re.compile(r"(?P<stem>.+[-_])(?P<suffix>(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{7,16})")
"""A name that ends with hexadecimal digits of both kinds: Pulumi adds 7, our Jobs 8. Digits
alone are an account or a date."""

_VERSION_LABEL = re.compile(r'(^|\.)labels\["(app\.kubernetes\.io/version|helm\.sh/chart)"\]$')


def noise(path: str, before: JsonValue, after: JsonValue) -> str:
    """Return why a changed property tells a reader nothing; empty when it tells something.

    Another tag of an image is no noise, and neither is a checksum that comes or goes.

    Args:
        path: Where the property is.
        before: The earlier value.
        after: The later value.
    """
    if not isinstance(before, str) or not isinstance(after, str):
        return ""
    if _same_image(path, before, after):
        return IMAGE_DIGEST
    if _CHECKSUM_KEY.search(path) and _HASH.fullmatch(before) and _HASH.fullmatch(after):
        return CHECKSUM
    if _VERSION_LABEL.search(path):
        return VERSION_LABEL
    return GENERATED_NAME if _NAME_KEY.search(path) and _same_stem(before, after) else ""


def _same_image(path: str, before: str, after: str) -> bool:
    earlier, later = _IMAGE.fullmatch(before), _IMAGE.fullmatch(after)
    if earlier and later:
        return earlier["name"] == later["name"]
    whole = _DIGEST.fullmatch(before) is not None and _DIGEST.fullmatch(after) is not None
    return whole and _DIGEST_KEY.search(path) is not None


def _same_stem(before: str, after: str) -> bool:
    earlier, later = _SUFFIXED.fullmatch(before), _SUFFIXED.fullmatch(after)
    return earlier is not None and later is not None and earlier["stem"] == later["stem"]
