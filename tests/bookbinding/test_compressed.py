"""Packed files stand beside those that they are packed from, and say the same."""

import gzip

import brotli
import pytest
from bookbinding import compressed


@pytest.fixture
def site(tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en/index.html").write_text("<p>again " * 1000, "utf-8")
    (tmp_path / "small.css").write_text("p {}", "utf-8")
    (tmp_path / "card.png").write_bytes(bytes(2000))
    return tmp_path


def test_what_is_packed_says_the_same(site):
    plain, br, gz = compressed.pack_all(site)
    page = (site / "en/index.html").read_bytes()
    assert brotli.decompress((site / "en/index.html.br").read_bytes()) == page
    assert gzip.decompress((site / "en/index.html.gz").read_bytes()) == page
    assert plain == len(page)
    assert br < gz < plain


def test_what_does_not_pay_is_left_alone(site):
    compressed.pack_all(site)
    assert {path.name for path in site.rglob("*") if path.suffix in compressed.KINDS} == {"index.html.br", "index.html.gz"}


def test_nothing_old_stays(site):
    compressed.pack_all(site)
    before = (site / "en/index.html.gz").read_bytes()
    (site / "gone.html.br").write_bytes(b"old")
    compressed.pack_all(site)
    assert not (site / "gone.html.br").exists()
    assert (site / "en/index.html.gz").read_bytes() == before
