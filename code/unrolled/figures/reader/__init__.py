"""What the page of the networks that have read this book shows."""

from unrolled.figures.reader.learned import NAMES, curves_picture, distance_picture
from unrolled.figures.reader.letters import heard_picture, surprise_explorer
