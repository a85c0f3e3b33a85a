"""Two groups, counted both: a table of two rates, and exact tests of whether they are equal."""

from __future__ import annotations

from dataclasses import dataclass

from overt.statistics.conditional import Conditional, cell
from overt.statistics.estimate import Method, PValue

__all__ = ["Table", "fisher"]


@dataclass(frozen=True, slots=True)
class Table:
    """Events of a group's trials, and events of everybody else's."""

    events: int
    trials: int
    other_events: int
    other_trials: int

    def __post_init__(self) -> None:
        for events, trials in (
            (self.events, self.trials),
            (self.other_events, self.other_trials),
        ):
            if not 0 <= events <= trials or not trials:
                raise ValueError(
                    f"table: got {events} of {trials}, want 0 to as many, of 1 or more"
                )

    @property
    def all_events(self) -> int:
        """The events of both."""
        return self.events + self.other_events

    @property
    def all_trials(self) -> int:
        """The trials of both."""
        return self.trials + self.other_trials

    @property
    def share(self) -> float:
        """The group's share of the trials."""
        return self.trials / self.all_trials

    @property
    def informs(self) -> bool:
        """Whether the margins leave anything open: some events, and not everywhere."""
        return 0 < self.all_events < self.all_trials

    def conditional(self, *, log_odds: float = 0.0) -> Conditional:
        """Give the distribution of `events` when all margins are held."""
        return cell(self.trials, self.other_trials, self.all_events, log_odds=log_odds)


def fisher(table: Table, *, method: Method = Method.FISHER_TAILS) -> PValue:
    """Test whether two rates are equal, given how many events there were (Fisher, 1935).

    Twice the smaller tail by default: it matches the exact interval of the odds ratio. Outcomes
    no more likely (`Method.FISHER_LIKELY`) is what R and scipy give.
    """
    of = table.conditional()
    if method is Method.FISHER_TAILS:
        value = of.twice_smaller_tail(table.events)
    elif method is Method.FISHER_LIKELY:
        value = of.no_more_likely(table.events)
    else:
        raise ValueError(f"fisher: got method {method}, want one of Fisher's two")
    return PValue(value, method, EQUAL)


EQUAL = "the rates of both groups are equal"
