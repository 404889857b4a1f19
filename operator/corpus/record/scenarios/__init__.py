"""All scenarios that are recorded from real processes."""

from .cells import CELLS
from .faults import FAULTS
from .pages import PAGES
from .people import PEOPLE
from .processes import PROCESSES

RECORDED = [*CELLS, *PROCESSES, *PAGES, *PEOPLE, *FAULTS]
