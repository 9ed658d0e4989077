//! Arrays that all ranks work on together, with no client and no actor.
