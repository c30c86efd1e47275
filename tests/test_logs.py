"""Logs for TensorBoard: every loss, and the score beside the trivial one; a run that goes on overwrites nothing."""

from __future__ import annotations

from pathlib import Path

from bundled import BASE
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from kb.running import train


def test_losses_and_scores_are_logged_and_go_on(tmp_path: Path) -> None:
    kept, folder = tmp_path / "kept.safetensors", tmp_path / "logs"
    train(BASE, "gcn", steps=3, save=kept, log=folder)
    result = train(BASE, "gcn", load=kept, steps=5, log=folder)
    events = EventAccumulator(str(folder)).Reload()
    logged = {event.step: event.value for event in events.Scalars("loss/task")}
    assert list(logged) == [1, 2, 3, 4, 5]
    assert all(abs(logged[n] - loss) < 1e-6 for n, loss in enumerate(result.losses["task"], 1))
    trained = next(tag for tag in events.Tags()["scalars"] if tag.endswith("/trained"))
    assert abs(events.Scalars(trained)[-1].value - result.score.value) < 1e-6
