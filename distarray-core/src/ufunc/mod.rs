//! The table of elementwise functions.
