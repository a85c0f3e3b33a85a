"""Reading dlib's face recognition network, version 1 (Davis King, 2017, public domain).

The file nests its layers from the loss inward: first the version number of each layer down to
the input, then the layers' contents from the input outward. Marks that name a layer (tags) or
jump back to one (skips) have a version and no content. So the whole shape of the network must be
known beforehand; whatever differs from it is refused with its place in the file.

The network: 7 x 7 convolution with step 2, 3 x 3 maximum with step 2, then 14 residual blocks of
two 3 x 3 convolutions in five levels, mean over the picture, and a matrix from 256 to 128.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F32
from overt.inference.dlib_cursor import Cursor

__all__ = ["SIDE_PX", "Block", "Convolution", "FaceNetwork", "read_face_network"]

SIDE_PX: Final = 150
DIMENSIONS: Final = 128
LAYER: Final = 2  # version of a layer; a layer right above the input has version 3
MARK: Final = 1  # version of a tag or a skip
FIRST_LAYER: Final = 3
# (filters, halves the picture) of each block, from the input outward.
BLOCKS: Final = (
    (32, False), (32, False), (32, False),
    (64, True), (64, False), (64, False), (64, False),
    (128, True), (128, False), (128, False),
    (256, True), (256, False), (256, False),
    (256, True),
)  # fmt: skip
NOTHING: Final = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """A convolution, then a gain and an offset for each channel."""

    weights: F32  # (filters, channels, side, side)
    biases: F32  # (filters,)
    gains: F32  # (filters,)
    offsets: F32  # (filters,)
    step: int
    padding: int


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Two convolutions beside a short cut; a block that halves takes a 2 x 2 mean in it."""

    first: Convolution
    second: Convolution
    halves: bool


@dataclass(frozen=True, slots=True, eq=False)
class FaceNetwork:
    """Everything that the file says."""

    mean: tuple[float, float, float]  # red, green, blue; taken from each pixel, then / 256
    stem: Convolution
    blocks: tuple[Block, ...]
    projection: F32  # (256, 128)


def read_face_network(data: bytes, *, name: str) -> FaceNetwork:
    """Read the network; `name` is the file's, for messages.

    Raises:
        WeightsError: the file is cut short, or holds another network.
    """
    cursor = Cursor(data, name=name)
    _read_loss(cursor)
    for index, version in enumerate(_versions()):
        cursor.expect_integers(f"version of layer {index}", (version,))
    mean = _read_input(cursor)
    stem = _read_convolution(cursor, filters=32, channels=3, side=7, step=2, is_first=True)
    _read_plain(cursor, "relu_")
    _read_pool(cursor, "max_pool_2", side=3, step=2)
    blocks = tuple(_read_blocks(cursor))
    _read_pool(cursor, "avg_pool_2", side=0, step=1)  # a side of 0 is the whole picture
    projection = _read_projection(cursor)
    cursor.expect_end()
    return FaceNetwork(mean, stem, blocks, projection)


def _versions() -> Iterator[int]:
    """Give the versions in the file's order: from the loss inward."""
    yield from (LAYER, LAYER)  # projection, mean
    for _, halves in reversed(BLOCKS):
        yield from (LAYER, LAYER)  # relu, sum
        if halves:
            yield from (LAYER, MARK, MARK)  # 2 x 2 mean, of what the skip goes back to, tag
        yield from (LAYER,) * 5  # gain, convolution, relu, gain, convolution
        yield MARK  # tag of the block's input
    yield from (LAYER, LAYER, LAYER, FIRST_LAYER)  # maximum, relu, gain, convolution


def _read_loss(cursor: Cursor) -> None:
    cursor.expect_integers("version of the loss", (1,))
    cursor.expect_text("loss_metric_2")
    cursor.real("margin")
    cursor.real("distance threshold")


