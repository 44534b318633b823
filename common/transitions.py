"""State machines as data: a table of transitions, a check, and a diagram drawn from it.

Serves the case (review) and whatever else has a life of its own: publicity, objections, payments,
appeals. The table says what may happen; the app's own function makes it happen.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Transition:
    """One arrow: ``name`` leads from each of ``sources`` to ``targets``.

    ``who`` names the kind of actor (applicant, reviewer, …); ``needs`` the data that must be given
    (reason, notes). Where several targets are possible the function that performs it decides.
    """

    name: str
    title: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    who: str
    needs: tuple[str, ...] = ()


class TransitionRefused(Exception):
    """The transition is not possible now; the message is Chinese and meant for the reader."""


class TransitionTable:
    """All transitions of one kind of object, by name."""

    def __init__(self, name: str, states: dict[str, str], transitions: tuple[Transition, ...]) -> None:
        self.name = name
        self.states = states
        self._by_name = {transition.name: transition for transition in transitions}

    def __iter__(self) -> Iterator[Transition]:
        return iter(self._by_name.values())

    def __getitem__(self, name: str) -> Transition:
        return self._by_name[name]

    def check(self, name: str, state: str) -> Transition:
        """Return the transition if it may leave ``state``; raises TransitionRefused with the reason."""
        transition = self._by_name.get(name)
        if transition is None:
            raise TransitionRefused(f"没有“{name}”这一操作")
        if state not in transition.sources:
            raise TransitionRefused(f"当前状态为“{self.states[state]}”，不能{transition.title}，请刷新页面查看最新状态")
        return transition

    def mermaid(self) -> str:
        """The state diagram in Mermaid syntax, kept under docs/workflows and compared in tests."""
        lines = ["stateDiagram-v2"]
        lines += [f"    {state}: {state} {title}" for state, title in self.states.items()]
        for transition in self:
            for source in transition.sources:
                for target in transition.targets:
                    lines.append(f"    {source} --> {target}: {transition.name} {transition.title} ({transition.who})")
        return "\n".join(lines) + "\n"
