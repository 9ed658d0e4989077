//! Products: of matrices, of vectors, and sums of products in general.

mod contract;
mod dot;
mod einsum;
mod matmul;
mod subscripts;
