//! From a name to its number, in constant time.

/// A slot that holds nothing.
const FREE: u32 = u32::MAX;

/// How many places of a large table are read at once: more than a processor can wait for.
pub(crate) const BATCH: usize = 32;

/// Which place a name has in a list. The list itself stays with whoever asks.
///
/// A table of hashes beside numbers, so that a name that is looked up is
/// compared with hardly any other. It cannot be walked, and its hash has no key:
/// no order, no chance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lookup {
    slots: Vec<Slot>,
    /// Whether no name is there twice.
    is_unique: bool,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    number: u32,
}

impl Lookup {
    /// Numbers the names of a list; of equal ones the first counts.
    pub(crate) fn new(names: &[impl AsRef<str>]) -> Self {
        let n_slots = (names.len() * 2).next_power_of_two();
        let slots = vec![Slot { hash: 0, number: FREE }; n_slots];
        let mut lookup = Self { slots, is_unique: true };
        let mask = n_slots.wrapping_sub(1);
        for (at, batch) in names.chunks(BATCH).enumerate() {
            // As in `get_each`: whatever waits for memory is done for many names at once.
            let mut hashes = [0; BATCH];
            hashes.iter_mut().zip(batch).for_each(|(to, it)| *to = hash(it.as_ref().as_bytes()));
            let was_free = hashes.map(|hash| lookup.slots[hash as usize & mask].number == FREE);
            for (i, name) in batch.iter().enumerate() {
                let (hash, first) = (hashes[i], hashes[i] as usize & mask);
                let slot = match was_free[i] && lookup.slots[first].number == FREE {
                    true => first,
                    false => lookup.find(hash, name.as_ref(), names),
                };
                if lookup.slots[slot].number == FREE {
                    lookup.slots[slot] = Slot { hash, number: small(at * BATCH + i) };
                } else {
                    lookup.is_unique = false;
                }
            }
        }
        lookup
    }

    /// Says whether no name is there twice.
    pub(crate) fn is_unique(&self) -> bool {
        self.is_unique
    }

    /// Returns the number of a name in the list that this was made from.
    pub(crate) fn get(&self, name: &str, names: &[impl AsRef<str>]) -> Option<usize> {
        let slot = self.slots.get(self.find(hash(name.as_bytes()), name, names))?;
        (slot.number != FREE).then_some(slot.number as usize)
    }

    /// Returns the number of each of many names, as [`Self::get`] does, and calls `found` with them in turn.
    ///
    /// A large table does not fit the caches, and looking up one name waits for memory three times: for
    /// its text, its slot, and the text there. So each of these is done for a batch: the processor
    /// waits for many of them at once.
    pub(crate) fn get_each<'n>(
        &self,
        asked: impl IntoIterator<Item = &'n str>,
        names: &[impl AsRef<str>],
        mut found: impl FnMut(Option<usize>),
    ) {
        let mut asked = asked.into_iter();
        let mask = self.slots.len().wrapping_sub(1);
        let mut batch = [""; BATCH];
        loop {
            let mut n = 0;
            for (place, name) in batch.iter_mut().zip(asked.by_ref()) {
                *place = name;
                n += 1;
            }
            let batch = &batch[..n];
            let mut hashes = [0; BATCH];
            hashes.iter_mut().zip(batch).for_each(|(to, name)| *to = hash(name.as_bytes()));
            let slots = hashes.map(|hash| self.slots.get(hash as usize & mask).copied());
            let mut there = [None; BATCH];
            for (to, (slot, hash)) in there.iter_mut().zip(slots.iter().zip(hashes)) {
                let number = slot.filter(|slot| slot.hash == hash).map(|slot| slot.number as usize);
                *to = number.and_then(|number| Some((number, names.get(number)?.as_ref())));
            }
            for (name, there) in batch.iter().zip(there) {
                match there {
                    Some((number, text)) if text == *name => found(Some(number)),
                    // Another name stood there first.
                    _ => found(self.get(name, names)),
                }
            }
            if n < BATCH {
                return;
            }
        }
    }

    /// Finds the slot of a name, or the free one where it would be.
    fn find(&self, hash: u32, name: &str, names: &[impl AsRef<str>]) -> usize {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        while let Some(slot) = self.slots.get(at) {
            let same = || names.get(slot.number as usize).is_some_and(|n| n.as_ref() == name);
            if slot.number == FREE || (slot.hash == hash && same()) {
                break;
            }
            at = (at + 1) & mask;
        }
        at
    }
}

/// Makes a number small enough for tables of many of them.
pub(crate) fn small(number: usize) -> u32 {
    u32::try_from(number).expect("because four thousand million of anything do not fit into memory")
}

/// Mixes bytes, eight at a time: each step spreads every bit over all others.
fn hash(bytes: &[u8]) -> u32 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = ODD ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let product = u128::from(state ^ u64::from_le_bytes(word)) * u128::from(ODD);
        let [low, high] = [product as u64, (product >> 64) as u64];
        state = low ^ high;
    }
    (state ^ (state >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_the_number_of_the_first_of_its_kind() {
        let names: Vec<String> = (0..5000).map(|n| format!("n{}", n % 4000)).collect();
        let lookup = Lookup::new(&names);
        for n in 0..4000 {
            assert_eq!(lookup.get(&format!("n{n}"), &names), Some(n));
        }
        let asked: Vec<String> = (0..4500).rev().map(|n| format!("n{n}")).collect();
        for n_asked in [0, 1, BATCH - 1, BATCH, asked.len()] {
            let asked = &asked[asked.len() - n_asked..];
            let one_by_one: Vec<_> = asked.iter().map(|name| lookup.get(name, &names)).collect();
            let mut found = Vec::new();
            lookup.get_each(asked.iter().map(String::as_str), &names, |number| found.push(number));
            assert_eq!(found, one_by_one);
        }
        assert_eq!(lookup.get("n4000", &names), None);
        assert_eq!(lookup.get("", &names), None);
        assert!(!lookup.is_unique() && Lookup::new(&names[..4000]).is_unique());
        let none: [String; 0] = [];
        assert_eq!(Lookup::new(&none).get("a", &none), None);
        assert_eq!(Lookup::default().get("a", &none), None);
        Lookup::default().get_each(["a"], &none, |number| assert_eq!(number, None));
    }

    #[test]
    fn like_names_have_hashes_that_are_not_alike() {
        let slots = 1 << 14;
        let mut taken = vec![0_u32; slots];
        for n in 0..slots / 2 {
            taken[hash(format!("node-{n}").as_bytes()) as usize & (slots - 1)] += 1;
        }
        assert!(taken.iter().max() <= Some(&8), "{:?}", taken.iter().max());
    }
}
