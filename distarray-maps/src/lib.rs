//! Where every element of a global index space lives, and who must send what to whom to change that.
