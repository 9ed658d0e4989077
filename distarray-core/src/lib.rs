//! What an element and a local block are, and every loop over elements.
