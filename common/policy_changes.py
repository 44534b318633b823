"""Who is affected by a change of a policy, told before it is saved; the apps that use a policy contribute the answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from common import policies, regions
from common.models import PolicyValue


@dataclass(frozen=True)
class PolicyChange:
    """A row as it is stored (None: a new one) and as it would be (None: deleted)."""

    before: PolicyValue | None
    after: PolicyValue | None

    @property
    def rows(self) -> list[PolicyValue]:
        return [row for row in (self.before, self.after) if row is not None]

    @property
    def key(self) -> str:
        return self.rows[-1].key

    @property
    def regions(self) -> set[str] | None:
        """Codes of all regions that either value may reach; None for the whole country."""
        found: set[str] = set()
        for row in self.rows:
            if not row.region_id:
                return None
            found |= set(_below(row.region_id))
        return found


def _below(code: str) -> Iterable[str]:
    yield code
    for child in regions.children(code):
        yield from _below(child.code)


@dataclass(frozen=True)
class Effect:
    """One thing that a change brings, in words, with rows of details."""

    title: str
    words: str
    rows: tuple[tuple[str, ...], ...] = ()


Provider = Callable[[PolicyChange], list[Effect]]
_providers: dict[str, list[Provider]] = {}


def affects(*keys: str) -> Callable[[Provider], Provider]:
    """Decorator: this function tells what a change of these policies brings."""

    def provide(provider: Provider) -> Provider:
        for key in keys:
            if provider not in _providers.setdefault(policies.get(key).key, []):
                _providers[key].append(provider)
        return provider

    return provide


def effects(change: PolicyChange) -> list[Effect]:
    """Everything that a change brings: the regions that it reaches, and what the apps know."""
    keys = {row.key for row in change.rows}
    told = [Effect("影响地区", _reach(change))]
    for key in sorted(keys):
        for provider in _providers.get(key, ()):
            told += provider(change)
    return told


def _reach(change: PolicyChange) -> str:
    """The regions that the values apply to, without those below that have a value of their own."""
    codes = change.regions
    own = PolicyValue.objects.filter(key=change.key, region__isnull=False)
    if codes is None:
        return f"全国；其中{own.values('region').distinct().count()}个地区有自己的值，不受影响"
    top = {row.region_id for row in change.rows}
    apart = own.filter(region__in=codes - top).values_list("region", flat=True).distinct()
    names = "、".join(sorted(regions.path_name(str(code)) for code in top))
    below = len(codes) - len(top)
    if not below:
        return names
    told = f"{names}及其下级{below}个地区"
    return f"{told}；其中{len(apart)}个有自己的值，不受影响" if apart else told
