//! The NumPy-like handle: a graph of operations, lowered to plans that all ranks run.
