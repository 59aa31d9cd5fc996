"""The pictures of the chapters, a folder a chapter. A function draws one picture: `fig`, or `(fig, update)` for `explore`.

A folder lists what its chapter shows, and a notebook imports its own: `from unrolled.figures import vanishing as figures`.
What several chapters show stands in `shared`.
"""
