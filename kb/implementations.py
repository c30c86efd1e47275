"""The reference implementations: `from kb.implementations.architectures.recurrent.lstm import LSTM`.

They lie in the data of the installed library, or in the folder `implementations` of a checkout, whose package of that
name this then is. They need the libraries of the extra `run`.
"""

from kb.folders import bundled_root
from kb.importing import provide

__path__ = [str(bundled_root() / "implementations")]
provide(__name__, bundled_root())
