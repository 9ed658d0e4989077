//! Distributed arrays in files: every rank reads and writes its own part.
