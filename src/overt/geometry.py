"""Boxes and points in the plane. Pixels; x to the right, y down; a box is x1 y1 x2 y2."""

from __future__ import annotations

import numpy as np

from overt.arrays import F32, F64, Boxes

__all__ = ["area", "clip", "intersection", "iou", "similarity_transform", "widen"]


def area(boxes: Boxes) -> F32:
    """Give the area of each box, (n,) square pixels; an inverted box has none."""
    sides = np.maximum(boxes[..., 2:] - boxes[..., :2], 0)
    return sides[..., 0] * sides[..., 1]


def intersection(a: Boxes, b: Boxes) -> F32:
    """Give the area that each box of `a` (n, 4) shares with each of `b` (m, 4): (n, m)."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.maximum(bottom_right - top_left, 0)
    return sides[..., 0] * sides[..., 1]


def iou(a: Boxes, b: Boxes) -> F32:
    """Give intersection over union of each box of `a` with each of `b`: (n, m) in [0, 1]."""
    shared = intersection(a, b)
    union = area(a)[:, None] + area(b)[None, :] - shared
    return np.where(union > 0, shared / np.where(union > 0, union, 1), 0).astype(np.float32)


def widen(boxes: Boxes, by: float) -> Boxes:
    """Grow each box on every side by `by` times its own width and height."""
    margin = (boxes[..., 2:] - boxes[..., :2]) * np.float32(by)
    grown = np.concatenate([boxes[..., :2] - margin, boxes[..., 2:] + margin], axis=-1)
    return grown.astype(np.float32)


def clip(boxes: Boxes, *, width: int, height: int) -> Boxes:
    """Cut boxes to a frame of `width` x `height` pixels."""
    limit = np.array([width, height, width, height], dtype=np.float32)
    return np.clip(boxes, np.float32(0), limit)


def similarity_transform(source: F32, target: F32) -> F64:
    """Find scale, rotation and shift that bring `source` (n, 2) nearest to `target` (n, 2).

    Least squares without reflection: Umeyama, "Least-squares estimation of transformation
    parameters between two point patterns", IEEE TPAMI 13(4), 1991, equations 34-43.

    Returns:
        (2, 3) matrix M with target ~ M @ (x, y, 1).
    """
    a, b = source.astype(np.float64), target.astype(np.float64)
    a_mean, b_mean = a.mean(axis=0), b.mean(axis=0)
    a_centred, b_centred = a - a_mean, b - b_mean
    u, singular, vt = np.linalg.svd(b_centred.T @ a_centred / len(a))
    sign = np.array([1.0, 1.0 if np.linalg.det(u) * np.linalg.det(vt) >= 0 else -1.0])
    rotation = (u * sign) @ vt
    spread = a_centred.var(axis=0).sum()
    scale = (singular * sign).sum() / spread if spread > 0 else 1.0
    shift = b_mean - scale * rotation @ a_mean
    return np.column_stack([scale * rotation, shift])
