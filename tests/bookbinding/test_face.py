"""The text face: which letters a page uses, and that the cut has these and is small."""

import pytest
from bookbinding import face, formulas
from fontTools.ttLib import TTFont

ALL = 40_000  # bytes of all faces together


@pytest.fixture
def fonts(tmp_path):
    """fonts(characters) -> the three files that hold them."""

    def fonts_(used):
        for name, style in face.STYLES.items():
            face.cut(face.SOURCE / f"files/source-serif-4-latin-{style}.woff2", used, tmp_path / f"{name}.woff2")
        return sorted(tmp_path.glob("*.woff2"))

    return fonts_


def test_letters_are_those_that_stand_in_the_text():
    page = (
        "<title>T</title><p title='q'>Ab&eacute; &amp; <em>c</em></p><script>x</script><style>y</style><svg><text>z</text></svg>"
        "<pre>w</pre><math><mi>v</mi></math><code>d</code>"
    )
    assert face.letters([page, "<p>E</p>"]) == set("TAbé& cdE")


def test_a_cut_has_what_was_asked_for_and_nothing_else(fonts):
    for path in fonts("Aé–x "):
        assert set(map(chr, TTFont(path).getBestCmap())) == set("Aé–x ")


def test_all_faces_with_the_letters_of_english_are_small(fonts):
    english = {chr(k) for k in range(0x20, 0x7F)} | set("–—‘’“”…−×éöü")
    assert sum(path.stat().st_size for path in fonts(english)) < ALL


def test_a_cut_does_not_bear_the_reserved_name_and_keeps_its_licence(fonts):
    for path in fonts("A"):
        names = {record.nameID: str(record) for record in TTFont(path)["name"].names}
        assert not any("Source" in names[number] for number in (1, 4, 6))
        assert "Adobe" in names[0]
        assert "Open Font License" in names[13]


def test_the_same_letters_give_the_same_bytes(fonts):
    once = [path.read_bytes() for path in fonts("abc")]
    assert [path.read_bytes() for path in fonts("cba")] == once


def test_the_style_sheet_names_every_cut():
    css = (formulas.ROOT / "chapters/_static/book.css").read_text("utf-8")
    assert all(f'url("text/{name}.woff2")' in css for name in face.STYLES)
