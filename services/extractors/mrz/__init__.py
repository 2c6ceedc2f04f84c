"""Machine-readable zones of travel documents (ICAO 9303): found in a picture, read, checked.

`read` finds and reads them in a picture of a page, `from_lines` among lines that were read before. Neither logs nor
raises anything that holds a value of a document.
"""

from services.extractors.mrz.model import Correction, Field, Mrz
from services.extractors.mrz.reading import from_lines, read

__all__ = ["Correction", "Field", "Mrz", "from_lines", "read"]
