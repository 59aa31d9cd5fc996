"""Fonts cut to the letters of the pages: which these are, and that a cut has them and is small."""

from types import SimpleNamespace

import pytest
from bookbinding import fonts, formulas
from fontTools.ttLib import TTFont

ALL = 40_000  # bytes of all faces together


@pytest.fixture
def text_face(tmp_path):
    """text_face(characters) -> the three files that hold them."""

    def text_face_(used):
        for name, style in fonts.STYLES.items():
            fonts.cut(fonts.TEXT / f"files/source-serif-4-latin-{style}.woff2", used, tmp_path / f"{name}.woff2", name="Own")
        return sorted(tmp_path.glob("*.woff2"))

    return text_face_


def cut_page(text, folder, language):
    """Cut the fonts of a site of one page."""
    (folder / "page.html").write_text(f"<p>{text}</p>", "utf-8")
    folders = {"outdir": folder, "doctreedir": folder / "doctrees"}
    fonts.cut_all(
        SimpleNamespace(builder=SimpleNamespace(format="html"), config=SimpleNamespace(language=language), **folders), None
    )


def test_letters_are_those_that_stand_in_the_text():
    page = (
        "<title>T</title><p title='q'>Ab&eacute; &amp; <em>c</em></p><script>x</script><style>y</style><svg><text>z</text></svg>"
        "<pre>w</pre><math><mi>v</mi></math><code>d</code>"
    )
    assert fonts.letters([page, "<p>E</p>"]) == set("TAbé& cdE")


def test_a_cut_has_what_was_asked_for_and_nothing_else(text_face):
    for path in text_face("Aé–x "):
        assert set(map(chr, TTFont(path).getBestCmap())) == set("Aé–x ")


def test_all_faces_with_the_letters_of_english_are_small(text_face):
    english = {chr(k) for k in range(0x20, 0x7F)} | set("–—‘’“”…−×éöü")
    assert sum(path.stat().st_size for path in text_face(english)) < ALL


def test_a_cut_does_not_bear_the_reserved_name_and_keeps_its_licence(text_face):
    for path in text_face("A"):
        names = {record.nameID: str(record) for record in TTFont(path)["name"].names}
        assert not any("Source" in names[number] for number in (1, 4, 6))
        assert "Adobe" in names[0]
        assert "Open Font License" in names[13]


def test_the_same_letters_give_the_same_bytes(text_face):
    once = [path.read_bytes() for path in text_face("abc")]
    assert [path.read_bytes() for path in text_face("cba")] == once


def test_the_style_sheet_names_every_cut():
    css = (formulas.ROOT / "chapters/_static/book.css").read_text("utf-8")
    assert all(f'url("text/{name}.woff2")' in css for name in fonts.STYLES)


def test_an_exponent_is_set_in_one_face(tmp_path):
    cut_page("10⁻¹⁴", tmp_path, "en")
    for name in fonts.STYLES:
        assert set(map(chr, TTFont(tmp_path / f"_static/text/{name}.woff2").getBestCmap())) == set("10")


def test_a_font_of_formulas_keeps_its_name_and_what_formulas_need(tmp_path):
    whole, small = formulas.KATEX / "fonts/KaTeX_Main-Regular.woff2", tmp_path / "cut.woff2"
    fonts.cut(whole, set("x=−字"), small)
    font = TTFont(small)
    assert set(map(chr, font.getBestCmap())) == set("x=−")
    assert str(font["name"].getName(1, 3, 1)) == "KaTeX_Main"
    assert small.stat().st_size < whole.stat().st_size / 5


def test_signs_of_pictures_are_as_wide_as_matplotlib_took_them_for(tmp_path):
    later = tmp_path / "_static/explorables/states.js"
    later.parent.mkdir(parents=True)
    later.write_text('{"table": ["<tspan>′</tspan>"]}', "utf-8")
    cut_page("<svg><text>‖x‖字</text></svg>", tmp_path, "zh")
    small, whole = TTFont(tmp_path / "_static/text/signs.woff2"), TTFont(fonts.SIGNS)
    assert set(map(chr, small.getBestCmap())) == set("‖′")
    for sign in map(ord, "‖′"):
        widths = [font["hmtx"][font.getBestCmap()[sign]] for font in (small, whole)]
        assert widths[0] == widths[1]
    assert "STIX" not in str(small["name"].getName(1, 3, 1))
    assert (tmp_path / "_static/text/LICENSE_STIX").is_file()


def test_signs_of_katex_s_own_are_kept(tmp_path):
    """The slash of an inequality and the i without a dot stand where Unicode leaves letters to each font."""
    for name, sign in (("Main-Regular", "\ue020"), ("Math-Italic", "\ue131")):
        target = tmp_path / f"_static/katex/fonts/KaTeX_{name}.woff2"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((formulas.KATEX / f"fonts/KaTeX_{name}.woff2").read_bytes())
        cut_page(f"{sign}字", tmp_path, "zh")
        assert set(map(chr, TTFont(target).getBestCmap())) == {sign}


def test_what_was_cut_once_is_kept_for_the_same_letters_alone(tmp_path, monkeypatch):
    source, kept = fonts.TEXT / "files/source-serif-4-latin-400-normal.woff2", tmp_path / "kept"
    done, cut = [], fonts.cut
    monkeypatch.setattr(fonts, "cut", lambda *given: done.append(given[1]) or cut(*given))
    for k, used in enumerate(("ab", "ba", "abc")):
        fonts.put(source, used, tmp_path / f"{k}.woff2", kept)
    assert done == ["ab", "abc"]
    assert (tmp_path / "0.woff2").read_bytes() == (tmp_path / "1.woff2").read_bytes() != (tmp_path / "2.woff2").read_bytes()
    assert len(list(kept.iterdir())) == 2
