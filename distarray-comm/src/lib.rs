//! How bytes move between ranks, over threads of one process or over MPI.
