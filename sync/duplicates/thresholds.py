"""Draws the two lines of a kind: from which probability a clerk is asked, and from which a case opens without a look.

Review is where F1 of the kind is best, since a duplicate passed over and a pair shown for nothing are held to weigh alike. It is
sought between 0.3 and 0.7, because beyond them a calibrated probability says the contrary; of several that are equally good,
as wide gaps between the two sorts of pairs leave them, it is the one nearest to one half. Opening is the lowest probability,
not below review, from which on no more than one in two hundred pairs is false.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from sync.duplicates.scoring import Bits, Threshold

_SOUGHT: Final = np.round(np.arange(0.30, 0.701, 0.01), 2)
_SURE: Final = 0.995  # share of true pairs


def drawn(scores: Bits, truth: npt.NDArray[np.bool_], labelled: int) -> Threshold:
    """The lines for pairs of these scores, of which those of `truth` are duplicates; `labelled` counts also the duplicates that
    were no candidates.
    """
    shown, right = (np.array([hits[scores >= line].sum() for line in _SOUGHT]) for hits in (np.ones_like(truth), truth))
    f1 = 2 * right / np.maximum(shown + labelled, 1)
    best = np.flatnonzero(f1 == f1.max())
    chosen = best[np.argmin(np.abs(_SOUGHT[best] - 0.5))]
    review = float(_SOUGHT[chosen])
    return Threshold(
        _opening(scores, truth, review),
        review,
        round(float(right[chosen] / max(shown[chosen], 1)), 4),
        round(float(right[chosen] / max(labelled, 1)), 4),
    )


def _opening(scores: Bits, truth: npt.NDArray[np.bool_], review: float) -> float:
    order = np.argsort(-scores, kind="stable")
    share = np.cumsum(truth[order]) / np.arange(1, len(order) + 1)
    sure = np.flatnonzero((share >= _SURE) & (scores[order] >= review))
    return round(float(scores[order][sure[-1]]), 3) if len(sure) else 1.0
