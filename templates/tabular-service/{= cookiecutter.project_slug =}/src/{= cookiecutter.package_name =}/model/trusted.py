"""The types a model file may ask for.

`skops` builds no object of a type that it does not know, unless the type is named here. This list
is code of the project on purpose: a list that comes with the model file is a list that whoever can
write the model store chooses. To use another kind of model, fit it, look at what
`skops.io.get_untrusted_types` names, read what these types do when they are built, and add them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

ModelKind = Literal["logistic", "gradient-boosting"]
"""The kinds of model that the project can train."""

# The type of an array's elements. The imputer keeps one as an attribute. Building it runs no code.
_ELEMENT_TYPE: Final = "numpy.dtype"

# One tree of the boosted model: arrays of nodes, read by compiled code of scikit-learn. The digest
# is what keeps made-up nodes out: it is compared before the file is parsed.
_TREE: Final = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"

TRUSTED_TYPES: Final[Mapping[ModelKind, tuple[str, ...]]] = {
    "logistic": (_ELEMENT_TYPE,),
    "gradient-boosting": (_TREE,),
}
"""Types that are trusted beside the ones `skops` trusts by itself, for each kind of model."""
