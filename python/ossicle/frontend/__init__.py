"""Sound to int8 log-mel: what the model sees, computed by the very C that runs on the device.

`FrontendSpec` says what is computed, `emit_tables` turns it into the header that firmware/frontend
is compiled with, and `FrontEnd` calls that C, compiled for the host, over batches of sounds.
`ossicle.frontend.reference` is the float64 yardstick; it takes librosa and is imported on its own.
"""

from ossicle.frontend.batch import FrontEnd, FrontEndStream
from ossicle.frontend.spec import FrontendSpec
from ossicle.frontend.tables import TABLES_HEADER, emit_tables

__all__ = ["TABLES_HEADER", "FrontEnd", "FrontEndStream", "FrontendSpec", "emit_tables"]
