"""A design in which rows of the same arms are alike in all but their traits, summed by cells of such rows.

A product of the whole design with itself multiplies mostly zeros; by cell of arms it takes a hundredth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class CellDesign:
    """Traits for all, whether above the step, and traits for each level of each arm: a block of columns each.

    Attributes
    ----------
    shared : ndarray of shape (rows, width)
        Traits, the rows of a cell together.
    order : ndarray of shape (rows,)
        Where each of these rows stood.
    ends : ndarray of shape (cells + 1,)
        Where cells begin and end.
    member : ndarray of shape (cells, blocks)
        1 where the rows of a cell have their traits in a block.
    kept : ndarray of int
        Columns that there are, of width columns a block: above the step the intercept alone.
    """

    shared: FloatArray
    order: IntArray
    ends: IntArray
    member: FloatArray
    kept: IntArray

    @classmethod
    def of(
        cls, shared: FloatArray, arms: pd.DataFrame, levels: Mapping[str, Sequence[str]], is_above: BoolArray
    ) -> CellDesign:
        """Lay rows out.

        Parameters
        ----------
        shared : numpy.ndarray of shape (rows, width)
            Traits, their first column ones.
        arms : pandas.DataFrame of shape (rows, dimensions)
            What each was given.
        levels : mapping of str to sequence of str
            The levels of each dimension; there is no other.
        is_above : numpy.ndarray of bool, shape (rows,)
            Whether the amount spent lies above the step.

        Returns
        -------
        CellDesign
        """
        sizes = [2, *map(len, levels.values())]
        given = [pd.Index(known).get_indexer(arms[name]) for name, known in levels.items()]
        cell = np.ravel_multi_index([is_above.astype(int), *given], sizes)
        order = np.argsort(cell, kind="stable")
        cells, starts = np.unique(cell[order], return_index=True)
        side, *places = np.unravel_index(cells, sizes)
        of_levels = [np.eye(size)[place] for size, place in zip(sizes[1:], places, strict=True)]
        member = np.column_stack([np.ones(len(cells)), side, *of_levels])
        width = shared.shape[1]
        kept = np.delete(np.arange(width * member.shape[1]), np.arange(width + 1, 2 * width))
        return cls(shared[order], order, np.append(starts, len(cell)), member, kept)

    @property
    def width(self) -> int:
        """How many columns traits have."""
        return self.shared.shape[1]

    def cells(self) -> Iterator[tuple[int, slice]]:
        """Return each cell with its rows."""
        return ((cell, slice(*self.ends[cell : cell + 2])) for cell in range(len(self.member)))

    def log_odds(self, coefficients: FloatArray) -> FloatArray:
        """Return the product with coefficients."""
        by_block = np.zeros((self.member.shape[1], self.width))
        by_block.ravel()[self.kept] = coefficients
        by_cell = self.member @ by_block
        return np.concatenate([self.shared[rows] @ by_cell[cell] for cell, rows in self.cells()])

    def sums(self, values: FloatArray) -> FloatArray:
        """Return each column's sum of values."""
        by_cell = np.stack([values[rows] @ self.shared[rows] for _, rows in self.cells()])
        return np.asarray((self.member.T @ by_cell).ravel()[self.kept])

    def curvature(self, weight: FloatArray) -> FloatArray:
        """Return the weighted products of columns with each other."""
        weighted = self.shared * weight[:, None]
        by_cell = np.stack([weighted[rows].T @ self.shared[rows] for _, rows in self.cells()])
        blocks, width = self.member.shape[1], self.width
        pairs = self.member[:, :, None] * self.member[:, None, :]
        summed = pairs.reshape(len(pairs), -1).T @ by_cell.reshape(len(pairs), -1)
        whole = summed.reshape(blocks, blocks, width, width).transpose(0, 2, 1, 3)
        return np.asarray(whole.reshape(blocks * width, -1)[np.ix_(self.kept, self.kept)])
