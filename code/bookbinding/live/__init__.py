"""Python in the reader's browser: every cell of a page can be edited and run there, with no server and no outside request.

`sources` brings what others made, each file checked by its hash; `wheels` packs it and our own houses, the same to the byte
every time; `shelf` lays all of it out as one folder for all editions, `_build/site/live`, and puts the script onto the pages.
`page/` (joined to one script) and `page.css` are the page's side, `worker.mjs` starts Python beside it; there `names` tells which
cells a cell needs, and `kernel` runs them. `python -m bookbinding.live` does it all, where the book is built; `make book` does
without.
"""
