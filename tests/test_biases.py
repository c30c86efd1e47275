"""Every probe says 0 where its bias holds, and something large where it does not."""

from __future__ import annotations

from bundled import BASE

from kb import links
from kb.schema import Bias
from kb.verify.probing import VIOLATION, probe_once, verdict


def test_probe_passes_where_the_bias_holds(bias: Bias) -> None:
    module_path = bias.probe.partition(":")[0]
    for draw in range(3):
        from kb.verify.preparing import seeded

        generator = seeded(bias.id, draw)
        module, inputs, axes = links.resolve(f"{module_path}:holds")(generator)
        assert links.resolve(bias.probe)(module, inputs, axes, generator) <= bias.tolerance


def test_probe_fails_where_the_bias_is_absent(bias: Bias) -> None:
    module_path = bias.probe.partition(":")[0]
    for draw in range(3):
        from kb.verify.preparing import seeded

        generator = seeded(bias.id, draw)
        module, inputs, axes = links.resolve(f"{module_path}:lacks")(generator)
        assert links.resolve(bias.probe)(module, inputs, axes, generator) >= VIOLATION


def test_asserted_trait_is_what_the_probe_measures(trait: tuple[str, str, str, str]) -> None:
    architecture, variant, bias_id, value = trait
    bias = BASE.biases[bias_id]
    acting = BASE.acting(architecture, bias_id, variant)
    assert acting, f"{bias_id} does not apply to the signature of {architecture} ({variant})"
    error = max(probe_once(BASE.architectures[architecture], variant, bias, acting, draw) for draw in range(2))
    assert verdict(error, bias) == value, f"error {error:.2e}"
