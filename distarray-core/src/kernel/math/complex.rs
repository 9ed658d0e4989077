//! Functions of complex numbers, element by element, on the real bodies.
