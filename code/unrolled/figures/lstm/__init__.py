"""What chapter 5 shows, and what it computes for its pictures."""

from unrolled.figures.lstm.carried import carried_explorer, carried_on, made_afresh
from unrolled.figures.lstm.marks import quotation
from unrolled.figures.lstm.parts import lstm_parts, part_names
from unrolled.figures.lstm.pasts import apart, fresh_pasts, pasts_explorer, told, two_pasts
from unrolled.figures.shared.held import held
from unrolled.figures.shared.starts import keras_start, pytorch_start
