//! Arrays and scalars as NumPy prints them.
