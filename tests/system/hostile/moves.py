"""All moves by name: what has once ended, filled, blinded or delayed the agent, and what else a sender may do."""
import findings_moves
import oddities
import races

ALL = {move.__name__: move for module in (findings_moves, oddities, races) for move in module.MOVES}

# Those that cost the sender much: one at a time.
HEAVY = {
    "absent_names",
    "long_paths",
    "one_file_folders",
    "many_findings",
    "deep_folders",
    "future_cortes",
    "sparse_files",
    "bomb",
}
