"""What the page of the networks that have read this book shows."""

from unrolled.figures.reader.distance import closing_picture, distance_picture
from unrolled.figures.reader.letters import surprise_explorer
from unrolled.figures.reader.unit import unit_picture
from unrolled.figures.shared.heard import NAMES, heard_picture
