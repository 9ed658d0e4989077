//! Printed arrays are, character by character, what NumPy prints.
