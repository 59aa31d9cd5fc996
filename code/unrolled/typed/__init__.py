"""Networks that have read this book, and what a reader types for them.

`network` and `networks.js` are the same networks, here and in the page; `weights` carries them there; `reader` and `page.js` are
what is seen.
"""

from unrolled.typed.reader import Reading, example, typed, understood

__all__ = ["Reading", "example", "typed", "understood"]
