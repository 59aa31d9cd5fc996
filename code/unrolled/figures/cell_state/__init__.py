"""What chapter 5.1 shows, and what it computes for its pictures."""

from unrolled.figures.cell_state.drift import constant_input, drift_explorer
from unrolled.figures.cell_state.valve import pulse_explorer, valve_explorer
from unrolled.figures.cell_state.writes import write_weights, writes_explorer
from unrolled.figures.shared.held import held, valves
from unrolled.figures.shared.memory import half_life, memory_explorer
from unrolled.figures.shared.traces import cell_line
