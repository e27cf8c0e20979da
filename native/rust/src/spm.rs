//! SentencePiece models.

pub struct Placeholder;
