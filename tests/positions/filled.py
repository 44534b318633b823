"""How the contract tests fill in the services of this app."""

from accounts.models import Unit
from tests.contracts.filled import Filled
from tests.positions.support import application_values, qualify, set_figures


def _unit() -> Unit:
    set_figures()
    return qualify()


FILLED = {"position-application": Filled(subject=_unit, values=lambda case: application_values(case))}
