//! The client actor, the engine actors and the command line.
