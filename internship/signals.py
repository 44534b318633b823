"""What higher apps must hear of; sent inside the transaction, so that a receiver may also refuse."""

from django.dispatch import Signal

# An internship unit lost its qualification: positions close, running placements are listed to the county.
# Arguments: internship_unit, case (of the qualification), by.
internship_unit_revoked = Signal()

# A trainee is about to end. A receiver refuses by raising TransitionRefused (a placement still runs).
# Arguments: trainee, by, reason.
trainee_ending = Signal()
