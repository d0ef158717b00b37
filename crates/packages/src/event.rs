//! What happens while packages are added, for whoever shows it.

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Another process changes the cache; this one waits.
    Waiting,
    /// It is looked up what there is of a package.
    Looking {
        /// The package.
        name: String,
    },
    /// A source was passed over.
    PassedOver {
        /// Why, with where it is.
        reason: String,
    },
    /// A request failed and is made again.
    Again {
        /// Where.
        url: String,
        /// Why it failed.
        reason: String,
        /// Which attempt comes now, counted from one.
        tries: u32,
    },
    /// A file begins to arrive.
    Fetching {
        /// The file.
        name: String,
        /// How much of it is there already.
        from: u64,
        /// Its size, where it is known.
        total: Option<u64>,
    },
    /// A piece of a file arrived.
    Arrived {
        /// The file.
        name: String,
        /// The size of the piece.
        bytes: u64,
    },
    /// A file arrived whole, was checked and is kept.
    Kept {
        /// The file.
        name: String,
    },
}
