"""What came after the LSTM, one cell or layer a file; the cells have the six names that `unrolled.cells` describes."""

from unrolled.since import attention, diagonal_ssm, layer_norm, min_gru, orthogonal, pre_norm, slstm

__all__ = ["attention", "diagonal_ssm", "layer_norm", "min_gru", "orthogonal", "pre_norm", "slstm"]
