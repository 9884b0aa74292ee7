"""Resources of the machines that simulated services share: whoever's table they stand in, nobody's own."""

from __future__ import annotations

import numpy as np

from octad_train.simulate.fault import State
from octad_train.simulate.metrics import Monitor, used_cpu

BESIDE_SERVICES = 0.6
"""How often the resources of a machine stand in the tables of all services that run on it."""


def show_machines(monitor: Monitor, state: State) -> None:
    """Show processors and memory of each machine, in systems that have them."""
    system, rng = monitor.system, monitor.rng
    if "machines" not in system.shown:
        return
    beside = rng.random() < BESIDE_SERVICES
    for machine in sorted(set(system.machine.tolist())):
        services = np.flatnonzero(system.machine == machine).tolist()
        others = float(np.exp(rng.normal(2, 1))) * monitor.noise(0.1)
        used = sum((used_cpu(monitor, service, state) for service in services), start=others)
        held = state.memory[services].sum(axis=0) + float(np.exp(rng.normal(4, 0.5)))
        for node in services if beside else [-1 - machine]:
            monitor.show(node, "machine_cpu", used)
            monitor.show(node, "machine_memory", held)