def _read_input(cursor: Cursor) -> tuple[float, float, float]:
    cursor.expect_text("input_rgb_image_sized")
    mean = (cursor.real("mean red"), cursor.real("mean green"), cursor.real("mean blue"))
    cursor.expect_integers("height and width of the input", (SIDE_PX, SIDE_PX))
    return mean


def _read_blocks(cursor: Cursor) -> Iterator[Block]:
    channels = 32
    for filters, halves in BLOCKS:
        step = 2 if halves else 1
        first = _read_convolution(cursor, filters=filters, channels=channels, side=3, step=step)
        _read_plain(cursor, "relu_")
        second = _read_convolution(cursor, filters=filters, channels=filters, side=3, step=1)
        if halves:
            _read_pool(cursor, "avg_pool_2", side=2, step=2)
        _read_plain(cursor, "add_prev_")
        _read_plain(cursor, "relu_")
        yield Block(first, second, halves)
        channels = filters


def _read_convolution(
    cursor: Cursor, *, filters: int, channels: int, side: int, step: int, is_first: bool = False
) -> Convolution:
    padding = side // 2 if step == 1 else 0
    shape = (filters, channels, side, side)
    count = filters * channels * side * side
    cursor.expect_text("con_4")
    parameters = cursor.tensor("convolution", lengths=(count + filters, 1, 1, 1))
    geometry = (filters, side, side, step, step, padding, padding)
    cursor.expect_integers("filters, height, width, steps, paddings", geometry)
    cursor.view("filters", lengths=shape)
    cursor.view("biases", lengths=(1, filters, 1, 1))
    _read_learning_rates(cursor)
    _read_training_state(cursor)
    if is_first:
        cursor.expect_integers("samples for each picture", (1,))
    gains, offsets = _read_gain(cursor, filters)
    weights = parameters[:count].reshape(shape)
    return Convolution(weights, parameters[count:], gains, offsets, step, padding)


def _read_gain(cursor: Cursor, filters: int) -> tuple[F32, F32]:
    cursor.expect_text("affine_")
    parameters = cursor.tensor("gains", lengths=(2 * filters, 1, 1, 1))
    cursor.view("gains", lengths=(1, filters, 1, 1))
    cursor.view("offsets", lengths=(1, filters, 1, 1))
    cursor.expect_integers("mode of the gains (0: one a channel)", (0,))
    _read_training_state(cursor)
    return parameters[:filters], parameters[filters:]


def _read_projection(cursor: Cursor) -> F32:
    channels = BLOCKS[-1][0]
    cursor.expect_text("fc_2")
    cursor.expect_integers("outputs and inputs", (DIMENSIONS, channels))
    parameters = cursor.tensor("projection", lengths=(channels, DIMENSIONS, 1, 1))
    cursor.view("projection", lengths=(channels, DIMENSIONS, 1, 1))
    cursor.view("biases of the projection", lengths=NOTHING)
    cursor.expect_integers("mode of the projection (1: no biases)", (1,))
    _read_learning_rates(cursor)
    _read_training_state(cursor)
    return np.ascontiguousarray(parameters.reshape(channels, DIMENSIONS))


def _read_pool(cursor: Cursor, name: str, *, side: int, step: int) -> None:
    cursor.expect_text(name)
    cursor.expect_integers(f"{name}: sides, steps, paddings", (side, side, step, step, 0, 0))
    _read_training_state(cursor)


def _read_plain(cursor: Cursor, name: str) -> None:
    cursor.expect_text(name)
    _read_training_state(cursor)


def _read_learning_rates(cursor: Cursor) -> None:
    for what in ("rate", "decay", "rate of biases", "decay of biases"):
        cursor.real(f"learning {what}")


def _read_training_state(cursor: Cursor) -> None:
    """Pass over what a layer keeps for training: three flags and three empty tensors."""
    for what in ("is set up", "gradient is stale", "gradient is off"):
        cursor.flag(what)
    for what in ("gradient", "kept output", "gradient of parameters"):
        cursor.tensor(what, lengths=NOTHING)
