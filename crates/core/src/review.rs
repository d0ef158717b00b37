//! What a reviewer must know of a skill before others run it: what it may do, said plainly, and what in its
//! text cannot be seen.

mod facts;
mod hidden;

pub use facts::{Fact, Weight, facts};
pub use hidden::{LONG_LINE, Piece, count_hidden, is_hidden, pieces, visible};

#[cfg(test)]
mod tests;
