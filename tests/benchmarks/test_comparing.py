"""What the benchmarks make of what they measured."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.contender import Block, Found
from benchmarks.memory import Samples, grown
from benchmarks.recall import compare
from benchmarks.run_speed import paired_ratio
from overt.values.truth import Truth

PX = 50.0


def truth(frames: int) -> Truth:
    """Two people of 50 px who stand beside each other, in every frame."""
    n = 2 * frames
    boxes = np.array([[100.0, 100, PX, PX], [300.0, 100, PX, PX]] * frames)
    return Truth(
        frames=np.repeat(np.arange(frames), 2).astype(np.int64),
        times_s=np.repeat(np.arange(frames) / 25, 2),
        tracks=np.tile([0, 1], frames).astype(np.int64),
        boxes=boxes,
        visible=np.ones(n),
        blur_px=np.zeros(n),
        gain=np.ones(n),
        phase=np.zeros(n),
        names=("Ann", "Bob"),
        listed=(True, False),
    )


ANN, BOB, NOBODY = (100.0, 100, 150, 150), (300.0, 100, 350, 150), (600.0, 100, 650, 150)


def test_a_face_that_only_the_peer_finds_is_lost() -> None:
    peer = [Found(0, (ANN, BOB), ()), Found(8, (ANN, NOBODY), ())]
    ours = [Found(0, (ANN,), (1,)), Found(9, (ANN,), (1,))]
    recall = compare(peer, ours, truth(10))
    assert (recall.frames, recall.there, recall.peer, recall.ours) == (2, 4, 3, 2)
    assert (recall.lost, recall.people_lost) == (1, 1)


def test_a_face_held_too_long_ago_is_lost() -> None:
    recall = compare([Found(8, (ANN,), ())], [Found(2, (ANN,), (1,))], truth(10))
    assert (recall.lost, recall.people_lost) == (1, 0)


def test_ratios_are_taken_block_by_block() -> None:
    def blocks(*costs: float) -> list[Block]:
        return [Block(1, 0.0, cost, cost, ()) for cost in costs]

    ratio = paired_ratio(blocks(10, 40, 90), blocks(1, 2, 3), cost=lambda block: block.cpu_ms)
    assert (ratio.median, ratio.low, ratio.high) == (20, 10, 30)


def test_growth_is_that_of_the_line_after_the_first_minute() -> None:
    minutes = np.linspace(0, 5, 101)
    samples = Samples(minutes.tolist(), np.where(minutes < 1, 900, 300 + 2 * minutes).tolist())
    growth = grown(samples)
    assert growth.mb_per_minute == pytest.approx(2)
    assert growth.largest_mb == 900
    assert growth.total_mb == pytest.approx(6, abs=0.2)
